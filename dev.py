#!/usr/bin/env python3
"""`demo`, `test`, `check`, `bench` and `db-stop`: from a fresh clone to a running, checked program.

Standard library only, because it installs everything else. What it starts ends with it.
"""

from __future__ import annotations  # so that an old Python gets as far as our refusal

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed-locks"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 10


class Interrupted(Exception):
    """Somebody asked us to end."""


def main(arguments: list[str]) -> int:
    commands = {
        "demo": demo,
        "test": test,
        "check": check,
        "bench": bench,
        "bench-large": bench_large,
        "db-stop": stop_databases,
    }
    if not arguments or arguments[0] not in commands:
        sys.exit("Say what to do: python3 dev.py demo, test, check, bench, bench-large or db-stop.")
    _on_interrupt(_interrupt)
    os.chdir(ROOT)
    try:
        return commands[arguments[0]](arguments[1:])
    except Interrupted:
        return 130


def _on_interrupt(reaction) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, reaction)


def _interrupt(*_: object) -> None:
    _on_interrupt(signal.SIG_IGN)  # a second Ctrl-C must not interrupt the cleaning up
    raise Interrupted


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


# The commands


def demo(_: list[str]) -> int:
    """A running portal with demo data on this machine; `SERVE=0` only prepares it."""
    port = _wanted_port()
    serve = os.environ.get("SERVE", "1") != "0"
    if serve:
        _refuse_taken_port(port)
    _install(RUNTIME_LOCK)
    environment = _demo_environment(port)
    with _database(environment) as addresses:
        environment |= addresses
        _step(
            "Preparing the tables (the first time takes a while)",
            [PYTHON, "manage.py", "migrate", "-v", "0"],
            environment,
        )
        _step("Loading the demo data", [PYTHON, "manage.py", "demo"], environment)
        return _serve(port, environment) if serve else 0


def test(arguments: list[str]) -> int:
    """Every check and every test; with arguments, pytest with these arguments instead."""
    _install(DEV_LOCK)
    if arguments:
        _step("Testing", [PYTHON, "-m", "pytest", *arguments])
        return 0
    _look_for_chromium()
    _run_checks()
    workers = str(max(2, os.cpu_count() or 2))
    _step("Testing", [PYTHON, "-m", "pytest", "-n", workers, "--dist", "loadgroup"])
    return 0


def check(_: list[str]) -> int:
    """The quick part of `test`."""
    _install(DEV_LOCK)
    _run_checks()
    return 0


def bench(arguments: list[str]) -> int:
    """How fast orders are placed, against the database alone; on a server of its own."""
    return _measure("bench", arguments)


def bench_large(arguments: list[str]) -> int:
    """How fast pages come with a million orders; building these takes some minutes, once."""
    return _measure("bench.pages", arguments)


def _measure(module: str, arguments: list[str]) -> int:
    _install(RUNTIME_LOCK)
    _warn_root()
    _step("Measuring", [PYTHON, "-m", module, *arguments])
    return 0


def stop_databases(_: list[str]) -> int:
    """Stop the embedded servers that a killed run may have left behind."""
    if PYTHON.exists():
        _step("Stopping", [PYTHON, "-m", "portal.embedded_postgres", "stop"])
    return 0


