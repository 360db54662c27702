"""How the gateway answers: plain JSON in camelCase. Nothing in it tells of a patient, and no result
comes back out of here.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from orders.models import Order
from portal.api.errors import Path, Problem, Refused
from studies.models import NightAttempt, Study

Document = dict[str, Any]

# Where the domain's fields are in what is sent.
FIELDS: Final[Mapping[str, Path]] = {
    "code": ("activationCode",),
    "date_of_birth": ("dateOfBirth",),
    "occurred_at": ("occurredAt",),
    "night": ("nightNumber",),
    "attempt": ("attemptNumber",),
    "started_at": ("startedAt",),
    "completed_at": ("completedAt",),
    "report": ("report",),
    "account": ("account",),
    "order": ("order",),
    "study": ("study",),
}


def answer(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    return HttpResponse(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refuse(refused: Refused, request: HttpRequest) -> HttpResponse:
    """Each fault with its stable code, a sentence, and where it is in what was sent, or null."""
    document = {
        "errors": [_error(problem) for problem in refused.problems],
        "requestId": request.META.get("HTTP_X_REQUEST_ID", ""),
    }
    return answer(document, status=refused.status, headers=refused.headers)


def study_document(study: Study) -> Document:
    """What the recording side needs to know: which nights, with what, and how far it has come."""
    return {
        "study": str(study.public_id),
        "status": study.status,
        "nights": study.all_nights,
        "sensors": list(study.sensors),
        "attempts": [_attempt_document(attempt) for attempt in study.attempts.all()],
    }


def order_document(order: Order) -> Document:
    return {"reference": order.reference, "status": order.status}


def _attempt_document(attempt: NightAttempt) -> Document:
    return {
        "nightNumber": attempt.night,
        "attemptNumber": attempt.number,
        "status": attempt.status,
    }


def _error(problem: Problem) -> Document:
    return {"code": problem.code, "message": problem.message, "field": _where(problem)}


def _where(problem: Problem) -> str | None:
    if problem.header:
        return problem.header
    path = FIELDS.get(problem.field, ()) if problem.path is None else problem.path
    return ".".join(map(str, path)) or None
