"""How API v3 answers: JSON in camelCase without nulls, and refusals (contracts/v3.md sections 1 and
1.2). What a patient or an order looks like is in `documents`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.db import models
from django.http import HttpRequest, HttpResponse

from portal.api.errors import Path, Problem, Refused

# What the contract calls it, where that is not our own code.
WORDS: Final[Mapping[str, str]] = {
    "lines_missing": "Order must contain at least one of: orderItems, orderKits, returnItems,"
    " returnDevices, or returnPackedKits",
    "recipient_missing": "patient or site required",
    "return_device_in_kit": "Device cannot be included both as a return device and in a packed kit",
    "shipping_option_missing": "shippingOption is required when emailLabel is false and return"
    " items are included",
    "items_not_orderable": "Order contains Items that are marked as non-orderable. Order cannot be"
    " placed.",
}
# What exists already is not valid here, except what a repeated request says.
STATUSES: Final[Mapping[str, int]] = {"patient_reference_taken": 400}


def answer(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    return HttpResponse(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def nothing(*, status: int = 204) -> HttpResponse:
    """An answer without a body."""
    empty = HttpResponse(status=status, headers={"Cache-Control": "no-store"})
    del empty["Content-Type"]
    return empty


def refuse(
    refused: Refused, request: HttpRequest, *, fields: Mapping[str, Path] | None = None
) -> HttpResponse:
    """`message` is the first problem's word; `errors` tell each in a sentence, and where it is.

    `fields` says where the domain's fields are in the body that was sent.
    """
    problems = refused.problems
    statuses = {STATUSES.get(one.code, one.status) for one in problems}
    status = statuses.pop() if len(statuses) == 1 else 400
    document = {
        "status": status,
        "message": word_of(problems[0].code),
        "errors": [_error(problem, fields or {}) for problem in problems],
    }
    return answer(document, status=status, headers=refused.headers)


def word_of(code: str) -> str:
    return WORDS.get(code, code)


def told(members: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known: it is left out, never null and never empty text."""
    return {name: value for name, value in members.items() if value is not None and value != ""}


def timestamp(time: datetime) -> str:
    """UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def camel(word: str) -> str:
    """order_placed is orderPlaced."""
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _error(problem: Problem, fields: Mapping[str, Path]) -> dict[str, str]:
    where = _where(problem, fields)
    return told({"field": where, "message": problem.message})


def _where(problem: Problem, fields: Mapping[str, Path]) -> str:
    if problem.parameter or problem.header:
        return problem.parameter or problem.header
    if problem.path is not None:
        return _dotted(problem.path)
    return _dotted(fields.get(problem.field, (problem.field,))) if problem.field else ""


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))


def words_of(choices: type[models.TextChoices]) -> dict[str, str]:
    """The wire's word for each, and what it stands for."""
    return {camel(one.value): one.value for one in choices}