def _run_checks() -> None:
    _step("Formatting", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."])
    _step("Linting", [PYTHON, "-m", "ruff", "check", "--quiet", "."])
    _step("Types", [PYTHON, "-m", "mypy"])
    _step("Imports", [PYTHON, VENV / "bin" / "lint-imports", "--no-logo"])
    _step(
        "Migrations",
        [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
        {**os.environ, "DEBUG": "1"},
    )
    _step("Tree and locks", [PYTHON, "-m", "pytest", "-q", "tests/architecture"])


def _step(name: str, command: list[object], environment: dict[str, str] | None = None) -> None:
    """Run to the end; a failure ends us with the same code."""
    say(name)
    process = _start(command, environment)
    with _stopping(process):
        code = process.wait()
    if code:
        sys.exit(f"{name} failed.")


# Installing


def _install(lock: Path) -> None:
    _refuse_without_venv()
    _make_venv()
    wanted = f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"
    if STAMP.exists() and wanted in STAMP.read_text().splitlines():
        return
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    _step(f"Installing {lock.name}", [*pip, "--require-hashes", "-r", lock])
    # The development lock holds everything that the other one does, in the same versions.
    runtime = f"{RUNTIME_LOCK.name} {hashlib.sha256(RUNTIME_LOCK.read_bytes()).hexdigest()}"
    STAMP.write_text("\n".join({wanted, runtime}))


def _refuse_without_venv() -> None:
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit("Python's venv module is missing (on Debian: apt-get install python3-venv).")


def _make_venv() -> None:
    if PYTHON.exists() and not subprocess.run([PYTHON, "-c", ""], check=False).returncode:
        return
    try:
        VENV.mkdir(exist_ok=True)
    except OSError as error:
        sys.exit(f"{VENV} cannot be made: {error.strerror}.")
    _step("Making .venv", [sys.executable, "-m", "venv", "--clear", VENV])


def _look_for_chromium() -> None:
    if os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome"):
        return
    if os.environ.get("CI") == "true":
        sys.exit("Chromium is missing: without it the browser tests prove nothing.")
    say("NO CHROMIUM FOUND: the browser tests will be skipped (set CHROMIUM to its path)")


# Serving


def _wanted_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(
                f"Port {port} cannot be used ({error.strerror}): stop what listens there,"
                f" or choose another one: PORT={port + 1 if port < 65535 else 8000} make demo"
            )


def _demo_environment(port: int) -> dict[str, str]:
    return {
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        **os.environ,
        "DEBUG": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def _database(environment: dict[str, str]):
    """The addresses of the database; when it is ours, it runs at least until we end."""
    say("Opening the database")
    _warn_root()
    keeper = _start(
        [PYTHON, "-m", "portal.embedded_postgres", "hold"],
        environment,
        stdin=subprocess.PIPE,  # it ends with this pipe, should we be killed
        stdout=subprocess.PIPE,
    )
    with _stopping(keeper):
        answer = keeper.stdout.readline()
        if not answer:
            sys.exit("The database did not start.")
        yield json.loads(answer)


def _warn_root() -> None:
    closed = [str(path) for path in (ROOT, *ROOT.parents) if path.stat().st_mode & 0o005 != 0o005]
    if os.geteuid() == 0 and not os.environ.get("DATABASE_URL"):
        say(
            "You are root, and PostgreSQL refuses root: it runs as the system user 'pgserver'."
            + (f" Opened for everybody to read: {', '.join(closed)}." if closed else "")
        )


def _serve(port: int, environment: dict[str, str]) -> int:
    web = [PYTHON, "-m", "granian", "--interface", "wsgi", "portal.wsgi:application"]
    web += ["--host", "127.0.0.1", "--port", port, "--log-level", "warning"]
    # Each thread keeps a database connection; by itself granian would start hundreds.
    web += ["--workers", 2, "--blocking-threads", 4, "--blocking-threads-idle-timeout", 600]
    worker = [PYTHON, "manage.py", "worker"]
    say("Starting web and worker")
    with contextlib.ExitStack() as started:
        processes = {}
        for name, command in (("web", web), ("worker", worker)):
            processes[name] = started.enter_context(_stopping(_start(command, environment)))
        try:
            return _watch(processes, port)
        except Interrupted:
            say("Stopping")
            return 0


def _watch(processes: dict[str, subprocess.Popen], port: int) -> int:
    """Returns only when something ended that should not have."""
    deadline = time.monotonic() + SECONDS_TO_START
    ready = False
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                say(f"The {name} process ended by itself ({process.returncode}); stopping the rest")
                return 1
        if not ready and _answers(port):
            ready = True
            say(f"Homeward runs at http://127.0.0.1:{port} (Ctrl-C stops it)")
        if not ready and time.monotonic() > deadline:
            say("The web process does not answer; stopping")
            return 1
        time.sleep(0.3)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/ready", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


# Processes


def _start(command: list[object], environment: dict[str, str] | None = None, **pipes):
    """In a session of its own, so that Ctrl-C reaches us alone and we stop all in order."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads
        **pipes,
    )


def _end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when we are killed and cannot stop our children."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


@contextlib.contextmanager
def _stopping(process: subprocess.Popen):
    """Whatever happens within, the process and what it started are gone afterwards."""
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS_TO_STOP)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("Homeward needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])
    sys.exit(main(sys.argv[1:]))
