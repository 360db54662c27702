"""The OpenAPI document of the gateway as a whole, and the views that serve and show it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from portal.api import openapi, schema
from portal.api.errors import Refused
from portal.api.gateway import format as wire
from portal.api.gateway.schema import answers, operations
from portal.api.schema import CHALLENGE, Schema, header

DESCRIPTION: Final = """\
For the recording side: which studies patients have begun, which nights were recorded, and with \
what result. It is the operator's own; integrators use API v1 or v3.

- Send your key as `Authorization: Bearer hwg_…`.
- Bodies are JSON in UTF-8, with at most 64 KiB and 32 levels; a member stands once, unknown \
ones are ignored. A result with a report is `multipart/form-data`.
- Times are RFC 3339 with `Z` or an offset. Messages may be late, out of order and repeated: each \
is placed by when it happened.
- Every answer has an `X-Request-Id`: yours, if you sent one of at most 64 letters, digits, `.`, \
`_` and `-`.
- All faults of a body are told at once, each with a stable `code`.
"""
HEADERS: Final[Mapping[str, Mapping[str, Schema]]] = {
    **{status: one for status, one in schema.HEADERS.items() if status != "409"},
    "403": {"WWW-Authenticate": header(*CHALLENGE, required=False)},
}


def document(base_url: str) -> Schema:
    """The document of the server at this address."""
    patterns = [path("gateway/v1/", include("portal.api.gateway.urls"))]
    found = SchemaGenerator(patterns=patterns).get_schema(public=True)
    paths = schema.finished(found["paths"], headers=HEADERS)
    return {
        "openapi": found["openapi"],
        "info": {"title": "Homeward gateway", "version": "1.0", "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": name} for name in operations.TAGS],
        "paths": paths,
        "components": {
            "schemas": {**found["components"]["schemas"], **answers.COMPONENTS},
            "headers": {"RequestId": schema.REQUEST_ID},
            "securitySchemes": {operations.KEY: {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def _text(base_url: str) -> str:
    return json.dumps(document(base_url), ensure_ascii=False)


class Document(openapi.Document):
    """`/gateway/v1/openapi.json`"""

    def text(self) -> str:
        return _text(settings.PUBLIC_BASE_URL)

    def refuse(self, refused: Refused) -> HttpResponse:
        return wire.refuse(refused, self.request)


class ReferencePage(openapi.ReferencePage):
    """`/docs/gateway/`"""

    template_name = "gateway_reference.html"
    title = "Gateway"
    document = "gateway_schema"
