"""Which files are the project's."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
NOT_OURS = {".git", ".venv", "var", "__pycache__"}


def files() -> Iterator[Path]:
    """What git keeps or would keep; without git, all but what is made here."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        yield from (ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file())
        return
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in NOT_OURS]
        yield from (Path(folder) / name for name in names)
