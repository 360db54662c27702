"""What may stand in the addresses of API v3, as the OpenAPI document tells it; `query` reads it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from foundation.ids import LARGEST_ID
from portal.api.fields import CONTROLS
from portal.api.schema import Schema, in_path, in_query
from portal.api.v3 import catalogue, paging, patients
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
YES_OR_NO: Final[Schema] = {"type": "boolean"}
WHOLE: Final = "Whole, in whatever case."
PART: Final = "A part of it, in whatever case."


def _word(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(words)}


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
        in_query("sort", {**_word(sorts), "default": first}, "By what; equals by id."),
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
KITS: Final = [
    *PAGE,
    in_query("itemId", ID, "Only kits with this item in them."),
    in_query("archived", YES_OR_NO, "Only archived ones, or none of them."),
]
