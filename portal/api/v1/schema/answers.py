"""The documents that API v1 answers with, as JSON Schema; `format` is what writes them."""

from collections.abc import Mapping
from typing import Final

from portal.api.schema import Schema, object_of, ref
from portal.api.v1.events import WORDS
from portal.api.v1.format import ORDER, OrderStatus
from portal.api.v1.schema.errors import CODES

TIME: Final = {"type": "string", "format": "date-time", "pattern": "Z$"}


def _only(name: str, words: str) -> Schema:
    return object_of({name: {"type": "string", "description": words}}, additionalProperties=False)


COMPONENTS: Final[Mapping[str, Schema]] = {
    "OrderStatus": {
        "type": "string",
        "enum": OrderStatus.values,
        "description": "cancelled also when it could not be fulfilled, even after it was sent.",
    },
    "Order": object_of(
        {
            "type": {"const": ORDER},
            "id": {"type": "string", "format": "uuid"},
            "attributes": object_of(
                {
                    "reference": {"type": "string"},
                    "status": ref("OrderStatus"),
                    "createdAt": TIME,
                    "sentForFulfilmentAt": TIME,
                    "cancelledAt": TIME,
                },
                optional=("sentForFulfilmentAt", "cancelledAt"),
            ),
            "links": object_of({"self": {"type": "string", "format": "uri"}}),
        },
        description="Nothing about the patient stands here.",
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
    "Event": object_of(
        {
            "type": {"type": "string", "enum": ["OrderEvent"]},
            "id": {
                "type": "string",
                "format": "uuid",
                "description": "The same wherever it is told.",
            },
            "attributes": object_of(
                {
                    "event": {"type": "string", "enum": list(WORDS.values())},
                    "reference": {"type": "string", "description": "Of the order."},
                    "patientReference": {"type": "string"},
                    "occurredAt": TIME,
                },
                optional=("patientReference",),
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
