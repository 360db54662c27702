"""What docs/deployment.md and Dockerfile tell people to run, as they tell it."""

import json
import re
import subprocess
from collections.abc import Mapping
from typing import Final

from django.conf import settings

ROOT: Final = settings.BASE_DIR
GUIDE: Final = (ROOT / "docs" / "deployment.md").read_text()
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def script(name: str) -> str:
    """The block of the guide that is marked so."""
    (found,) = re.findall(rf"^```sh {name}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


def array(instruction: str) -> list[str]:
    """What the image runs by this instruction, the last one if there are several."""
    pattern = re.compile(rf"^{instruction}\b.*?(\[.*\])\s*$", re.MULTILINE)
    return list(json.loads(pattern.findall(DOCKERFILE)[-1]))


def collecting() -> str:
    (found,) = re.findall(r"^RUN (SECRET_KEY=.* collectstatic .*)$", DOCKERFILE, re.MULTILINE)
    return str(found)


def run(commands: str, environment: Mapping[str, str]) -> None:
    """As a shell would, where the guide assumes one is: in the program's folder."""
    done = subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
