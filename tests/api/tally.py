"""What the hooks of every dialect have in common: schemathesis writes down what it called and what
was answered. Its own program loads this, without Django.
"""

import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response

TALLY = Path(os.environ["HOMEWARD_TALLY"])
LONGEST_KEY = 255


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    with TALLY.open("a") as tally:
        tally.write(f"{case.operation.label} {response.status_code}\n")


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def make_key_new(case: Case, number: int) -> None:
    """A key that came before would be answered with what was stored."""
    key = case.headers.get("Idempotency-Key")
    if is_text(key) and key.isprintable() and len(key) <= LONGEST_KEY:
        case.headers["Idempotency-Key"] = f"{number}{key}"[:LONGEST_KEY]


def write_integer_as_such(holder: Any, name: str) -> None:
    """For JSON Schema 2.0 is an integer too; for this API it is none."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, float) and value.is_integer():
        holder[name] = int(value)
