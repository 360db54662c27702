"""PostgreSQL's own programs, out of the wheel that brings the embedded server."""

import os
import subprocess
from pathlib import Path
from typing import Final

from portal import embedded_postgres

FOLDER: Final = embedded_postgres.programs()


def dump(address: str, to: Path) -> None:
    """Into a file that is there only when all of it is."""
    part = to.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--format=custom", f"--file={part}", address)
    part.rename(to)


def restore(dumped: Path, address: str) -> None:
    _run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={address}", dumped)


def _run(program: str, *arguments: str | Path) -> None:
    subprocess.run([FOLDER / program, *arguments], check=True)
