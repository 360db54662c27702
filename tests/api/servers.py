"""A second database server, which tests may stop, and the real program serving from it."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from psycopg import sql

from portal import embedded_postgres
from portal.embedded_postgres import Addresses
from tests import postgres_programs
from tests.databases import ingredients, migrated

TEMPLATE = "template_of_second"
SEED = Path(__file__).with_name("seed.py")
SECONDS = 30
SERVER = (
    *("granian", "--interface", "wsgi", "portal.wsgi:application", "--host", "127.0.0.1"),
    *("--workers", "2", "--blocking-threads", "6", "--log-level", "warning"),
)


@dataclass(frozen=True)
class Database:
    """One database of the second server, and the program that may call in it."""

    program: str
    owner: str
    seed: dict[str, Any]

    def value(self, question: str) -> Any:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            row = connection.execute(question).fetchone()  # type: ignore[call-overload]
            return row and row[0]

    def change(self, statement: str) -> None:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Website:
    """The program while it serves; `log` is everything it wrote."""

    address: str
    log: Path

    def call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body or None, headers or {})
            return _read(connection)

    def call_in_chunks(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Without saying beforehand how much will come."""
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=SECONDS)
        with contextlib.closing(connection):
            pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
            connection.request("POST", path, pieces, headers, encode_chunked=True)
            return _read(connection)

    @contextmanager
    def said(self, text: bytes) -> Iterator[socket.socket]:
        """A connection on which just this was sent so far."""
        url = urlsplit(self.address)
        with socket.create_connection((url.hostname, url.port or 80), timeout=SECONDS) as line:
            line.sendall(text)
            yield line

    def status_after(self, text: bytes) -> int:
        """What a caller is answered who sends just this and nothing more; 0 for no answer."""
        with self.said(text) as line:
            line.shutdown(socket.SHUT_WR)
            answer = line.makefile("rb").readline().split()
        return int(answer[1]) if answer else 0

    def token(self, seed: dict[str, Any]) -> str:
        form = (
            "grant_type=client_credentials"
            f"&client_id={seed['client_id']}&client_secret={seed['secret']}"
        )
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.call("POST", "/oauth2/token", form.encode(), kind)
        assert answer.status == 200, answer
        return str(answer.json()["access_token"])


def _read(connection: http.client.HTTPConnection) -> Answer:
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, found, answer.read())


@contextmanager
def second_server(name: str) -> Iterator[Path]:
    """The folder of a running server with a migrated and seeded template."""
    data = settings.VAR_DIR / f"postgres-second-{name}"
    with embedded_postgres.running(data, durable=False) as addresses:
        _make_template(addresses)
        yield data


@contextmanager
def fresh_database(data: Path, name: str) -> Iterator[Database]:
    with embedded_postgres.running(data, durable=False) as addresses:
        seed = _comment(addresses)["seed"]
        _administer(addresses, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _administer(addresses, "CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
        yield Database(_named(addresses.program, name), _named(addresses.owner, name), seed)
        _administer(addresses, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def serving(
    database: Database, log: Path, *, command: Sequence[str] = SERVER, **variables: str
) -> Iterator[Website]:
    """Granian with two workers, as in production; `variables` are settings of this one."""
    port = free_port()
    command = [str(Path(sys.executable).with_name(command[0])), *command[1:], "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    environment = _environment(database.program, database.owner) | {"PUBLIC_BASE_URL": address}
    environment |= variables
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        website = Website(address, log)
        try:
            _wait_for(website, process)
            yield website
        finally:
            _end(process)


@contextmanager
def working(database: Database, log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker, as in production; `variables` are settings of this one."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=settings.BASE_DIR,
            env=_environment(database.program, database.owner) | variables,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def python(database: Database, *arguments: str) -> str:
    """What Python prints that is run with this database."""
    return _python(_environment(database.program, database.owner), *arguments)


def _make_template(addresses: Addresses) -> None:
    """Made anew when what it is made of has changed; its comment holds the seed."""
    made_of = ingredients() + SEED.read_text()
    if _comment(addresses).get("ingredients") == made_of:
        return
    _administer(addresses, "DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
    _administer(addresses, "CREATE DATABASE {} TEMPLATE {}", TEMPLATE, embedded_postgres.DATABASE)
    program, owner = (_named(url, TEMPLATE) for url in (addresses.program, addresses.owner))
    environment = _environment(program, owner)
    if migrated().exists():
        postgres_programs.restore(migrated(), owner)
    else:
        _python(environment, "manage.py", "migrate", "--verbosity=0")
    seed = json.loads(_python(environment, "-m", "tests.api.seed"))
    comment = json.dumps({"ingredients": made_of, "seed": seed})
    _administer(addresses, "COMMENT ON DATABASE {} IS {}", TEMPLATE, sql.Literal(comment))


def _python(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


def _comment(addresses: Addresses) -> dict[str, Any]:
    question = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with _administration(addresses) as connection:
        row = connection.execute(question, [TEMPLATE]).fetchone()
    return dict(json.loads(row[0])) if row and row[0] else {}


def _administer(addresses: Addresses, statement: Any, *parts: str | sql.Literal) -> None:
    """Names are quoted as names, literals as they are."""
    quoted = (sql.Identifier(part) if isinstance(part, str) else part for part in parts)
    with _administration(addresses) as connection:
        connection.execute(sql.SQL(statement).format(*quoted))


def _administration(addresses: Addresses) -> psycopg.Connection[Any]:
    return psycopg.connect(_named(addresses.owner, "postgres"), autocommit=True)


def _named(url: str, name: str) -> str:
    return url.replace(f"/{embedded_postgres.DATABASE}?", f"/{name}?")


def _environment(program: str, owner: str) -> dict[str, str]:
    ours = {
        "DEBUG": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": program,
        "DATABASE_OWNER_URL": owner,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    return {**os.environ, **ours}


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def _wait_for(website: Website, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if website.call("GET", "/healthz/live").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(website.log.read_text())


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
