"""Everything that API v1 refuses, as the OpenAPI document tells it: which codes come with which
status. Refusals of the domain that no call can meet are not here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiResponse

from foundation.errors import Refusal
from orders import errors as orders
from orders import referral_errors
from patients import errors as patients
from portal.api.errors import EDGE, code_of, status_of
from portal.api.schema import ALWAYS
from studies import errors as studies

WORDS: Final[Mapping[int, str]] = {
    400: "Not valid, or not possible now; nothing was done.",
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

NAMING: Final[tuple[type[Refusal], ...]] = (
    studies.ReferenceMissing,
    studies.ReferenceTooLong,
    studies.ReferenceMalformed,
    studies.ReferenceReserved,
    studies.ReferenceTaken,
)
SETTLING: Final[tuple[type[Refusal], ...]] = (
    studies.NightsMissing,
    studies.NightsOutOfRange,
    studies.SensorsMissing,
    studies.NeckSensorMissing,
    studies.SensorNotEntitled,
    studies.SensorNotInProduct,
)
ADMITTING: Final[tuple[type[Refusal], ...]] = (
    patients.PatientArchived,
    patients.AnotherDateOfBirth,
)
PLACING: Final[tuple[type[Refusal], ...]] = (
    *NAMING,
    studies.OrganisationNotFound,
    *SETTLING,
    orders.NoKitServes,
    *ADMITTING,
)
CREATING: Final[tuple[type[Refusal], ...]] = (
    *NAMING,
    studies.OrganisationNotFound,
    *SETTLING,
    *ADMITTING,
)
REFERRING: Final[tuple[type[Refusal], ...]] = (
    *NAMING,
    studies.ReferralsNotSetUp,
    *SETTLING,
    *ADMITTING,
)
READING: Final[tuple[type[Refusal], ...]] = (orders.OrderNotFound,)
READING_STUDIES: Final[tuple[type[Refusal], ...]] = (studies.StudyNotFound,)
READING_REFERRALS: Final[tuple[type[Refusal], ...]] = (referral_errors.ReferralNotFound,)
READING_REPORTS: Final[tuple[type[Refusal], ...]] = (studies.ReportNotFound,)
CHANGING: Final[tuple[type[Refusal], ...]] = (
    *READING,
    orders.NotCancellable,
    orders.AddressFixed,
    orders.OrderIsOver,
    orders.CannotChange,
    orders.NothingToChange,
)
CANCELLING: Final[tuple[type[Refusal], ...]] = (
    *READING_STUDIES,
    studies.StudyNotCancellable,
    orders.CannotChange,
)
MET: Final = (
    *PLACING,
    *CREATING,
    *REFERRING,
    *CHANGING,
    *CANCELLING,
    *READING_REFERRALS,
    *READING_REPORTS,
)

# Every code there is, with its status.
CODES: Final[Mapping[str, int]] = {
    **{code: status for code, (status, _) in EDGE.items()},
    **{code_of(kind): status_of(kind) for kind in MET},
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
