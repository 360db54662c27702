"""The documents that API v1 answers with, as JSON Schema; `format` is what writes them."""

from collections.abc import Mapping
from typing import Final

from portal.api.schema import Schema, object_of, ref
from portal.api.v1.events import TYPES, WORDS
from portal.api.v1.format import (
    ORDER,
    REFERRAL,
    STUDY,
    OrderStatus,
    ReferralStatus,
    StudyStatus,
)
from portal.api.v1.schema.errors import CODES
from studies.models.attempts import INDEX_NAMES
from studies.severity import Severity
from studies.statuses import AttemptStatus
from webhooks.endpoints import TEST

TIME: Final = {"type": "string", "format": "date-time", "pattern": "Z$"}


def _only(name: str, words: str) -> Schema:
    return object_of({name: {"type": "string", "description": words}}, additionalProperties=False)


def _resource(name: str, attributes: Schema, *, optional: tuple[str, ...]) -> Schema:
    return object_of(
        {
            "type": {"const": name},
            "id": {"type": "string", "format": "uuid"},
            "attributes": object_of(attributes, optional=optional),
            "links": object_of({"self": {"type": "string", "format": "uri"}}),
        },
        description="Nothing about the patient stands here.",
    )


COMPONENTS: Final[Mapping[str, Schema]] = {
    "OrderStatus": {
        "type": "string",
        "enum": OrderStatus.values,
        "description": "cancelled also when it could not be fulfilled, even after it was sent.",
    },
    "Order": _resource(
        ORDER,
        {
            "reference": {"type": "string"},
            "status": ref("OrderStatus"),
            "createdAt": TIME,
            "sentForFulfilmentAt": TIME,
            "cancelledAt": TIME,
        },
        optional=("sentForFulfilmentAt", "cancelledAt"),
    ),
    "OrderDocument": object_of({"data": ref("Order")}),
    "OrderList": object_of(
        {
            "data": {"type": "array", "items": ref("Order"), "maxItems": 100},
            "links": object_of(
                {"next": {"type": "string", "format": "uri"}},
                optional=("next",),
                description="next is there unless this is the last page.",
            ),
        }
    ),
    "StudyStatus": {
        "type": "string",
        "enum": StudyStatus.values,
        "description": "finished, when results wait for a review, only after that.",
    },
    "InHouseStudy": _resource(
        STUDY,
        {
            "reference": {"type": "string"},
            "status": ref("StudyStatus"),
            "createdAt": TIME,
            "activatedAt": TIME,
            "finishedAt": TIME,
            "cancelledAt": TIME,
            "activationCode": {
                "type": "string",
                "pattern": "^[0-9A-Z]{4}-[0-9A-Z]{4}$",
                "description": "For the patient, who may also scan it as a QR code. In the answer "
                "to creating the study; read again, only with the scope `studies:read-code` and "
                "until the study is cancelled.",
            },
        },
        optional=("activatedAt", "finishedAt", "cancelledAt", "activationCode"),
    ),
    "StudyDocument": object_of({"data": ref("InHouseStudy")}),
    "ReferralStatus": {
        "type": "string",
        "enum": ReferralStatus.values,
        "description": "Once it is verified, its order tells how it goes on.",
    },
    "Referral": _resource(
        REFERRAL,
        {
            "reference": {"type": "string"},
            "status": ref("ReferralStatus"),
            "createdAt": TIME,
            "verifiedAt": TIME,
            "rejectedAt": TIME,
            "sentForFulfilmentAt": TIME,
            "cancelledAt": TIME,
        },
        optional=("verifiedAt", "rejectedAt", "sentForFulfilmentAt", "cancelledAt"),
    ),
    "ReferralDocument": object_of({"data": ref("Referral")}),
    "Night": object_of(
        {
            "nightNumber": {"type": "integer", "minimum": 1},
            "attemptNumber": {"type": "integer", "minimum": 1},
            "status": {"type": "string", "enum": [one.name for one in AttemptStatus]},
            "severity": {"type": "string", "enum": [one.name for one in Severity]},
            "indexes": object_of(
                {name: {"type": "number", "minimum": 0} for name in INDEX_NAMES},
                optional=INDEX_NAMES,
                description="Events in an hour; what was not measured is not there.",
            ),
        },
        optional=("severity", "indexes"),
        description="One attempt at one night, as it was then. Severity and indexes are there for "
        "a valid one, as far as they were measured and need no review first.",
    ),
    "Event": object_of(
        {
            "type": {"type": "string", "enum": [TYPES[one] for one in TYPES if one != TEST]},
            "id": {
                "type": "string",
                "format": "uuid",
                "description": "The same wherever it is told.",
            },
            "attributes": object_of(
                {
                    "event": {"type": "string", "enum": list(WORDS.values())},
                    "reference": {
                        "type": "string",
                        "description": "Of the order, the in-house study or the referral.",
                    },
                    "patientReference": {"type": "string"},
                    "occurredAt": {**TIME, "description": "When it happened."},
                    "nights": {
                        "type": "array",
                        "items": ref("Night"),
                        "description": "Every attempt at every night: with ATTEMPT_STARTED, "
                        "ATTEMPT_COMPLETED and FINISHED.",
                    },
                    "validNights": {
                        "type": "integer",
                        "minimum": 0,
                        "description": "With FINISHED: how many nights were valid. **An extension "
                        "of ours.**",
                    },
                },
                optional=("patientReference", "nights", "validNights"),
            ),
        },
        description="As a webhook endpoint is sent it. Nothing about a patient but the reference.",
    ),
    "EventList": object_of(
        {
            "data": {"type": "array", "items": ref("Event"), "maxItems": 100},
            "links": object_of({"next": {"type": "string", "format": "uri"}}),
        }
    ),
    "ErrorCode": {"type": "string", "enum": list(CODES)},
    "Error": object_of(
        {
            "id": {"type": "string", "format": "uuid"},
            "status": {"type": "string", "pattern": "^[45][0-9]{2}$"},
            "code": ref("ErrorCode"),
            "title": {"type": "string", "description": "The same for each code."},
            "detail": {"type": "string", "description": "What is wrong and what to do."},
            "source": {
                "description": "Where in the request it is.",
                "anyOf": [
                    _only("pointer", "A JSON Pointer (RFC 6901) into the body."),
                    _only("parameter", "The name of a parameter in the query."),
                    _only("header", "The name of a header."),
                ],
            },
            "meta": object_of(
                {"reason": {"type": "string", "description": "Why, more closely than the code."}}
            ),
        },
        optional=("source", "meta"),
    ),
    "Errors": object_of(
        {
            "errors": {"type": "array", "items": ref("Error"), "minItems": 1},
            "meta": object_of(
                {"requestId": {"type": "string", "description": "As in X-Request-Id."}}
            ),
        }
    ),
}
