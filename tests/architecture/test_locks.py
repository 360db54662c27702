"""The locks: the same versions for everyone, and nothing of the machine that made them."""

import re

import pytest
from django.conf import settings

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==(\S+)", re.MULTILINE)


def text(name: str) -> str:
    return (settings.BASE_DIR / name).read_text()


def pins(lock: str) -> list[tuple[str, str]]:
    return PIN.findall(text(lock))


def wanted(name: str) -> set[str]:
    """The names in an `.in` file, spelled as in the lock."""
    lines = [line.partition("#")[0].strip() for line in text(name).splitlines()]
    names = [re.split(r"[\[<>=!~ ;]", line)[0] for line in lines if line and line[0] != "-"]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("trace", ["://", "index-url", "find-links", "file:", "--trusted-host"])
def test_a_lock_names_no_registry_and_no_folder(lock: str, trace: str) -> None:
    assert trace not in text(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_version_depends_on_the_version_of_python(lock: str) -> None:
    names = [name for name, _ in pins(lock)]

    assert len(names) > 40
    assert len(names) == len(set(names))
    assert "python_version" not in text(lock)
    assert "python_full_version" not in text(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    for entry in re.split(r"\n(?=\S)", text(lock)):
        if PIN.match(entry):
            assert "--hash=sha256:" in entry


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_everything_asked_for_is_locked(name: str) -> None:
    assert wanted(f"{name}.in") <= {locked for locked, _ in pins(f"{name}.lock")}


def test_development_runs_what_production_runs() -> None:
    # `dev.py` counts on this: after the one lock it does not install the other.
    assert set(pins("requirements.lock")) <= set(pins("requirements-dev.lock"))
