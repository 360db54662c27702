"""Examples of API v3, with nobody's data."""

from typing import Any, Final

Document = dict[str, Any]

ADDRESS: Final[Document] = {
    "lineOne": "12 Test Street",
    "city": "York",
    "state": "PA",
    "zipCode": "17401",
    "country": "USA",
}
NEW_PATIENT: Final[Document] = {
    "externalIdentifier": "PAT-77",
    "firstName": "Test",
    "lastName": "Person",
    "dateOfBirth": "1980-02-29",
    "email": "test@example.org",
    "phoneNumber": "717 555 0100",
    "address": ADDRESS,
}
PATIENT: Final[Document] = {
    "id": 1234,
    **NEW_PATIENT,
    "archived": False,
    "enrolled": True,
    "sex": "unknown",
}
ANOTHER_EMAIL: Final[Document] = {"email": "new@example.org"}
NEW_SITE: Final[Document] = {"name": "North", "phoneNumber": "717 555 0101", "address": ADDRESS}
SITE: Final[Document] = {"id": 12, "active": True, **NEW_SITE}
CLOSED: Final[Document] = {"active": False}
NEW_ITEM: Final[Document] = {
    "name": "Test Sensor",
    "model": "TS-1",
    "deviceIdentifierType": "serial",
}
_ITEM: Final[Document] = {
    "id": 791,
    "manufacturer": {"id": 3, "name": "Test Maker"},
    "name": "Test Sensor",
    "model": "TS-1",
    "sku": "HWI-7Q2MZ4KD",
    "orderable": True,
}
KIT: Final[Document] = {
    "id": 1000,
    "name": "Test Kit",
    "archived": False,
    "kitItems": [{"item": _ITEM, "count": 1}],
}
DEVICE: Final[Document] = {
    "id": 599,
    "item": _ITEM,
    "currentStatus": "availableAtSite",
    "used": False,
    "site": SITE,
    "deviceIdentifiers": [{"type": "serial", "value": "TS1-000599"}],
    "deviceEvents": [
        {"type": "initiated", "eventTimestamp": "2025-02-27T10:00:00Z"},
        {"type": "available", "eventTimestamp": "2025-03-01T08:00:00Z"},
        {"type": "packed", "eventTimestamp": "2025-03-03T14:00:00Z"},
        {"type": "awaitingShipment", "eventTimestamp": "2025-03-03T16:00:00Z"},
        {"type": "shipped", "eventTimestamp": "2025-03-03T16:00:00Z"},
        {"type": "delivered", "eventTimestamp": "2025-03-05T09:12:00Z"},
        {"type": "availableAtSite", "eventTimestamp": "2025-03-05T09:12:00Z"},
    ],
    "disabledReadings": False,
}
GIVEN_OUT: Final[Document] = {"deviceIdentifier": "TS1-000599", "patientId": 1234}
THE_DEVICE: Final[Document] = {"deviceId": 599}
THE_KIT: Final[Document] = {"packedKitId": 77, "patientExternalIdentifier": "PAT-77"}
ORDER: Final[Document] = {
    "id": 90211,
    "externalOrderIds": ["ORD-2025-000123"],
    "patient": PATIENT,
    "currentStatus": "shipped",
    "orderItems": [],
    "orderKits": [{"kit": KIT, "count": 1}],
    "orderEvents": [
        {"name": "orderPlaced", "eventTimestamp": "2025-03-04T06:12:45Z"},
        {"name": "awaitingShipment", "eventTimestamp": "2025-03-05T09:30:00Z"},
        {"name": "shipped", "eventTimestamp": "2025-03-05T15:00:00Z"},
    ],
    "orderNotes": [],
    "trackingNumbers": [{"carrier": "USPS", "value": "9400000000000000000000"}],
    "devices": [],
    "packedKits": [],
    "shippingOption": "standard",
    "emailLabel": False,
    "returnDevices": [],
    "returnItems": [],
    "returnPackedKits": [],
}
NEW_ORDER: Final[Document] = {
    "externalOrderIds": ["so-7781"],
    "patient": {"id": 1234},
    "orderItems": [{"item": {"id": 791}, "count": 2}],
    "orderKits": [{"kit": {"id": 1000}, "count": 1}],
    "orderNotes": [{"note": "Mornings are best."}],
}
ORDER_OF_SOMEBODY_NEW: Final[Document] = {
    "patient": {
        "firstName": "Test",
        "lastName": "Person",
        "email": "test@example.org",
        "address": {name: line for name, line in ADDRESS.items() if name != "country"},
    },
    "orderItems": [{"item": {"id": 791}}],
}
ORDER_OF_A_SITE: Final[Document] = {
    "site": {"id": 12},
    "orderItems": [{"item": {"id": 791}, "count": 10}],
    "shippingOption": "overnight",
}
PLACED: Final[Document] = {
    **ORDER,
    "externalOrderIds": ["so-7781"],
    "currentStatus": "orderPlaced",
    "orderItems": [{"item": _ITEM, "count": 2}],
    "orderEvents": [{"name": "orderPlaced", "eventTimestamp": "2025-03-04T06:12:45Z"}],
    "orderNotes": [{"note": "Mornings are best.", "createdAt": "2025-03-04T06:12:45Z"}],
    "trackingNumbers": [],
}
NEW_WEBHOOK: Final[Document] = {"type": "order.status", "url": "https://example.org/hooks"}
WEBHOOK: Final[Document] = {"id": 57, **NEW_WEBHOOK}
ANOTHER_ADDRESS: Final[Document] = {"url": "https://example.org/hooks/new"}
SECRET: Final[Document] = {"secret": "Test-Secret-1"}
NEW_RETURN: Final[Document] = {
    "patientId": 1234,
    "returnItems": [{"id": 791, "count": 1}],
    "shippingOption": "standard",
}
RETURN_OF_A_SITE: Final[Document] = {"siteId": 12, "returnItems": [{"id": 791}]}
RETURN: Final[Document] = {
    "id": 31,
    "patient": PATIENT,
    "currentStatus": "pendingReturn",
    "returnKits": [],
    "returnItems": [{"item": _ITEM, "count": 1}],
    "returnDevices": [],
    "returnEvents": [
        {"type": "rmaPlaced", "eventTimestamp": "2025-03-04T06:12:45Z"},
        {"type": "outbound", "eventTimestamp": "2025-03-05T15:00:00Z"},
        {"type": "pendingReturn", "eventTimestamp": "2025-03-07T11:20:00Z"},
    ],
    "trackingNumbers": [],
    "relatedOrderId": 90211,
}
