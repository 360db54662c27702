"""The program's settings with logs as in production, addresses that fail and jobs that fail."""

from portal import logs
from portal.settings import *  # noqa: F403 - the very settings, but for these
from portal.settings import INSTALLED_APPS

LOGGING = logs.configure(readable=False)
ROOT_URLCONF = "tests.portal.failing.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "tests.portal.failing"]
