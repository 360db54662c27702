"""The OpenAPI document of API v1 as a whole, and the views that serve and show it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from organisations.roles import Scope
from portal.api import openapi
from portal.api.errors import Refused
from portal.api.v1 import format as wire
from portal.api.v1.schema import answers, feed, operations, tokens
from portal.api.v1.tokens import PATH

Schema = dict[str, Any]

DESCRIPTION: Final = """\
**Before you send a patient's details, ask the patient whether they have an Android or iOS \
smartphone.** Set `study.requiresPhone` only for those who have neither. How often it is set is \
monitored.

The documented v1 endpoints for ordering at-home tests, with extensions that are marked as ours.

- Bodies are JSON:API documents, sent and answered as `application/json` in UTF-8; `Accept` is \
ignored, `application/vnd.api+json` is refused.
- Text cannot hold control characters, lone surrogates or NUL; a body has at most 64 KiB and 32 \
levels; a member stands once. Unknown members are ignored.
- White space around text is removed before it is measured, kept or compared.
- Every answer has an `X-Request-Id`: yours, if you sent one of at most 64 letters, digits, `.`, \
`_` and `-`.
- All faults of a body are told at once, each with a stable `code`.
"""


def _header(words: str, schema: Schema, *, required: bool = True) -> Schema:
    return {"description": words, "schema": schema, "required": required}


RETRY_AFTER: Final = ("Whole seconds to wait.", {"type": "integer", "minimum": 1})
LOCATION: Final = ("The address of the order.", {"type": "string", "format": "uri"})
CHALLENGE: Final = ("Which credentials are wanted, and what was wrong.", {"type": "string"})
REQUEST_ID: Final = _header(
    "Give it when you ask about this answer.",
    {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
)
EVERY_ANSWER: Final = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
HEADERS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "201": {
        "Location": _header(*LOCATION),
        "Idempotent-Replayed": _header(
            "When the stored answer to this Idempotency-Key is given again.",
            {"const": "true"},
            required=False,
        ),
    },
    "401": {"WWW-Authenticate": _header(*CHALLENGE)},
    "403": {"WWW-Authenticate": _header(*CHALLENGE, required=False)},
    "409": {
        "Location": _header(*LOCATION, required=False),
        "Retry-After": _header(*RETRY_AFTER, required=False),
    },
    "429": {"Retry-After": _header(*RETRY_AFTER)},
    "503": {"Retry-After": _header(*RETRY_AFTER)},
}


def document(base_url: str) -> Schema:
    """The document of the server at this address."""
    patterns = [path("v1/", include("portal.api.v1.urls"))]
    found = SchemaGenerator(patterns=patterns).get_schema(public=True)
    schemas = {**found["components"]["schemas"], **answers.COMPONENTS, **tokens.COMPONENTS}
    return {
        "openapi": found["openapi"],
        "info": {"title": "Homeward API v1", "version": "1.0", "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": "Tokens"}, {"name": "Orders"}, {"name": feed.TAG}],
        "paths": _finished({**tokens.PATHS, **found["paths"]}),
        "components": {
            "schemas": schemas,
            "headers": {"RequestId": REQUEST_ID},
            "securitySchemes": _credentials(base_url),
        },
    }


def _credentials(base_url: str) -> Schema:
    """How a client says who it is: with a token, and when it asks for one."""
    scopes = {scope.value: scope.label for scope in Scope}
    flow = {"tokenUrl": base_url + PATH, "scopes": scopes}
    return {
        operations.CLIENT: {"type": "oauth2", "flows": {"clientCredentials": flow}},
        tokens.BASIC: {"type": "http", "scheme": "basic"},
    }


def _finished(paths: Mapping[str, Schema]) -> Schema:
    """The paths, with what goes for every operation."""
    return {
        address: {method: _finished_operation(operation) for method, operation in offered.items()}
        for address, offered in paths.items()
    }


def _finished_operation(operation: Schema) -> Schema:
    finished = {
        **operation,
        "responses": {
            status: {**answer, "headers": {**EVERY_ANSWER, **HEADERS.get(status, {})}}
            for status, answer in operation["responses"].items()
        },
    }
    if "requestBody" in operation:
        finished["requestBody"] = {**operation["requestBody"], "required": True}
    return finished


@cache
def _text(base_url: str) -> str:
    return json.dumps(document(base_url), ensure_ascii=False)


class Document(openapi.Document):
    """`/v1/openapi.json`"""

    def text(self) -> str:
        return _text(settings.PUBLIC_BASE_URL)

    def refuse(self, refused: Refused) -> HttpResponse:
        return wire.refuse(refused, self.request)


class ReferencePage(openapi.ReferencePage):
    """`/docs/v1/`"""

    template_name = "api_v1_reference.html"
    title = "API v1"
    document = "v1_schema"
