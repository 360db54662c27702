"""How the program and the owner of its tables connect to PostgreSQL: Django's dictionaries, made
out of addresses. Who owns and may do what is in `portal.roles`.
"""

import warnings
from typing import Any

import environ

SECONDS_KEPT_OPEN = 300
# A statement that waits longer is better answered with 503 than piled upon.
PROGRAM_LIMITS = (
    "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
)
# A migration may take long, but must not make everybody wait for its locks.
OWNER_LIMITS = "-c lock_timeout=5s"


def of_the_program(url: str) -> dict[str, Any]:
    """What web and worker use."""
    return _connection(url, limits=PROGRAM_LIMITS)


def of_the_owner(url: str) -> dict[str, Any]:
    """What `manage.py migrate` uses."""
    return _connection(url, limits=OWNER_LIMITS)


def _connection(url: str, *, limits: str) -> dict[str, Any]:
    connection = _parsed(url)
    if connection.get("ENGINE") != "django.db.backends.postgresql":
        raise SystemExit("DATABASE_URL must name a PostgreSQL database: postgresql://…")
    connection |= {"CONN_MAX_AGE": SECONDS_KEPT_OPEN, "CONN_HEALTH_CHECKS": True}
    # A socket's folder stands in these options already: add to them, never replace them.
    options = connection.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    options.setdefault("options", limits)
    return connection


def _parsed(url: str) -> dict[str, Any]:
    """Empty when it is no address; environ would warn with the address, and its password, in it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return dict(environ.Env.db_url_config(url))
    except ValueError:
        return {}
