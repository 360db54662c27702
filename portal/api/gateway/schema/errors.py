"""Everything that the gateway refuses, as its OpenAPI document tells it."""

from collections.abc import Iterable, Mapping
from typing import Final

from drf_spectacular.utils import OpenApiResponse

from foundation.errors import Refusal
from orders import errors as orders
from orders import supplies_errors
from portal.api.errors import EDGE, code_of, status_of
from portal.api.schema import ALWAYS, Schema, ref
from portal.sandbox import errors as sandbox
from studies import errors as studies

SENTENCES: Final[Mapping[int, str]] = {
    400: "Not valid, or not possible; nothing was done.",
    401: "No valid key was sent.",
    403: "Not allowed.",
    404: "There is no such thing.",
    409: "What was sent cannot be true beside what is known.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    429: "Too many requests, or too many tries with this activation code.",
    500: "A fault of ours.",
    503: "Not available just now.",
}

NAMED: Final = ("resource_not_found",)
MOMENTS: Final[tuple[type[Refusal], ...]] = (studies.TimeInTheFuture, studies.TimeTooLongAgo)
ACTIVATING: Final[tuple[type[Refusal], ...]] = (
    studies.CodeNotFound,
    studies.DateOfBirthWrong,
    studies.DateOfBirthUnknown,
    studies.StudyIsLocked,
    *MOMENTS,
)
STARTING: Final[tuple[type[Refusal], ...]] = (
    studies.StudyIsCancelled,
    studies.NightNotOrdered,
    studies.AttemptNotDue,
    *MOMENTS,
)
COMPLETING: Final[tuple[type[Refusal], ...]] = (
    *STARTING,
    studies.TimesOutOfOrder,
    studies.ReportNotPdf,
    studies.AttemptHasAnotherResult,
)
SIMULATING: Final[tuple[type[Refusal], ...]] = (
    sandbox.NotATestAccount,
    sandbox.NothingToPlay,
    orders.OrderNotFound,
    studies.StudyNotFound,
    supplies_errors.StockMissing,
)
OF_THE_DOMAIN: Final = (*ACTIVATING, *COMPLETING, *SIMULATING)

# Every code that there is, with its status.
CODES: Final[Mapping[str, int]] = {
    **{code: status for code, (status, _) in EDGE.items() if "idempotency" not in code},
    **{code_of(kind): status_of(kind) for kind in OF_THE_DOMAIN},
}


def refusals(
    *edge: Iterable[str], domain: Iterable[type[Refusal]] = ()
) -> dict[int, OpenApiResponse]:
    """The refusals of one operation, by status."""
    codes = [*(code for some in (ALWAYS, *edge) for code in some), *map(code_of, domain)]
    return {
        status: _refusal(status, sorted({code for code in codes if CODES[code] == status}))
        for status in sorted({CODES[code] for code in codes})
    }


def _refusal(status: int, codes: list[str]) -> OpenApiResponse:
    listed = ", ".join(f"`{code}`" for code in codes)
    return OpenApiResponse(
        response=_saying(codes), description=f"{SENTENCES[status]} Codes: {listed}."
    )


def _saying(codes: list[str]) -> Schema:
    one = {"properties": {"code": {"enum": codes}}}
    return {
        "allOf": [ref("Refusal"), {"properties": {"errors": {"type": "array", "items": one}}}],
    }
