"""The documents that the gateway answers with, as JSON Schema; `format` writes them."""

from collections.abc import Mapping
from typing import Final

from orders.statuses import Status
from organisations.models.accounts import MOST_NIGHTS
from organisations.sensors import Sensor
from portal.api.gateway.schema.errors import CODES
from portal.api.schema import Schema, object_of, ref
from studies.statuses import AttemptStatus, StudyStatus

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
COUNT: Final[Schema] = {"type": "integer", "minimum": 1}

COMPONENTS: Final[Mapping[str, Schema]] = {
    "Attempt": object_of(
        {
            "nightNumber": COUNT,
            "attemptNumber": COUNT,
            "status": {"type": "string", "enum": list(AttemptStatus.values)},
        }
    ),
    "Study": object_of(
        {
            "study": {"type": "string", "format": "uuid"},
            "status": {"type": "string", "enum": list(StudyStatus.values)},
            "nights": {**COUNT, "maximum": MOST_NIGHTS},
            "sensors": {"type": "array", "items": {"enum": list(Sensor.values)}, "minItems": 1},
            "attempts": {"type": "array", "items": ref("Attempt")},
        }
    ),
    "Order": object_of(
        {"reference": TEXT, "status": {"type": "string", "enum": list(Status.values)}}
    ),
    "Played": object_of(
        {
            "happened": {
                "type": "array",
                "items": {**TEXT, "description": "For people; it may change."},
                "minItems": 1,
            },
            "order": {"anyOf": [ref("Order"), {"type": "null"}]},
            "study": {"anyOf": [ref("Study"), {"type": "null"}]},
        }
    ),
    "Error": object_of(
        {
            "code": {"type": "string", "enum": sorted(CODES)},
            "message": {**TEXT, "description": "For people; it may change."},
            "field": {
                "type": ["string", "null"],
                "description": "Where it is in what was sent, with points between names.",
            },
        }
    ),
    "Refusal": object_of(
        {
            "errors": {"type": "array", "items": ref("Error"), "minItems": 1},
            "requestId": TEXT,
        }
    ),
}
