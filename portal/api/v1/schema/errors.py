"""Everything that API v1 refuses, as the OpenAPI document tells it: which codes come with which
status. Refusals of the domain that no call can meet are not here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiResponse

from foundation.errors import Refusal
from orders import errors as orders
from patients import errors as patients
from portal.api.errors import EDGE, code_of, status_of
from portal.api.schema import ALWAYS
from studies import errors as studies

WORDS: Final[Mapping[int, str]] = {
    400: "Not valid, or not possible for this order; nothing was done.",
    401: "No valid access token was sent.",
    403: "Not allowed.",
    404: "Not found, for this client.",
    409: "In conflict with what exists.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    422: "The Idempotency-Key belongs to another request.",
    429: "Too many requests.",
    500: "A fault of ours.",
    503: "Not available just now.",
}

PLACING: Final[tuple[type[Refusal], ...]] = (
    studies.ReferenceMissing,
    studies.ReferenceTooLong,
    studies.ReferenceMalformed,
    studies.ReferenceReserved,
    studies.ReferenceTaken,
    studies.OrganisationNotFound,
    studies.NightsMissing,
    studies.NightsOutOfRange,
    studies.SensorsMissing,
    studies.NeckSensorMissing,
    studies.SensorNotEntitled,
    studies.SensorNotInProduct,
    orders.NoKitServes,
    patients.PatientArchived,
    patients.AnotherDateOfBirth,
)
READING: Final[tuple[type[Refusal], ...]] = (orders.OrderNotFound,)
CHANGING: Final[tuple[type[Refusal], ...]] = (
    *READING,
    orders.NotCancellable,
    orders.AddressFixed,
    orders.OrderIsOver,
    orders.CannotChange,
    orders.NothingToChange,
)

# Every code there is, with its status.
CODES: Final[Mapping[str, int]] = {
    **{code: status for code, (status, _) in EDGE.items()},
    **{code_of(kind): status_of(kind) for kind in (*PLACING, *CHANGING)},
}


def refusals(
    *edge: Iterable[str], domain: Iterable[type[Refusal]] = ()
) -> dict[int, OpenApiResponse]:
    """The refusals of one operation, by status."""
    codes = [code for some in (ALWAYS, *edge) for code in some]
    codes += [code_of(kind) for kind in domain]
    statuses = sorted({CODES[code] for code in codes})
    return {
        status: _refusal(status, [one for one in codes if CODES[one] == status])
        for status in statuses
    }


def _refusal(status: int, codes: list[str]) -> OpenApiResponse:
    listed = ", ".join(f"`{code}`" for code in codes)
    return OpenApiResponse(
        response=_with_codes(codes), description=f"{WORDS[status]} Codes: {listed}."
    )


def _with_codes(codes: list[str]) -> dict[str, Any]:
    error = {"properties": {"code": {"enum": codes}}}
    return {
        "allOf": [
            {"$ref": "#/components/schemas/Errors"},
            {"properties": {"errors": {"items": error}}},
        ]
    }
