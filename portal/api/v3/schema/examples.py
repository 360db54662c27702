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
