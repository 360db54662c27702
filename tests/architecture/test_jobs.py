"""Jobs are deferred by name, which Python does not check; so it is checked here."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

ROOT: Path = settings.BASE_DIR
ROOMS = sorted({path.parent for path in ROOT.glob("*/apps.py")})


def deferrals() -> Iterator[tuple[str, ast.expr]]:
    """Where something is deferred by name, and what stands there for the name."""
    for path in (path for room in ROOMS for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="configure_task"), args=[name, *_]):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name


def test_every_name_that_is_deferred_is_a_task_of_the_worker() -> None:
    for place, name in deferrals():
        assert isinstance(name, ast.Constant), f"{place}: write the name out"
        assert name.value in app.tasks, f"{place}: there is no task {name.value}"


def test_the_tasks_are_all_in_the_portal() -> None:
    ours = {name for name, task in app.tasks.items() if task.queue != "builtin"}
    rooms = {room.name for room in ROOMS}

    assert ours
    # Tests have tasks of their own, which fail.
    assert {name.rpartition(".")[0] for name in ours if name.split(".")[0] in rooms} == {
        "portal.jobs"
    }
