"""The documents that API v3 answers with, as JSON Schema; `documents` and `order_documents` write
them. What is not known is left out, so that only few members are always there.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from foundation.ids import LARGEST_ID
from inventory.models import DimensionUnit
from inventory.statuses import PackedKitStatus
from orders.return_statuses import ReturnStatus
from orders.statuses import Status
from orders.wanted import ShippingOption
from portal.api.schema import Schema, object_of, ref
from portal.api.v3 import paging
from portal.api.v3.catalogue import CLASSES, IDENTIFIERS, READINGS, SIZES
from portal.api.v3.devices import STATUSES
from portal.api.v3.format import words_of
from portal.api.v3.patients import SEXES
from portal.api.v3.schema import webhook_answers
from portal.api.v3.schema.errors import MESSAGES

ID: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
COUNT: Final[Schema] = {"type": "integer", "minimum": 1}
HOW_MANY: Final[Schema] = {"type": "integer", "minimum": 0}
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
    "DeviceIdentifier": object_of({"type": _word(IDENTIFIERS), "value": TEXT}),
    "DeviceStatus": _word(STATUSES),
    "DeviceEvent": object_of(
        {"type": ref("DeviceStatus"), "eventTimestamp": TIME},
        description="When the device came to this status.",
    ),
    "Device": object_of(
        {
            "id": ID,
            "item": ref("Item"),
            "currentStatus": ref("DeviceStatus"),
            "used": YES_OR_NO,
            "currentPatient": ref("Patient"),
            "site": ref("Site"),
            "lastHealthCheck": TIME,
            "deviceIdentifiers": _list_of(ref("DeviceIdentifier")),
            "deviceEvents": {**_list_of(ref("DeviceEvent")), "description": "The oldest first."},
            "externalIdentifier": TEXT,
            "disabledReadings": YES_OR_NO,
        },
        optional=("currentPatient", "site", "lastHealthCheck", "externalIdentifier"),
        description="One piece of an item whose pieces are told apart. `currentPatient` is who has "
        "it; `site` is where it lies, or the site of the patient who has it.",
    ),
    "Validation": object_of(
        {"valid": YES_OR_NO, "device": ref("Device")},
        optional=("device",),
        description="Whether there is such a device, and which.",
    ),
    "PackedKit": object_of(
        {
            "id": ID,
            "kit": ref("Kit"),
            "currentStatus": _word(words_of(PackedKitStatus)),
            "externalIdentifier": TEXT,
            "devices": _list_of(ref("Device")),
        },
        optional=("externalIdentifier",),
        description="One kit that was packed, and the very devices in it.",
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
            "devices": {
                **_list_of(ref("Device")),
                "description": "Those that are sent by themselves, from when they are packed.",
            },
            "packedKits": {**_list_of(ref("PackedKit")), "description": "From when it is packed."},
            "shippingOption": _word(words_of(ShippingOption)),
            "emailLabel": YES_OR_NO,
            "returnDevices": {
                **_list_of(ref("Device")),
                "description": "Expected back by themselves.",
            },
            "returnItems": _list_of(ref("ReturnItem")),
            "returnPackedKits": _list_of(ref("PackedKit")),
        },
        optional=("patient", "site"),
        description="For a patient or for a site, whatever way it was placed.",
    ),
    "ReturnItem": object_of({"item": ref("Item"), "count": COUNT}),
    "ReturnStatus": _word(words_of(ReturnStatus)),
    "ReturnEvent": object_of(
        {"type": ref("ReturnStatus"), "eventTimestamp": TIME},
        description="When the return came to this status.",
    ),
    "Return": object_of(
        {
            "id": ID,
            "patient": ref("Patient"),
            "site": ref("Site"),
            "currentStatus": ref("ReturnStatus"),
            "returnKits": {
                **_list_of(ref("Kit")),
                "description": "Of the packed kits that come back.",
            },
            "returnItems": _list_of(ref("ReturnItem")),
            "returnDevices": {
                **_list_of(ref("Device")),
                "description": "Those in packed kits too.",
            },
            "returnEvents": {**_list_of(ref("ReturnEvent")), "description": "The oldest first."},
            "trackingNumbers": _list_of(ref("TrackingNumber")),
            "relatedOrderId": ID,
        },
        optional=("patient", "site", "relatedOrderId"),
        description="What a patient or a site sends home.",
    ),
    "InventoryRecord": object_of(
        {"item": ref("Item"), "newCount": HOW_MANY, "usedCount": HOW_MANY, "site": ref("Site")},
        optional=("site",),
        description="What can still be ordered. Over all places there is no `site`.",
    ),
    "PageReturn": _page_of("Return"),
    "PageInventoryRecord": _page_of("InventoryRecord", most=paging.LARGEST_SIZE_OF_SOME),
    **{f"Page{name}": _page_of(name) for name in ("Order", "Patient", "Site")},
    **{f"Page{name}": _page_of(name) for name in ("Kit", "Manufacturer", "Device")},
    **webhook_answers.COMPONENTS,
    **{f"Page{name}": _page_of(name) for name in ("Webhook", "WebhookLog")},
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
