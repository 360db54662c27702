"""What can be wrong with a call, whatever the dialect: the only table of statuses.

A refusal of the domain, an error of the framework and what the edge itself finds all become
Problems; how a Problem looks on the wire is each dialect's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404
from rest_framework.exceptions import APIException

from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from orders.errors import OrderNotFound
from orders.referral_errors import ReferralNotFound
from studies.errors import StudyNotFound
from webhooks.errors import EndpointNotFound

Path = tuple[str | int, ...]

KINDS: Mapping[type[Refusal], int] = {Invalid: 400, Forbidden: 403, NotFound: 404, Conflict: 409}

# What an address names: when it is not there, the address leads nowhere.
NAMED_BY_ADDRESS = (OrderNotFound, StudyNotFound, ReferralNotFound, EndpointNotFound)

EDGE: Mapping[str, tuple[int, str]] = {
    "bad_request": (400, "The request could not be understood."),
    "invalid_json": (400, "The body is not the JSON we accept."),
    "invalid_document": (400, "The body has not the documented shape."),
    "validation_failed": (400, "A value is not valid."),
    "idempotency_key_invalid": (400, "An Idempotency-Key has 1 to 255 printable characters."),
    "unauthenticated": (401, "Send a valid access token."),
    "forbidden": (403, "You are not allowed to do this."),
    "resource_not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "This address does not know this method."),
    "idempotency_key_in_use": (
        409,
        "The first request with this Idempotency-Key is still running. Try again.",
    ),
    "payload_too_large": (413, "The body is larger than 64 KiB."),
    "unsupported_media_type": (415, "Send the body as application/json, in UTF-8."),
    "idempotency_key_reused": (
        422,
        "This Idempotency-Key came with another request before. Choose a new one.",
    ),
    "rate_limited": (429, "Too many requests. Wait as long as Retry-After says."),
    "internal_error": (500, "Something went wrong on our side. It was recorded."),
    "unavailable": (503, "The service is not available just now. Try again."),
}

FRAMEWORK: Mapping[type[Exception], str] = {
    Http404: "resource_not_found",
    PermissionDenied: "forbidden",
    BadRequest: "bad_request",
    SuspiciousOperation: "bad_request",
}

BY_STATUS: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "resource_not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "unavailable",
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong. Its words never repeat what was sent.

    Where it is: `path` leads into the body that was sent, `field` is the domain's own name of a
    field, `parameter` one of the query string, `header` one of the request; at most one is set.
    `reason` says more closely than the code why a value is not valid.
    """

    status: int
    code: str
    message: str
    reason: str = ""
    path: Path | None = None
    field: str = ""
    parameter: str = ""
    header: str = ""


class Refused(Exception):
    """The call ends here. Carries all that is wrong, and headers that the answer must have."""

    def __init__(self, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        self.problems: Sequence[Problem] = problems
        self.headers = dict(headers or {})
        super().__init__(", ".join(sorted({problem.code for problem in problems})))

    @property
    def status(self) -> int:
        """What the problems have in common; 400 is the most general."""
        found = {problem.status for problem in self.problems}
        return found.pop() if len(found) == 1 else HTTPStatus.BAD_REQUEST


def edge_problem(
    code: str,
    message: str = "",
    *,
    reason: str = "",
    path: Path | None = None,
    parameter: str = "",
    header: str = "",
) -> Problem:
    """A problem of the table above, in its own words unless others are given."""
    status, words = EDGE[code]
    return Problem(
        status=status,
        code=code,
        message=message or words,
        reason=reason,
        path=path,
        parameter=parameter,
        header=header,
    )


def domain_problem(refusal: Refusal, *, path: Path | None = None) -> Problem:
    """One refusal of the domain, at the path if the dialect knows better than its field."""
    return Problem(
        status=status_of(type(refusal)),
        code=code_of(type(refusal)),
        message=refusal.words,
        path=path,
        field="" if path is not None else refusal.field,
    )


def status_of(refusal: type[Refusal]) -> int:
    return next(status for kind, status in KINDS.items() if issubclass(refusal, kind))


def code_of(refusal: type[Refusal]) -> str:
    return "resource_not_found" if issubclass(refusal, NAMED_BY_ADDRESS) else refusal.code


def refused(error: Exception) -> Refused | None:
    """What a caller is told about this exception; None when the fault is ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Refusal):
        return Refused(*(domain_problem(refusal) for refusal in error.each()))
    for kind, code in FRAMEWORK.items():
        if isinstance(error, kind):
            return Refused(edge_problem(code))
    if isinstance(error, APIException) and error.status_code in BY_STATUS:
        return Refused(edge_problem(BY_STATUS[error.status_code]))
    return None
