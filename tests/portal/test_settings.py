"""How the program starts: safely when nothing is set, and never half-configured in production."""

import os
import re
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from portal.secret_key import kept_secret_key

ROOT = settings.BASE_DIR
PRODUCTION = {
    "SECRET_KEY": "a-secret-of-more-than-fifty-characters-for-this-one-test",
    "ALLOWED_HOSTS": "homeward.example",
    "DATABASE_URL": "postgresql://program@db.example/homeward",
}
NAMES = re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """In an environment without any of our settings but these. Empty ones hide a local .env."""
    environment = {**os.environ, **dict.fromkeys(NAMES, ""), **variables}
    del environment["DJANGO_SETTINGS_MODULE"]
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [("manage.py", "check"), ("-c", "import portal.wsgi")])
@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_a_production_start_says_in_one_sentence_what_is_missing(
    command: tuple[str, ...], name: str
) -> None:
    finished = run(*command, **{**PRODUCTION, name: ""})

    assert finished.returncode == 1
    assert finished.stderr.startswith(f"{name} is missing: ")
    assert finished.stderr.count("\n") == 1


def test_all_that_is_missing_is_told_at_once() -> None:
    finished = run("manage.py", "check")

    assert "SECRET_KEY and ALLOWED_HOSTS and DATABASE_URL are missing: " in finished.stderr


def test_another_database_than_postgresql_is_refused() -> None:
    finished = run("manage.py", "check", **{**PRODUCTION, "DATABASE_URL": "mysql://db.example/x"})

    assert finished.stderr.startswith("DATABASE_URL must name a PostgreSQL database")
    assert finished.returncode == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALLOWED_HOSTS", ",", "ALLOWED_HOSTS is missing"),
        ("SECRET_KEY", "x", "SECRET_KEY is too short"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must name"),
        ("DATABASE_URL", "postgresql://u:p@h:notaport/x", "DATABASE_URL must name"),
        ("TRUSTED_PROXY_COUNT", "many", "TRUSTED_PROXY_COUNT must be"),
        ("EMAIL_URL", "foo", "EMAIL_URL must say"),
        ("V3_CREATED_STATUS", "202", "V3_CREATED_STATUS must be 200 or 201"),
    ],
)
def test_a_setting_that_cannot_be_is_named_in_one_sentence(
    name: str, value: str, words: str
) -> None:
    finished = run("manage.py", "check", **{**PRODUCTION, name: value})

    assert finished.returncode == 1
    assert finished.stderr.startswith(words)
    assert finished.stderr.count("\n") == 1


def test_production_settings_pass_djangos_deployment_checks() -> None:
    finished = run("manage.py", "check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)

    assert finished.returncode == 0, finished.stderr


def test_a_copy_of_the_example_changes_nothing() -> None:
    given = {**PRODUCTION, "TRUSTED_PROXY_COUNT": "0", "DEBUG": ""}

    assert run("manage.py", "check", **given).returncode == 0


def test_every_setting_is_explained_and_every_explained_setting_is_read() -> None:
    source = (ROOT / "portal" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z0-9_]+)\"", source))

    assert read == set(NAMES)


def test_each_explanation_is_a_comment_above_its_setting() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()

    for before, line in pairwise(lines):
        if "=" in line and not line.startswith("#"):
            assert before.startswith("# "), line


def test_no_debug_page_is_shown_even_in_the_demo() -> None:
    assert settings.DEMO
    assert settings.DEBUG is False


def test_the_demos_secret_key_is_kept_and_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"

    key = kept_secret_key(path)

    assert kept_secret_key(path) == key
    assert len(key) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
