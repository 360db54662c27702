"""The OpenAPI document of API v3 as a whole, and the views that serve and show it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from portal.api import openapi, schema
from portal.api.errors import Refused
from portal.api.schema import Schema
from portal.api.v3 import format as wire
from portal.api.v3.auth import HEADER
from portal.api.v3.schema import (
    answers,
    bodies,
    device_operations,
    operations,
    return_operations,
    webhook_operations,
)

DESCRIPTION: Final = """\
The documented v3 endpoints for orders, patients, sites, the catalogue, devices, inventory, \
returns and webhooks, of one account.

- Send your key in the header `Impilo-API-Key`.
- Bodies are JSON in camelCase, sent and answered as `application/json` in UTF-8. Unknown members \
are ignored, and so are those that only we set.
- What is not known is left out of an answer: it is never null and never empty text.
- In a request null is the same as leaving the member out, except in a PATCH of a patient or site, \
where it empties what may be empty.
- Words like `orderPlaced` are read in whatever case and with or without underscores.
- Ids are whole numbers, dates `YYYY-MM-DD`, times UTC to the second.
- Every answer has an `X-Request-Id`: yours, if you sent one of at most 64 letters, digits, `.`, \
`_` and `-`.
"""

# To be imported is enough for what tells of devices.
_TOLD: Final = (operations, device_operations)
PLACE: Final = re.compile(r"\{(\w+)\}")


def document(base_url: str) -> Schema:
    """The document of the server at this address."""
    patterns = [path("api/v3/", include("portal.api.v3.urls"))]
    found = SchemaGenerator(patterns=patterns).get_schema(public=True)
    requests = bodies.finished(found["components"]["schemas"])
    paths = schema.finished(found["paths"], headers=schema.HEADERS)
    return {
        "openapi": found["openapi"],
        "info": {"title": "Homeward API v3", "version": "3.0", "description": DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [
            {"name": name}
            for name in (*operations.TAGS, *return_operations.TAGS, *webhook_operations.TAGS)
        ],
        "paths": {_camel(address): _offered(offered) for address, offered in paths.items()},
        "components": {
            "schemas": {**requests, **answers.COMPONENTS},
            "headers": {"RequestId": schema.REQUEST_ID},
            "securitySchemes": {operations.KEY: {"type": "apiKey", "in": "header", "name": HEADER}},
        },
    }


def _camel(address: str) -> str:
    """What stands in an address is named like everything on the wire."""
    return PLACE.sub(lambda place: f"{{{wire.camel(place[1])}}}", address)


def _offered(offered: Mapping[str, Schema]) -> Schema:
    return {method: _told(operation) for method, operation in offered.items()}


def _told(operation: Schema) -> Schema:
    told = {**operation, "parameters": list(map(_named, operation.get("parameters", [])))}
    if operation["operationId"] in operations.CREATING:
        told["responses"] = _created(operation["responses"])
    return told


def _named(parameter: Schema) -> Schema:
    is_in_path = parameter["in"] == "path"
    return {**parameter, "name": wire.camel(parameter["name"])} if is_in_path else parameter


def _created(responses: Mapping[str, Schema]) -> Schema:
    """With the status that is set for what creates; it may be an answer that was stored."""
    (done,) = (answer for status, answer in responses.items() if status == "200")
    headers = {**done["headers"], "Idempotent-Replayed": schema.REPLAYED}
    refused = {status: answer for status, answer in responses.items() if status != "200"}
    return {str(settings.V3_CREATED_STATUS): {**done, "headers": headers}, **refused}


@cache
def _text(base_url: str) -> str:
    return json.dumps(document(base_url), ensure_ascii=False)


class Document(openapi.Document):
    """`/api/v3/openapi.json`"""

    def text(self) -> str:
        return _text(settings.PUBLIC_BASE_URL)

    def refuse(self, refused: Refused) -> HttpResponse:
        return wire.refuse(refused, self.request)


class ReferencePage(openapi.ReferencePage):
    """`/docs/v3/`"""

    template_name = "api_v3_reference.html"
    title = "API v3"
    document = "v3_schema"
