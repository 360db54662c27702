"""The program's settings, as tests and type checks use them: with no secret to bring, and a
database that `tests/conftest.py` names when the first test asks for one.
"""

import os
from pathlib import Path

import environ

environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")
NOT_YET_NAMED = "postgresql:///not-yet-named"
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or NOT_YET_NAMED
GIVEN_DATABASE = os.environ["DATABASE_URL"] != NOT_YET_NAMED
os.environ |= {"DEBUG": "1", "SECRET_KEY": "known to all: for tests only"}

from portal.settings import *  # noqa: E402, F403 - it reads the environment set above

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "organisations.hashers.RandomSecretHasher",
]
# Every test client would look for all static files again.
WHITENOISE_USE_FINDERS = False
