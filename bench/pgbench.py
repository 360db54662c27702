"""The database alone: pgbench with prepared statements and eight clients."""

import os
import re
import subprocess
from pathlib import Path

from bench.load import CONNECTIONS
from portal import embedded_postgres

HERE = Path(__file__).parent
CREATE, PAGE = HERE / "create.sql", HERE / "page.sql"
CREATE_V3, PAGE_V3 = HERE / "create_v3.sql", HERE / "page_v3.sql"
PROGRAM = embedded_postgres.programs() / "pgbench"
RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


def run(script: Path, url: str, *, seconds: int, base: int, ids: dict[str, int]) -> float:
    """Transactions a second. `base` keeps the references of one run from another's."""
    numbers = {"k": 0, "base": base, **ids}
    given = [f"--define={name}={value}" for name, value in numbers.items()]
    command = [PROGRAM, "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}"]
    command += ["--jobs=2", f"--time={seconds}", f"--file={script}", *given, url]
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PGOPTIONS": ""},
    )
    found = RATE.search(done.stdout)
    if done.returncode or not found:
        raise SystemExit(f"pgbench failed: {done.stderr[-2000:]}")
    return float(found[1])


def columns_written(statements: list[str]) -> dict[str, set[str]]:
    """Which columns of which tables these statements give, by the first INSERT in each."""
    pattern = re.compile(r'INSERT INTO "?(\w+)"?\s+\(([^)]*)\)\s+(?:VALUES|SELECT)')
    found = (pattern.search(statement) for statement in statements)
    return {
        one[1]: {column.strip(' "\n') for column in one[2].split(",")}
        for one in found
        if one is not None
    }
