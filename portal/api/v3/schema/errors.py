"""Everything that API v3 refuses, as the OpenAPI document tells it: which words in `message` come
with which status. Refusals of the domain that no call can meet are not here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from drf_spectacular.utils import OpenApiResponse

from foundation.errors import Refusal
from inventory import errors as inventory
from orders import errors as orders
from orders import return_errors, supplies_errors
from organisations import errors as organisations
from patients import errors as patients
from portal.api.errors import EDGE, code_of, status_of
from portal.api.schema import ALWAYS, Schema, ref
from portal.api.v3.format import STATUSES, word_of
from webhooks import errors as webhooks

SENTENCES: Final[Mapping[int, str]] = {
    400: "Not valid, or not possible now; nothing was done.",
    401: "No valid key was sent.",
    403: "Not allowed.",
    404: "Not found, for this key.",
    409: "It is there already, or the first request with this Idempotency-Key is still running.",
    413: "The body is too large.",
    415: "The body is not JSON in UTF-8.",
    422: "The Idempotency-Key belongs to another request.",
    429: "Too many requests.",
    500: "A fault of ours.",
    503: "Not available just now.",
}

NAMED: Final = ("resource_not_found",)
DESCRIBING: Final[tuple[type[Refusal], ...]] = (
    patients.PatientReferenceTaken,
    organisations.SiteNotFound,
)
PLACING: Final[tuple[type[Refusal], ...]] = (
    supplies_errors.LinesMissing,
    supplies_errors.RecipientMissing,
    patients.PatientNotFound,
    patients.PatientArchived,
    patients.AnotherDateOfBirth,
    organisations.SiteNotFound,
    orders.AddressMissing,
    supplies_errors.TwoLoanerKits,
    supplies_errors.LoanerKitTwice,
    supplies_errors.ReturnsWithLoanerKit,
    supplies_errors.LoanerKitToSite,
    supplies_errors.ShippingOptionMissing,
    return_errors.EmailMissingForLabel,
    inventory.PackedKitNotFound,
    return_errors.ReturnPackedKitNotThere,
    inventory.DeviceNotFound,
    return_errors.ReturnDeviceInKit,
    return_errors.ReturnDeviceNotThere,
    return_errors.ReturnCountInvalid,
    return_errors.ReturnPackedKitExpected,
    return_errors.ReturnDeviceExpected,
    supplies_errors.ItemNotFound,
    supplies_errors.ItemNotOrderable,
    supplies_errors.KitNotFound,
    supplies_errors.KitArchived,
    supplies_errors.KitItemNotOrderable,
    supplies_errors.StockMissing,
)
RETURNING: Final[tuple[type[Refusal], ...]] = (
    patients.PatientNotFound,
    organisations.SiteNotFound,
    return_errors.ReturnOfNothing,
    return_errors.EmailMissingForLabel,
    inventory.DeviceNotFound,
    return_errors.ReturnDeviceNotThere,
    return_errors.ReturnDeviceExpected,
    supplies_errors.ItemNotFound,
    return_errors.ReturnCountInvalid,
)
VOIDING_RETURN: Final[tuple[type[Refusal], ...]] = (return_errors.ReturnNotVoidable,)
VOIDING: Final[tuple[type[Refusal], ...]] = (orders.OrderIsVoided, orders.NotCancellable)
ADDRESSING: Final[tuple[type[Refusal], ...]] = (
    webhooks.AddressMalformed,
    webhooks.AddressNotFound,
    webhooks.AddressNotOutside,
)
MOVING: Final[tuple[type[Refusal], ...]] = (*ADDRESSING, webhooks.AddressUnchanged)
SECRET_THERE: Final[tuple[type[Refusal], ...]] = (webhooks.SecretIsSet,)
SECRET_GONE: Final[tuple[type[Refusal], ...]] = (webhooks.SecretNotSet,)
OF_THE_DOMAIN: Final = (*DESCRIBING, *VOIDING, *MOVING, *SECRET_THERE, *SECRET_GONE)

GIVING_DEVICE: Final[tuple[type[Refusal], ...]] = (
    inventory.DeviceNotFound,
    patients.PatientNotFound,
    patients.PatientArchived,
    inventory.DeviceNotAvailableAtSite,
)
TAKING_DEVICE: Final[tuple[type[Refusal], ...]] = (
    inventory.DeviceNotFound,
    patients.PatientNotFound,
    inventory.DeviceNotWithPatient,
    inventory.DeviceWithAnotherPatient,
    inventory.DeviceNotAtCustomerSite,
    inventory.DeviceIsInPackedKit,
)
DISABLING: Final[tuple[type[Refusal], ...]] = (
    inventory.DeviceNotFound,
    inventory.ReadingsDisabledAlready,
)
ENABLING: Final[tuple[type[Refusal], ...]] = (
    inventory.DeviceNotFound,
    inventory.ReadingsNotDisabled,
)
LINKING: Final[tuple[type[Refusal], ...]] = (
    inventory.PackedKitNotFound,
    patients.PatientNotFound,
    patients.PatientArchived,
    inventory.PackedKitNotAtSite,
)
UNLINKING: Final[tuple[type[Refusal], ...]] = (
    inventory.PackedKitNotFound,
    patients.PatientNotFound,
    inventory.PackedKitNotWithPatient,
    inventory.PackedKitWithAnotherPatient,
    inventory.PackedKitNotAtCustomerSite,
)
DEVICES: Final = (*GIVING_DEVICE, *TAKING_DEVICE, *DISABLING, *ENABLING, *LINKING, *UNLINKING)


def _status(kind: type[Refusal]) -> int:
    return STATUSES.get(code_of(kind), status_of(kind))


# Every word there is, with its status.
MESSAGES: Final[Mapping[str, int]] = {
    **{word_of(code): status for code, (status, _) in EDGE.items()},
    **{
        word_of(code_of(kind)): _status(kind)
        for kind in (*OF_THE_DOMAIN, *PLACING, *RETURNING, *VOIDING_RETURN, *DEVICES)
    },
}


def refusals(
    *edge: Iterable[str], domain: Iterable[type[Refusal]] = ()
) -> dict[int, OpenApiResponse]:
    """The refusals of one operation, by status."""
    codes = [code for some in (ALWAYS, *edge) for code in some]
    words = list(dict.fromkeys(map(word_of, [*codes, *map(code_of, domain)])))
    return {
        status: _refusal(status, [one for one in words if MESSAGES[one] == status])
        for status in sorted({MESSAGES[word] for word in words})
    }


def _refusal(status: int, words: list[str]) -> OpenApiResponse:
    listed = ", ".join(f"`{word}`" for word in words)
    return OpenApiResponse(
        response=_saying(status, words), description=f"{SENTENCES[status]} Messages: {listed}."
    )


def _saying(status: int, words: list[str]) -> Schema:
    told = {"properties": {"status": {"const": status}, "message": {"enum": words}}}
    return {"allOf": [ref("Refusal"), told]}
