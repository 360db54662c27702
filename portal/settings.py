"""Every setting of the program, read from the environment or from `.env`; `.env.example` explains
each. Started without `DEBUG` it is production, and refuses to start half-configured.
"""

from dataclasses import astuple
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from portal import connections, embedded_postgres, logs, outgoing
from portal.admin_theme import UNFOLD  # noqa: F401 - a setting of the admin's theme
from portal.secret_key import kept_secret_key
from portal.sign_in.configuration import providers, switch

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
SHORTEST_SECRET = 50

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# The demo's switch: it relaxes what a start asks for. It shows no debug pages, which print
# patients; Django's own DEBUG is always off (docs/decisions/0003-debug-switch.md).
DEMO = env.bool("DEBUG", default=False)
DEBUG = False

SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host]
DATABASE_URL = env.str("DATABASE_URL", default="")

required = {
    "SECRET_KEY": SECRET_KEY,
    "ALLOWED_HOSTS": ALLOWED_HOSTS,
    "DATABASE_URL": DATABASE_URL,
}
missing = [name for name, value in required.items() if not value]
if missing and not DEMO:
    raise SystemExit(
        f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing:"
        " .env.example explains what to set; for a demo on this machine set DEBUG=1."
    )

if len(SECRET_KEY) < SHORTEST_SECRET and not DEMO:
    raise SystemExit(f"SECRET_KEY is too short: give it at least {SHORTEST_SECRET} characters.")

SECRET_KEY = SECRET_KEY or kept_secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="").rstrip("/") or (
    "http://127.0.0.1:8000" if DEMO else f"https://{ALLOWED_HOSTS[0]}"
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default="") or DATABASE_URL
if not DATABASE_URL:
    DATABASE_URL, DATABASE_OWNER_URL = astuple(embedded_postgres.borrow(VAR_DIR / "postgres"))
DATABASES = {"default": connections.of_the_program(DATABASE_URL)}
# `manage.py migrate` connects so; the program's own role can change no table.
DATABASE_OWNER = connections.of_the_owner(DATABASE_OWNER_URL)
# Besides the history tables of the models, which are always so.
APPEND_ONLY_TABLES = ["foundation_accessentry", "orders_orderevent"]

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "orders",
    "studies",
    "inventory",
    "patients",
    "webhooks",
    "organisations",
    "foundation",
    "unfold.apps.BasicAppConfig",
    "portal.apps.HomewardAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "pgtrigger",
    "pghistory",
    "localflavor",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "portal.request_log.RequestLog",
    "portal.api.call_log.CallLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.content_security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.sign_in.time_out.TimeOut",
    "portal.sign_in.second_factor.SecondFactorDoor",
    "portal.sign_in.pages.SignInPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "foundation.forms.HouseRenderer"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# The demo serves the files from where they lie, so that nothing has to be collected.
WHITENOISE_USE_FINDERS = DEMO
STATIC_ROOT = None if DEMO else VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Each process has its own memory, so limits on signing in are counted in the database. The table
# is made by a migration, unlogged: what it holds may be lost in a crash.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # Past this number the oldest are dropped, counts included; a job removes expired ones.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("full_name", "email")},  # Django's own users have others
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "organisations.hashers.RandomSecretHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# A session ends so long after the last request, with a warning before, and in any case so long
# after signing in.
SESSION_IDLE_SECONDS = 30 * 60
SESSION_WARNING_SECONDS = 5 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrftoken"

ACCOUNT_ADAPTER = "portal.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.sign_in.forms.SignInForm",
    "reset_password": "portal.sign_in.forms.ForgottenPasswordForm",
    "reset_password_from_key": "portal.sign_in.forms.NewPasswordForm",
    "change_password": "portal.sign_in.forms.OtherPasswordForm",
    "set_password": "portal.sign_in.forms.FirstPasswordForm",
    "reauthenticate": "portal.sign_in.forms.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    # Tries are counted by `portal.sign_in.limits`: these would let anyone lock a name.
    "login_failed": None,
    # Right ones too: a hospital's people come from one address, all at nine.
    "login": "300/m/ip",
    # Each of these is a mail to somebody who may not have asked for it.
    "reset_password": "20/m/ip,5/h/key",
}

