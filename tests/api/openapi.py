"""What is asked of the OpenAPI document of every dialect, and how schemathesis is let loose on the
program by it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
from django.conf import settings
from django.urls import get_resolver

from tests.api.servers import Website
from tests.api.test_doors import is_of_the_api, routes

METHODS = ("get", "post", "put", "patch", "delete")


def operations(told: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, offered in told["paths"].items():
        for method, operation in offered.items():
            yield method, path, operation


def offered(*beginnings: str) -> set[tuple[str, str]]:
    """Every method and route of the API that begins so, but what shows the document itself."""
    found = set()
    for route, pattern in routes(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        if is_of_the_api(pattern) and route.startswith(beginnings) and "openapi.json" not in route:
            found |= {(method, f"/{route}") for method in METHODS if hasattr(view, method)}
    return found


def assert_every_schema_is_json_schema(told: dict[str, Any]) -> None:
    for schema in told["components"]["schemas"].values():
        jsonschema_rs.meta.validate(
            {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"}
        )


def assert_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    text = json.dumps(told)
    for part in text.split('"$ref": "#/')[1:]:
        found: Any = told
        for step in part.partition('"')[0].split("/"):
            found = found[step]


def assert_every_operation_says_what_it_is(told: dict[str, Any]) -> None:
    for _, path, operation in operations(told):
        assert {"operationId", "summary", "tags", "responses"} <= set(operation), path
        assert all(answer["description"] for answer in operation["responses"].values())


def takes(told: dict[str, Any], component: str, value: Any) -> bool:
    schema = {**told, "$ref": f"#/components/schemas/{component}"}
    return jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(value)


def fuzz(
    website: Website, told: str, configured: Path, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Let schemathesis call the program by the document at this place, in a process of its own."""
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", configured, "run", told, "--url", website.address]
    return subprocess.run(
        [*command, "--continue-on-failure", *options],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
