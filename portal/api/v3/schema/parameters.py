"""What may stand in the addresses of API v3, as the OpenAPI document tells it; `query` reads it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from foundation.ids import LARGEST_ID
from portal.api.fields import CONTROLS
from portal.api.schema import Schema, in_path, in_query
from portal.api.v3 import catalogue, devices, paging, patients, returns, webhook_logs
from portal.api.v3.event_types import BY_WORD
from portal.api.v3.query import LONGEST, MOST_VALUES

ID: Final[Schema] = {
    "type": "integer",
    "format": "int64",
    "minimum": 0,
    "maximum": LARGEST_ID,
}
TEXT: Final[Schema] = {
    "type": "string",
    "maxLength": LONGEST,
    "pattern": f"^[^{CONTROLS}]*$",
}
ONE_OF_SEVERAL: Final[Schema] = {**TEXT, "pattern": f"^[^,{CONTROLS}]*$"}
# Empty is as good as not given.
DATE: Final[Schema] = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "maxLength": 0}]
}
TIME: Final[Schema] = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "maxLength": 0}]
}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
WHOLE: Final = "Whole, in whatever case."
PART: Final = "A part of it, in whatever case."


def _word(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(words)}


def _one_word(words: Iterable[str]) -> Schema:
    """One that shows nothing counts as not given."""
    return {"anyOf": [_word(words), {"type": "string", "pattern": r"^\s*$"}]}


def _several(name: str, schema: Schema, words: str) -> OpenApiParameter:
    """The name is repeated."""
    many = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
    return in_query(name, many, f"{words} Repeat the name, or put commas between.", explode=True)


def _page(most: int) -> list[OpenApiParameter]:
    number = {"type": "integer", "minimum": 1, "maximum": paging.LAST_PAGE}
    size = {**number, "default": paging.SIZE}
    return [
        in_query("page", {**number, "default": 1}, "Which page; the first is 1."),
        in_query("size", size, f"How many a page has. More than {most} is as good as {most}."),
    ]


def _sorting(sorts: Mapping[str, Any], first: str) -> list[OpenApiParameter]:
    return [
        in_query("sort", {**_one_word(sorts), "default": first}, "By what; equals by id."),
        in_query("sortDescending", {**YES_OR_NO, "default": False}, "The other way round."),
    ]


def _id_of(name: str, what: str) -> OpenApiParameter:
    return in_path(name, ID, f"The id of the {what}.")


PAGE: Final = _page(paging.LARGEST_SIZE)
ORDER: Final = _id_of("order_id", "order")
PATIENT: Final = _id_of("patient_id", "patient")
SITE: Final = _id_of("site_id", "site")
ITEM: Final = _id_of("item_id", "item")
KIT: Final = _id_of("kit_id", "kit")
DEVICE: Final = _id_of("device_id", "device")
DEVICE_IDENTIFIER: Final = in_path(
    "device_identifier",
    {"type": "string", "minLength": 1},
    "A number on or in the device, percent-encoded.",
)
WEBHOOK: Final = _id_of("webhook_id", "webhook")
MANUFACTURER: Final = _id_of("manufacturer_id", "manufacturer")
IDENTIFIER: Final = in_path(
    "identifier", {"type": "string", "minLength": 1}, "Your own, percent-encoded."
)

ORDERS: Final = [
    *PAGE,
    in_query("patientId", ID, "Only orders of this patient."),
    _several("externalOrderId", ONE_OF_SEVERAL, "Only orders with one of these."),
]
PATIENTS: Final = [
    *PAGE,
    *_sorting(patients.SORTS, "patientId"),
    _several("id", ID, "Only these."),
    _several("siteId", ID, "Only those of one of these sites."),
    _several("externalIdentifier", ONE_OF_SEVERAL, "Only those with one of these."),
    in_query("email", TEXT, WHOLE),
    in_query("name", TEXT, "A part of first and last name, whatever the case and the accents."),
    in_query("archived", YES_OR_NO, "Only archived ones, or none of them."),
    in_query("enrolled", YES_OR_NO, "Only enrolled ones, or none of them."),
    in_query("dateOfBirthMin", DATE, "Born on this day or later."),
    in_query("dateOfBirthMax", DATE, "Born on this day or earlier."),
    in_query("postalCode", TEXT, WHOLE),
    in_query("country", TEXT, "Its name as it was given, or its code (ISO 3166-1)."),
]
ITEMS: Final = [
    *_page(paging.LARGEST_SIZE_OF_SOME),
    *_sorting(catalogue.SORTS, "itemId"),
    _several("id", ID, "Only these."),
    in_query("name", TEXT, PART),
    in_query("model", TEXT, PART),
    in_query("sku", TEXT, WHOLE),
    _several("itemSize", _word(catalogue.SIZES), "Only these."),
    _several("itemClass", _word(catalogue.CLASSES), "Only these."),
    _several("readingType", _word(catalogue.READINGS), "Only those that measure one of these."),
    _several("manufacturerId", ID, "Only those of one of these."),
]
DEVICES: Final = [
    *PAGE,
    *_sorting(devices.SORTS, "deviceId"),
    _several("id", ID, "Only these."),
    _several("externalIdentifier", ONE_OF_SEVERAL, "Only those with one of these."),
    in_query(
        "identifierType", _one_word(catalogue.IDENTIFIERS), "Only those with one of this type."
    ),
    _several("identifier", ONE_OF_SEVERAL, "Only those with one of these."),
    _several("status", _word(devices.STATUSES), "Only those that are one of these."),
    _several("itemId", ID, "Only devices of one of these items."),
    in_query("itemName", TEXT, PART),
    in_query("itemModel", TEXT, PART),
    in_query("itemSku", TEXT, WHOLE),
    _several("manufacturerId", ID, "Only those of one of these."),
    _several("itemSize", _word(catalogue.SIZES), "Only these."),
    _several("itemClass", _word(catalogue.CLASSES), "Only these."),
    _several("readingType", _word(catalogue.READINGS), "Only those that measure one of these."),
    _several("siteId", ID, "Only those of one of these sites."),
    _several("patientId", ID, "Only those that one of these patients has."),
    _several(
        "patientExternalIdentifier", ONE_OF_SEVERAL, "Only those that one of these patients has."
    ),
    in_query("patientEmail", TEXT, WHOLE),
    in_query(
        "patientName", TEXT, "A part of first and last name, whatever the case and the accents."
    ),
    _several("patientSiteId", ID, "Only those that a patient of one of these sites has."),
]
RETURN: Final = _id_of("return_id", "return")
RETURNS: Final = [
    *PAGE,
    in_query("status", _one_word(returns.STATUSES), "Only those that are this."),
    in_query("relatedOrderId", ID, "Only those that were placed with this order."),
    in_query(
        "searchString",
        TEXT,
        "The id, a part of the patient's name, their externalIdentifier or a tracking number.",
    ),
    in_query("lastUpdatedBefore", DATE, "Only those that nothing happened to since then (UTC)."),
    in_query("standalone", YES_OR_NO, "Only those that belong to no order, or none of them."),
]
INVENTORY: Final = [
    *_page(paging.LARGEST_SIZE_OF_SOME),
    in_query("itemId", ID, "Only this item."),
]
SITE_INVENTORY: Final = [*INVENTORY, in_query("siteId", ID, "Only this site.")]
KITS: Final = [
    *PAGE,
    in_query("itemId", ID, "Only kits with this item in them."),
    in_query("archived", YES_OR_NO, "Only archived ones, or none of them."),
]
TRIES: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": webhook_logs.MOST_TRIES}
STATUS: Final[Schema] = {
    "type": "integer",
    "minimum": webhook_logs.STATUSES[0],
    "maximum": webhook_logs.STATUSES[1],
}
WEBHOOK_LOGS: Final = [
    *PAGE,
    in_query("webhookType", _one_word(BY_WORD), "Only those of this type."),
    in_query("retryAttemptsMin", TRIES, "Only those that were retried so often or more."),
    in_query("retryAttemptsMax", TRIES, "Only those that were retried so often or less."),
    _several("lastResponseStatus", STATUS, "Only those whose last try was answered so."),
    in_query("startLastRetryTimestamp", TIME, "Only those last tried then or later."),
    in_query("endLastRetryTimestamp", TIME, "Only those last tried before."),
    in_query("startTimestamp", TIME, "Only those of then or later."),
    in_query("endTimestamp", TIME, "Only those of before."),
]
