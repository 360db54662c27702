"""The files of the project speak of the project alone."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import tree

ROOT: Path = settings.BASE_DIR
# In pieces, so that this file may hold them.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.", "npm" + "js.", "deb.deb" + "ian."]


def texts() -> Iterator[tuple[str, str]]:
    for path in tree.files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text()
        except UnicodeDecodeError:
            continue  # a picture or a font


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_package_registry(host: str) -> None:
    assert not [name for name, text in texts() if host in text]


@pytest.mark.parametrize("folder", [ROOT, Path.home()])
def test_no_file_names_a_folder_of_this_machine(folder: Path) -> None:
    # "/" would be everywhere, and a home that short says nothing.
    assert folder == Path("/") or not [name for name, text in texts() if f"{folder}/" in text]


def test_every_room_has_its_place_among_the_layers() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert rooms == set(configured["importlinter"]["root_packages"])
    assert rooms <= set(configured["mypy"]["packages"])


def test_there_is_no_room_for_everything() -> None:
    rooms = {path.parent.name for path in tree.files() if path.name == "__init__.py"}

    assert "orders" in rooms
    assert not rooms & {"common", "core", "helpers", "services", "utils"}
