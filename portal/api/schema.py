"""What the OpenAPI documents of all dialects have in common: how values say what they take, which
refusals of the edge an operation can meet, and the headers of answers.
"""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter

from portal.api import idempotency
from portal.api.fields import Value

Schema = dict[str, Any]

JSON: Final = "application/json"

# What any call can be refused with, and what comes to that with a body, with an Idempotency-Key and
# with parameters.
ALWAYS: Final = (
    "bad_request",
    "unauthenticated",
    "forbidden",
    "rate_limited",
    "internal_error",
    "unavailable",
)
WITH_BODY: Final = (
    "invalid_json",
    "invalid_document",
    "validation_failed",
    "payload_too_large",
    "unsupported_media_type",
)
ONCE: Final = ("idempotency_key_invalid", "idempotency_key_in_use", "idempotency_key_reused")
LISTING: Final = ("validation_failed",)

KEY: Final[Schema] = {"type": "string", "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"}


def header(words: str, schema: Schema, *, required: bool = True) -> Schema:
    return {"description": words, "schema": schema, "required": required}


RETRY_AFTER: Final = ("Whole seconds to wait.", {"type": "integer", "minimum": 1})
CHALLENGE: Final = ("Which credentials are wanted, and what was wrong.", {"type": "string"})
REPLAYED: Final = header(
    "When the stored answer to this Idempotency-Key is given again.",
    {"const": "true"},
    required=False,
)
REQUEST_ID: Final = header(
    "Give it when you ask about this answer.",
    {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
)
EVERY_ANSWER: Final = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
HEADERS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "401": {"WWW-Authenticate": header(*CHALLENGE)},
    "409": {"Retry-After": header(*RETRY_AFTER, required=False)},
    "429": {"Retry-After": header(*RETRY_AFTER)},
    "503": {"Retry-After": header(*RETRY_AFTER)},
}


class DescribedValue(OpenApiSerializerFieldExtension):
    """Our values say themselves what they take."""

    target_class = Value
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        described: Schema = self.target.described()
        return described


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def object_of(properties: Schema, *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, **more}


def in_query(name: str, schema: Schema, words: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=words, **more)


def in_path(name: str, schema: Schema, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=words)


IDEMPOTENCY_KEY: Final = OpenApiParameter(
    idempotency.HEADER,
    KEY,
    OpenApiParameter.HEADER,
    description="**An extension of ours.** The same request with the same key is answered with the "
    "stored answer, for 48 hours. Refused requests are not stored.",
)


def finished(
    paths: Mapping[str, Schema], *, headers: Mapping[str, Mapping[str, Schema]]
) -> dict[str, Schema]:
    """The paths, with what goes for every operation; `headers` are those of each status."""
    return {
        address: {
            method: _finished_operation(operation, headers) for method, operation in offered.items()
        }
        for address, offered in paths.items()
    }


def _finished_operation(operation: Schema, headers: Mapping[str, Mapping[str, Schema]]) -> Schema:
    done = {
        **operation,
        "responses": {
            status: {**answer, "headers": {**EVERY_ANSWER, **headers.get(status, {})}}
            for status, answer in operation["responses"].items()
        },
    }
    if "requestBody" in operation:
        done["requestBody"] = {**operation["requestBody"], "required": True}
    return done
