"""The tests' databases: one migrated template, and a copy of it for each process that runs tests.

They live on an embedded server of their own, or on that of DATABASE_URL, whose owner must then be
allowed to create databases. Its own database is not touched.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg import sql
from psycopg.errors import DeadlockDetected

from portal import connections, embedded_postgres
from portal.roles import as_owner
from tests import postgres_programs

# What `flush` leaves alone: it is as the migrations made it, and no test may change it.
UNTOUCHED = {"django_migrations", "django_content_type", "auth_permission"}


@contextmanager
def own_copy() -> Iterator[None]:
    """Within, Django's connection is to a fresh copy of this process, in the program's role."""
    with ExitStack() as used:
        if not settings.GIVEN_DATABASE:
            _connect_to(used.enter_context(_embedded_server()))
        # Else a thread of a server or worker leaves an open connection when it ends.
        connection.settings_dict["CONN_MAX_AGE"] = 0
        base = connection.settings_dict["NAME"]
        name = f"test_{base}_{os.getpid()}"
        with _one_at_a_time():
            _drop_left_behind(f"test_{base}_")
            template = _template(f"test_{base}_template")
            _administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        _use(name)
        yield
        _administer("DROP DATABASE {} WITH (FORCE)", name)


def empty() -> None:
    """What Django's `flush` should do; the program's own role may not.

    A page's last request may still be writing when its window is closed: where the two wait for
    each other, PostgreSQL ends one of them, and emptying begins again.
    """
    tables = set(connection.introspection.table_names()) - UNTOUCHED
    names = sql.SQL(", ").join(sql.Identifier(table) for table in sorted(tables))
    for tries_left in (2, 1, 0):
        try:
            with as_owner(), connection.cursor() as cursor:
                cursor.execute(sql.SQL("TRUNCATE {}").format(names))
        except OperationalError as error:
            if not (tries_left and isinstance(error.__cause__, DeadlockDetected)):
                raise
        else:
            return


def address_of_the_owner() -> str:
    """Of the database that this process writes to."""
    chosen = settings.DATABASE_OWNER
    host = quote(str(chosen.get("HOST") or chosen["OPTIONS"].get("host", "")), safe="")
    who = ":".join(quote(part) for part in (chosen["USER"], chosen.get("PASSWORD", "")) if part)
    port = f"&port={chosen['PORT']}" if chosen.get("PORT") else ""
    return f"postgresql://{who}@/{connection.settings_dict['NAME']}?host={host}{port}"


def migrated() -> Path:
    """A dump of the migrated template, for other servers: migrating takes most of a minute. It is
    there as soon as some process has had a copy of the template.
    """
    return settings.VAR_DIR / f"migrated-{ingredients()[:16]}.dump"


def _embedded_server():
    return embedded_postgres.running(settings.VAR_DIR / "postgres-test", durable=False)


def _connect_to(addresses: embedded_postgres.Addresses) -> None:
    connection.settings_dict |= connections.of_the_program(addresses.program)
    settings.DATABASE_OWNER = connections.of_the_owner(addresses.owner)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (settings.VAR_DIR / "tests.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _drop_left_behind(prefix: str) -> None:
    """The copies of processes that were killed."""
    with _administration() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        process = name.removeprefix(prefix)
        if process.isdecimal() and not _is_alive(int(process)):
            _administer("DROP DATABASE {} WITH (FORCE)", name)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _template(name: str) -> str:
    """Made anew when what it is made of has changed."""
    wanted = ingredients()
    if _comment(name) != wanted:
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _administer("CREATE DATABASE {} TEMPLATE {}", name, _bare())
        _use(name)
        call_command("migrate", verbosity=0)
        for older in settings.VAR_DIR.glob("migrated-*"):
            older.unlink()
        postgres_programs.dump(address_of_the_owner(), migrated())
        _administer(f"COMMENT ON DATABASE {{}} IS '{wanted}'", name)
    return name


def _bare() -> str:
    """The embedded server's own database is empty and has the right collation."""
    return "template0" if settings.GIVEN_DATABASE else embedded_postgres.DATABASE


def ingredients() -> str:
    paths: list[Path] = [settings.BASE_DIR / "requirements.lock"]
    paths += [settings.BASE_DIR / "portal" / name for name in ("roles.py", "settings.py")]
    paths += sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _comment(database: str) -> str | None:
    with _administration() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [database],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _administer(statement: LiteralString, *databases: str) -> None:
    names = [sql.Identifier(database) for database in databases]
    with _administration() as cursor:
        cursor.execute(sql.SQL(statement).format(*names))


@contextmanager
def _administration():
    """A cursor of the owner, in no database that might be copied or dropped."""
    database = connection.settings_dict["NAME"]
    _use("postgres")
    with as_owner(), connection.cursor() as cursor:
        yield cursor
    _use(database)


def _use(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database
