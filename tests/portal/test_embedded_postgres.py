"""The newcomer's server, tried on one of our own, so that the suite's is left in peace."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from portal import embedded_postgres


@pytest.fixture
def data() -> Iterator[Path]:
    """Not below pytest's folder: nobody but its owner may enter that, and root's server could
    not.
    """
    folder = settings.VAR_DIR / f"postgres-second-{os.getpid()}"
    yield folder
    embedded_postgres.stop(folder)
    for leftover in folder.parent.glob(f"{folder.name}*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def is_running(data: Path) -> bool:
    return (data / "postmaster.pid").exists()


def ask(address: str, question: bytes) -> object:
    with psycopg.connect(address) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def tell(address: str, statement: bytes) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(statement)


def test_it_has_a_role_for_the_program_and_one_for_the_owner(data: Path) -> None:
    with embedded_postgres.running(data) as addresses:
        assert ask(addresses.program, b"SELECT current_user") == "homeward_app"
        assert ask(addresses.owner, b"SELECT current_user") == "homeward_owner"
        assert not ask(
            addresses.owner,
            b"SELECT bool_or(rolsuper) FROM pg_roles WHERE rolname LIKE 'homeward%'",
        )
        assert ask(addresses.program, "SELECT upper('łódź')".encode()) == "ŁÓDŹ"


def test_the_last_to_let_go_stops_it_and_nothing_is_lost(data: Path) -> None:
    with embedded_postgres.running(data) as addresses:
        with embedded_postgres.running(data):
            tell(addresses.owner, b"CREATE TABLE kept AS SELECT 1 AS one")
        assert is_running(data)
    assert not is_running(data)

    with embedded_postgres.running(data) as addresses:
        assert ask(addresses.owner, b"SELECT one FROM kept") == 1


def test_after_a_crash_of_everything_it_starts_again(data: Path) -> None:
    program = (
        "import os, pathlib, signal\n"
        "from portal import embedded_postgres\n"
        "data = pathlib.Path(os.environ['DATA'])\n"
        "embedded_postgres.borrow(data)\n"
        "server = int((data / 'postmaster.pid').read_text().split()[0])\n"
        "os.kill(server, signal.SIGKILL)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATA": str(data)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL

    with embedded_postgres.running(data) as addresses:
        assert ask(addresses.program, b"SELECT 1") == 1
    assert not is_running(data)


def test_the_number_of_another_program_in_the_lock_file_does_not_stop_the_start(
    data: Path,
) -> None:
    with embedded_postgres.running(data):
        lock_file = (data / "postmaster.pid").read_text()
    _, *rest = lock_file.splitlines(keepends=True)
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n" + "".join(rest))

    with embedded_postgres.running(data) as addresses:
        assert ask(addresses.program, b"SELECT 1") == 1


def test_the_servers_log_keeps_no_values(data: Path) -> None:
    insert = "INSERT INTO people VALUES ('Zyxwvut'), ('Zyxwvut')"
    with embedded_postgres.running(data) as addresses:
        tell(addresses.owner, b"CREATE TABLE people (name text UNIQUE)")
        with pytest.raises(psycopg.errors.UniqueViolation, match="Zyxwvut"):
            tell(addresses.owner, insert.encode())

    log = (data / "log").read_text()
    assert "database system is ready" in log
    assert "Zyxwvut" not in log
