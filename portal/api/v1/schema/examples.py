"""Examples of API v1, with nobody's data."""

from typing import Any, Final

ADDRESS_LINES: Final = {
    "lines": ["1 Test Street"],
    "city": "London",
    "county": "London",
    "postcode": "SW1A 1AA",
}


def _order(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"type": "order", "attributes": attributes}}


ORDER: Final = _order(
    {
        "reference": "ORD-2025-000123",
        "emitOn": "reviewed",
        "shippingAddress": ADDRESS_LINES,
        "study": {"nights": 2, "sensors": ["neck_sensor", "oximeter"], "requiresPhone": False},
        "patient": {
            "reference": "PAT-77",
            "dob": "1980-02-29",
            "name": "Test Person",
            "email": "test@example.org",
            "mobileTelephone": "+447911123456",
        },
        "organisation": {"name": "Sleep Clinic A", "reference": "ORG-A"},
    }
)
CANCELLATION: Final = _order({"status": "cancelled"})
CONTACT: Final = _order({"patient": {"mobileTelephone": "07911 123456"}})
ADDRESS: Final = _order({"shippingAddress": {**ADDRESS_LINES, "lines": ["2 Test Street"]}})
PLACED: Final = {
    "data": {
        "type": "order",
        "id": "01938a2e-0000-7000-8000-000000000000",
        "attributes": {
            "reference": "ORD-2025-000123",
            "status": "created",
            "createdAt": "2025-03-04T06:12:45.000000Z",
        },
        "links": {"self": "https://homeward.example/v1/orders/ORD-2025-000123"},
    }
}
EVENTS: Final = {
    "data": [
        {
            "type": "OrderEvent",
            "id": "01938a2e-0000-7000-8000-000000000001",
            "attributes": {
                "event": "SENT_FOR_FULFILMENT",
                "reference": "ORD-2025-000123",
                "patientReference": "PAT-77",
                "occurredAt": "2025-03-05T09:30:00.000000Z",
            },
        }
    ],
    "links": {"next": "https://homeward.example/v1/events?after=ZTE"},
}
