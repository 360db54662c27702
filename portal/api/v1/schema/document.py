"""The OpenAPI document of API v1 as a whole, and the views that serve and show it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from organisations.roles import SCOPES_OF_CLIENTS, choices_among
from portal.api import openapi, schema
from portal.api.errors import Refused
from portal.api.schema import CHALLENGE, Schema, header
from portal.api.v1 import format as wire
from portal.api.v1.schema import answers, feed, operations, study_operations, tokens
from portal.api.v1.tokens import PATH

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


LOCATION: Final = ("The address of what has this reference.", {"type": "string", "format": "uri"})
HEADERS: Final[Mapping[str, Mapping[str, Schema]]] = {
    **schema.HEADERS,
    "201": {"Location": header(*LOCATION), "Idempotent-Replayed": schema.REPLAYED},
    "403": {"WWW-Authenticate": header(*CHALLENGE, required=False)},
    "409": {**schema.HEADERS["409"], "Location": header(*LOCATION, required=False)},
}


TAGS: Final = (
    "Tokens",
    "Orders",
    study_operations.STUDIES,
    study_operations.REFERRALS,
    feed.TAG,
)


def document(base_url: str) -> Schema:
    """The document of the server at this address."""
    patterns = [path("v1/", include("portal.api.v1.urls"))]
    found = SchemaGenerator(patterns=patterns).get_schema(public=True)
    schemas = {**found["components"]["schemas"], **answers.COMPONENTS, **tokens.COMPONENTS}
    return {
        "openapi": found["openapi"],
        "info": {"title": "Homeward API v1", "version": "1.0", "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": name} for name in TAGS],
        "paths": schema.finished({**tokens.PATHS, **found["paths"]}, headers=HEADERS),
        "components": {
            "schemas": schemas,
            "headers": {"RequestId": schema.REQUEST_ID},
            "securitySchemes": _credentials(base_url),
        },
    }


def _credentials(base_url: str) -> Schema:
    """How a client says who it is: with a token, and when it asks for one."""
    flow = {"tokenUrl": base_url + PATH, "scopes": dict(choices_among(SCOPES_OF_CLIENTS))}
    return {
        operations.CLIENT: {"type": "oauth2", "flows": {"clientCredentials": flow}},
        tokens.BASIC: {"type": "http", "scheme": "basic"},
    }


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
