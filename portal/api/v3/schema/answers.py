"""The documents that API v3 answers with, as JSON Schema; `documents` and `order_documents` write
them. What is not known is left out, so that only few members are always there.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from foundation.ids import LARGEST_ID
from inventory.models import DimensionUnit
from orders.statuses import Status
from orders.wanted import ShippingOption
from portal.api.schema import Schema, object_of, ref
from portal.api.v3 import paging
from portal.api.v3.catalogue import CLASSES, IDENTIFIERS, READINGS, SIZES
from portal.api.v3.format import words_of
from portal.api.v3.patients import SEXES
from portal.api.v3.schema.errors import MESSAGES

ID: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
COUNT: Final[Schema] = {"type": "integer", "minimum": 1}
TEXT: Final[Schema] = {"type": "string", "minLength": 1}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
LENGTH: Final[Schema] = {"type": "number", "minimum": 0}
TIME: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9-]{10}T[0-9:]{8}Z$",
    "description": "UTC, to the second.",
}
DATE: Final[Schema] = {"type": "string", "format": "date"}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _word(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(words)}


def _page_of(name: str, *, most: int = paging.LARGEST_SIZE) -> Schema:
    """The first page is 1; `size` is what was asked for, not how many there are."""
    return object_of(
        {
            "content": {**_list_of(ref(name)), "maxItems": most},
            "page": {"type": "integer", "minimum": 1},
            "size": {"type": "integer", "minimum": 1, "maximum": most},
            "total": {"type": "integer", "minimum": 0, "description": "Of all pages together."},
            "first": YES_OR_NO,
            "last": YES_OR_NO,
        }
    )


# Nothing is in it yet.
NOTHING_YET: Final[Schema] = {"type": "array", "maxItems": 0}
ITEM: Final[Schema] = {
    "id": ID,
    "manufacturer": ref("Manufacturer"),
    "name": TEXT,
    "model": TEXT,
    "sku": TEXT,
    "orderable": YES_OR_NO,
}

COMPONENTS: Final[Mapping[str, Schema]] = {
    "Address": object_of(
        {
            "lineOne": TEXT,
            "lineTwo": TEXT,
            "lineThree": TEXT,
            "city": TEXT,
            "state": TEXT,
            "zipCode": TEXT,
            "country": TEXT,
            "note": TEXT,
        },
        optional=("lineTwo", "lineThree", "city", "state", "zipCode", "country", "note"),
    ),
    "Site": object_of(
        {
            "id": ID,
            "name": TEXT,
            "active": YES_OR_NO,
            "phoneNumber": TEXT,
            "address": ref("Address"),
        },
        optional=("phoneNumber", "address"),
    ),
    "Patient": object_of(
        {
            "id": ID,
            "externalIdentifier": TEXT,
            "firstName": TEXT,
            "lastName": TEXT,
            "dateOfBirth": DATE,
            "email": TEXT,
            "phoneNumber": TEXT,
            "archived": YES_OR_NO,
            "address": ref("Address"),
            "site": ref("Site"),
            "enrolled": YES_OR_NO,
            "sex": _word(SEXES),
        },
        optional=(
            *("externalIdentifier", "firstName", "lastName", "dateOfBirth"),
            *("email", "phoneNumber", "address", "site"),
        ),
    ),
    "Manufacturer": object_of({"id": ID, "name": TEXT}),
    "Item": object_of(ITEM, optional=("model",)),
    "ItemDetailed": object_of(
        {
            **ITEM,
            "deviceIdentifierType": _word(IDENTIFIERS),
            "itemClass": _word(CLASSES),
            "itemClassType": TEXT,
            "size": _word(SIZES),
            "dimensions": object_of(
                {
                    "length": LENGTH,
                    "width": LENGTH,
                    "height": LENGTH,
                    "unit": _word(DimensionUnit.values),
                }
            ),
            "readingType": _word(READINGS),
            "certifications": _list_of(TEXT),
            "itemCertifications": _list_of(TEXT),
        },
        optional=(
            *("model", "deviceIdentifierType", "itemClass", "itemClassType"),
            *("size", "dimensions", "readingType"),
        ),
    ),
    "KitItem": object_of({"item": ref("Item"), "count": COUNT}),
    "Kit": object_of(
        {"id": ID, "name": TEXT, "archived": YES_OR_NO, "kitItems": _list_of(ref("KitItem"))}
    ),
    "OrderItem": object_of({"item": ref("Item"), "count": COUNT}),
    "OrderKit": object_of({"kit": ref("Kit"), "count": COUNT}),
    "OrderStatus": _word(words_of(Status)),
    "OrderEvent": object_of(
        {"name": ref("OrderStatus"), "eventTimestamp": TIME},
        description="When the order came to this status.",
    ),
    "EndUser": object_of(
        {"id": ID, "firstName": TEXT, "lastName": TEXT, "email": TEXT},
        optional=("firstName", "lastName", "email"),
    ),
    "OrderNote": object_of(
        {"note": TEXT, "createdAt": TIME, "createdBy": ref("EndUser")}, optional=("createdBy",)
    ),
    "TrackingNumber": object_of({"carrier": {"type": "string"}, "value": TEXT}),
    "Order": object_of(
        {
            "id": ID,
            "externalOrderIds": _list_of({"type": "string"}),
            "patient": ref("Patient"),
            "site": ref("Site"),
            "currentStatus": ref("OrderStatus"),
            "orderItems": _list_of(ref("OrderItem")),
            "orderKits": _list_of(ref("OrderKit")),
            "orderEvents": {**_list_of(ref("OrderEvent")), "description": "The oldest first."},
            "orderNotes": _list_of(ref("OrderNote")),
            "trackingNumbers": _list_of(ref("TrackingNumber")),
            "devices": NOTHING_YET,
            "packedKits": NOTHING_YET,
            "shippingOption": _word(words_of(ShippingOption)),
            "emailLabel": YES_OR_NO,
            "returnDevices": NOTHING_YET,
            "returnItems": NOTHING_YET,
            "returnPackedKits": NOTHING_YET,
        },
        optional=("patient", "site"),
        description="For a patient or for a site, whatever way it was placed.",
    ),
    **{f"Page{name}": _page_of(name) for name in ("Order", "Patient", "Site")},
    **{f"Page{name}": _page_of(name) for name in ("Kit", "Manufacturer")},
    "PageItemDetailed": _page_of("ItemDetailed", most=paging.LARGEST_SIZE_OF_SOME),
    "RefusalMessage": _word(MESSAGES),
    "Refusal": object_of(
        {
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "message": ref("RefusalMessage"),
            "errors": {
                **_list_of(
                    object_of(
                        {
                            "field": {
                                "type": "string",
                                "description": "A member (`address.zipCode`), a parameter or a "
                                "header.",
                            },
                            "message": {
                                "type": "string",
                                "description": "What is wrong and what to do, for people.",
                            },
                        },
                        optional=("field",),
                    )
                ),
                "minItems": 1,
            },
        },
        description="`message` is the first error's word: rely on the status and on it.",
    ),
}
