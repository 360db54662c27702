"""The files of the deployment name only what exists: settings, files, commands."""

import re
from typing import Any, Final

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.deploy import guide

ROOT: Final = settings.BASE_DIR
DOCKERFILE: Final = guide.DOCKERFILE
GUIDE: Final = guide.GUIDE
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS: Final = ("migrate", "web", "worker")

SETTINGS: Final = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
VARIABLE: Final = re.compile(r"\$\{(\w+)")


def test_every_setting_in_compose_is_one_of_the_program() -> None:
    for name in OURS:
        assert set(COMPOSE["services"][name]["environment"]) <= SETTINGS, name


def test_every_setting_in_the_dockerfile_is_one_of_the_program_or_of_python() -> None:
    assigned = set(re.findall(r"\b([A-Z][A-Z_]+)=", DOCKERFILE))

    assert assigned - SETTINGS == {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def test_every_variable_of_compose_is_explained_in_the_guide() -> None:
    asked = set(VARIABLE.findall((ROOT / "compose.yaml").read_text()))
    explained = set(re.findall(r"^(\w+)=", GUIDE, re.MULTILINE)) | SETTINGS

    assert asked <= explained


def test_what_the_program_cannot_start_without_must_be_given_to_compose() -> None:
    text = (ROOT / "compose.yaml").read_text()

    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "PROGRAM_PASSWORD", "OWNER_PASSWORD", "TLS_FOLDER"):
        assert f"${{{name}:?}}" in text


def test_only_the_migration_knows_the_owner() -> None:
    knows = {
        name
        for name, service in COMPOSE["services"].items()
        if "DATABASE_OWNER_URL" in service.get("environment", {})
    }

    assert knows == {"migrate"}


def test_nothing_but_nginx_is_reached_from_outside() -> None:
    assert {name for name, one in COMPOSE["services"].items() if "ports" in one} == {"nginx"}


def test_web_and_worker_wait_for_the_migration() -> None:
    for name in ("web", "worker"):
        waits_for = COMPOSE["services"][name]["depends_on"]["migrate"]["condition"]
        assert waits_for == "service_completed_successfully"


def test_postgresql_writes_no_failing_statement_down() -> None:
    command = COMPOSE["services"]["db"]["command"]

    for setting in (
        "log_min_messages=log",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "log_parameter_max_length_on_error=0",
    ):
        assert setting in command
        name, value = setting.split("=")
        assert f"{name} = {value}" in GUIDE


@pytest.mark.parametrize("name", OURS)
def test_each_management_command_exists(name: str) -> None:
    command = COMPOSE["services"][name].get("command", [])

    if "manage.py" in command:
        assert command[command.index("manage.py") + 1] in get_commands()
    else:
        assert name == "web"  # it runs the command of the image


def test_every_file_that_is_mounted_or_copied_exists() -> None:
    mounted = [
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    copied = re.findall(r"^COPY (?!--)(\S+) ", DOCKERFILE, re.MULTILINE)
    run = [part for part in guide.array("HEALTHCHECK") if part.endswith(".py")]

    for path in (*mounted, *copied, *run):
        assert (ROOT / path).exists(), path


def test_every_volume_is_declared() -> None:
    named = {
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if re.match(r"\w", volume)
    }

    assert named == set(COMPOSE["volumes"])


def test_the_image_runs_as_nobody_in_particular_and_keeps_no_secret() -> None:
    last_stage = DOCKERFILE.rpartition("FROM ")[2]

    assert re.search(r"^USER homeward$", last_stage, re.MULTILINE)
    assert "SECRET_KEY" not in last_stage
    assert {".env", ".git", "var"} <= set((ROOT / ".dockerignore").read_text().splitlines())


def test_the_image_installs_only_what_the_lock_names() -> None:
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE


def test_the_guide_names_only_files_that_exist() -> None:
    for path in re.findall(r"`(deploy/[\w.]+|compose\.yaml|Dockerfile)`", GUIDE):
        assert (ROOT / path).exists(), path
