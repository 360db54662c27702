"""Examples of the gateway, with nobody's data."""

from typing import Any, Final

Document = dict[str, Any]

ACTIVATION: Final[Document] = {
    "activationCode": "7K2M-9QXA",
    "dateOfBirth": "1980-02-29",
    "messageId": "0192f4a1-7c3b-7d11-9a52-3f1c8e5b7d20",
    "occurredAt": "2025-03-03T21:40:00Z",
}
START: Final[Document] = {
    "nightNumber": 1,
    "attemptNumber": 1,
    "startedAt": "2025-03-03T22:05:00Z",
}
RESULT: Final[Document] = {
    "nightNumber": 1,
    "attemptNumber": 1,
    "startedAt": "2025-03-03T22:05:00Z",
    "completedAt": "2025-03-04T06:12:45Z",
    "valid": True,
    "indexes": {"ahi3": 9.1, "ahi4": 6.4, "odi3": 8.2, "odi4": 5},
}
SIMULATION: Final[Document] = {"account": 3, "order": "ORD-2025-000123", "until": "next"}
STUDY: Final[Document] = {
    "study": "0192f4a0-11aa-7bcd-8e01-0d1f2c7a8b90",
    "status": "activated",
    "nights": 2,
    "sensors": ["neck"],
    "attempts": [
        {"nightNumber": 1, "attemptNumber": 1, "status": "pending"},
        {"nightNumber": 2, "attemptNumber": 1, "status": "pending"},
    ],
}
PLAYED: Final[Document] = {
    "happened": ["The patient activated the study."],
    "order": {"reference": "ORD-2025-000123", "status": "delivered"},
    "study": STUDY,
}
