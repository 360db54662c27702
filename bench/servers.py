"""The database and the program that are measured: production's settings, nothing else on them."""

import contextlib
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from portal import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "var" / "postgres-bench"
WORKERS, THREADS = 2, 4
SECONDS_TO_START = 30
# What a proxy would say: without it production sends everybody to https.
FROM_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Settings of the program for a migrated database: our own server's, or DATABASE_URL's."""
    with contextlib.ExitStack() as used:
        url, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
        if not url:
            given = used.enter_context(embedded_postgres.running(DATA))
            url, owner = given.program, given.owner
        settings = {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner or url,
            "DEBUG": "",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXY_COUNT": "1",
            "WEBHOOKS_MAY_GO_TO": "127.0.0.0/8",
            "MFA_REQUIRED_FOR_OPERATORS": "0",  # whoever measures signs in without a browser
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        manage(settings, "migrate", "--verbosity=0")
        yield settings


def manage(settings: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)


@contextmanager
def program(settings: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """The port and the first process of the web server, as it is deployed."""
    port = free_port()
    command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi"]
    command += ["portal.wsgi:application", "--host", "127.0.0.1", "--port", port]
    command += ["--workers", WORKERS, "--blocking-threads", THREADS]
    command += ["--blocking-threads-idle-timeout", 600, "--log-level", "warning"]
    process = psutil.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=(ROOT / "var" / "bench-web.log").open("wb"),
    )
    try:
        _wait_for(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes


def call(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(line):
        line.request(method, path, body or None, {**FROM_PROXY, **(headers or {})})
        answer = line.getresponse()
        return Answer(answer.status, answer.getheader("Location", ""), answer.read())


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def _wait_for(port: int, process: psutil.Process) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.is_running() and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if call(port, "GET", "/healthz/live").status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The web process does not answer: see var/bench-web.log.")
