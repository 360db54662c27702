"""The newcomer's command, tried on a copy of the project, and what it refuses beforehand."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings

from tests import tree


def dev(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "dev.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_command_it_says_which_there_are() -> None:
    finished = dev()

    assert finished.returncode == 1
    assert finished.stderr.startswith("Say what to do: python3 dev.py demo, test, check, bench")


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "80 80"])
def test_a_port_must_be_one(port: str) -> None:
    finished = dev("demo", PORT=port)

    assert finished.returncode == 1
    assert finished.stderr.startswith("PORT must be a number from 1 to 65535")


def test_a_port_in_use_is_named_and_another_one_suggested() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = dev("demo", PORT=str(port))

    assert finished.returncode == 1
    assert finished.stderr.startswith(f"Port {port} cannot be used")
    assert finished.stderr.count("\n") == 1
    assert "==>" not in finished.stdout


@pytest.fixture
def copy() -> Iterator[Path]:
    """The project as it would be cloned, with the packages that are installed already."""
    folder = settings.VAR_DIR / f"copy-{os.getpid()}"
    for path in tree.files():
        target = folder / path.relative_to(tree.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    (folder / ".venv").symlink_to(tree.ROOT / ".venv")
    yield folder
    for process in left_of(folder):
        process.kill()
    shutil.rmtree(folder)


def nothing_is_left_of(folder: Path) -> bool:
    """What belonged to a killed run ends by itself, but not at once."""
    deadline = time.monotonic() + 30
    while left_of(folder) and time.monotonic() < deadline:
        time.sleep(0.2)
    return not left_of(folder)


def left_of(folder: Path) -> list[psutil.Process]:
    """What runs out of this folder, or works in it."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if str(folder) in " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or ""])
    ]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def start_demo(folder: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": ""}
    return subprocess.Popen([sys.executable, "dev.py", "demo"], cwd=folder, env=environment)


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz/ready").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the demo did not become ready")


@pytest.mark.slow
def test_the_demo_runs_until_ctrl_c_and_loses_nothing_even_when_killed(copy: Path) -> None:
    port = free_port()
    first = start_demo(copy, port)
    wait_until_ready(port)
    known = json.loads((copy / "var" / "demo.json").read_text())
    first.kill()
    first.wait()

    other_port = free_port()
    second = start_demo(copy, other_port)
    wait_until_ready(other_port)
    moved = json.loads((copy / "var" / "demo.json").read_text())
    second.send_signal(signal.SIGINT)

    assert second.wait(timeout=30) == 0
    assert nothing_is_left_of(copy)
    assert known["base_url"] == f"http://127.0.0.1:{port}"
    assert moved["base_url"] == f"http://127.0.0.1:{other_port}"
    assert moved["users"] == known["users"]
