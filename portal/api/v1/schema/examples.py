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
STUDY: Final = {
    "data": {
        "type": "study",
        "attributes": {
            "reference": "STU-1",
            "study": {"nights": 2, "sensors": ["neck_sensor", "oximeter"]},
            "patient": {"reference": "PAT-78", "dob": "1980-02-29"},
            "organisation": {"name": "Sleep Clinic A", "reference": "ORG-A"},
        },
    }
}
STUDY_CANCELLATION: Final = {"data": {"type": "study", "attributes": {"status": "cancelled"}}}


def _study(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {
            "type": "study",
            "id": "0193f6d7-0000-7000-8000-000000000000",
            "attributes": {"reference": "STU-1", **attributes},
            "links": {"self": "https://homeward.example/v1/studies/STU-1"},
        }
    }


STUDY_CREATED: Final = _study(
    {
        "status": "created",
        "createdAt": "2025-03-04T06:12:45.000000Z",
        "activationCode": "7KQ4-M2XP",
    }
)
STUDY_FINISHED: Final = _study(
    {
        "status": "finished",
        "createdAt": "2025-03-04T06:12:45.000000Z",
        "activatedAt": "2025-03-04T20:41:10.000000Z",
        "finishedAt": "2025-03-06T07:02:33.000000Z",
    }
)
REFERRAL: Final = {
    "data": {
        "type": "referral",
        "attributes": {
            "reference": "REF-1",
            "study": {"nights": 1, "sensors": ["neck_sensor"]},
            "patient": {
                "reference": "PAT-79",
                "dob": "1980-02-29",
                "name": "Test Person",
                "email": "test@example.org",
                "mobileTelephone": "+447911123456",
            },
        },
    }
}
REFERRAL_RECEIVED: Final = {
    "data": {
        "type": "referral",
        "id": "0193f6d8-0000-7000-8000-000000000000",
        "attributes": {
            "reference": "REF-1",
            "status": "received",
            "createdAt": "2025-03-04T06:12:45.000000Z",
        },
        "links": {"self": "https://homeward.example/v1/referrals/REF-1"},
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
        },
        {
            "type": "OrderEvent",
            "id": "01938a2e-0000-7000-8000-000000000002",
            "attributes": {
                "event": "ATTEMPT_COMPLETED",
                "reference": "ORD-2025-000123",
                "patientReference": "PAT-77",
                "occurredAt": "2025-03-08T06:02:00.000000Z",
                "nights": [
                    {"nightNumber": 1, "attemptNumber": 1, "status": "INVALID"},
                    {
                        "nightNumber": 1,
                        "attemptNumber": 2,
                        "status": "VALID",
                        "severity": "MILD",
                        "indexes": {"ahi3": 9.1, "ahi4": 6.4, "odi3": 8.2, "odi4": 5.0},
                    },
                    {"nightNumber": 2, "attemptNumber": 1, "status": "PENDING"},
                ],
            },
        },
    ],
    "links": {"next": "https://homeward.example/v1/events?after=ZTE"},
}