# Whether the operator's people must have a second factor before they may open anything.
MFA_REQUIRED_FOR_OPERATORS = switch(
    "MFA_REQUIRED_FOR_OPERATORS",
    env.str("MFA_REQUIRED_FOR_OPERATORS", default=""),
    default=not DEMO,
)
MFA_ADAPTER = "portal.sign_in.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "portal.sign_in.second_factor_forms.CodeForm",
    "reauthenticate": "portal.sign_in.second_factor_forms.CodeAgainForm",
    "activate_totp": "portal.sign_in.second_factor_forms.AppSetUpForm",
    "add_webauthn": "portal.sign_in.second_factor_forms.PasskeySetUpForm",
    "edit_webauthn": "portal.sign_in.second_factor_forms.PasskeyNameForm",
    "authenticate_webauthn": "portal.sign_in.second_factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "portal.sign_in.second_factor_forms.PasskeyAgainForm",
    "login_webauthn": "portal.sign_in.second_factor_forms.PasskeySignInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Homeward"
MFA_TOTP_TOLERANCE = 1
# Addresses are given by clinics and the operator, so nobody waits to confirm one.
MFA_ALLOW_UNVERIFIED_EMAIL = True

SOCIALACCOUNT_ADAPTER = "portal.sign_in.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = providers(
    server_url=env.str("OIDC_SERVER_URL", default=""),
    client_id=env.str("OIDC_CLIENT_ID", default=""),
    client_secret=env.str("OIDC_CLIENT_SECRET", default=""),
    name=env.str("OIDC_NAME", default=""),
    may_be_unencrypted=DEMO,
)

# How many proxies of ours stand before the program; only what they add to X-Forwarded-For and
# X-Forwarded-Proto is believed.
proxies = env.str("TRUSTED_PROXY_COUNT", default="") or "0"
if not proxies.isdecimal():
    raise SystemExit("TRUSTED_PROXY_COUNT must be a whole number.")
TRUSTED_PROXY_COUNT = int(proxies)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_SSL_REDIRECT = not DEMO
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "organisations.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "organisations.scopes.ClientScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 60 * 60,
    "CLIENT_SECRET_HASHER": "random_secret",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # Everything that RFC 9700 advises; of a token only its hash is kept.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

# What describes the dialects to programs: each dialect's own `schema` says the rest.
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/v[0-9]+",
    "POSTPROCESSING_HOOKS": [],
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # those speak to whoever reads the code
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# The client's own page of API v3 answers 200 to what creates; newer pages of the contract say 201.
_created = env.str("V3_CREATED_STATUS", default="") or "200"
if _created not in ("200", "201"):
    raise SystemExit("V3_CREATED_STATUS must be 200 or 201.")
V3_CREATED_STATUS = int(_created)

# Where notifications may go besides the internet: to the demo's own machine, or into networks of
# whoever runs this; and whose certificates count there besides the usual ones.
WEBHOOKS_MAY_BE_PLAIN = DEMO
WEBHOOKS_MAY_GO_TO = outgoing.networks(
    "WEBHOOKS_MAY_GO_TO",
    env.list("WEBHOOKS_MAY_GO_TO", default=[]),
    default=outgoing.THIS_MACHINE if DEMO else (),
)
WEBHOOKS_CA_FILE = outgoing.readable("WEBHOOKS_CA_FILE", env.str("WEBHOOKS_CA_FILE", default=""))

EMAIL_URL = env.str("EMAIL_URL", default="") or (
    "consolemail://" if DEMO else "smtp://localhost:25"
)
try:
    vars().update(env.email_url_config(EMAIL_URL))
except (KeyError, ValueError, environ.ImproperlyConfigured):
    raise SystemExit("EMAIL_URL must say how mail is sent: smtp://host:port …") from None
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="") or "homeward@localhost"

LOGGING = logs.configure(readable=DEMO)
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # one line for each request is enough
