"""How tests call the API: as a program that has asked for its token, and what it sends."""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client

from organisations.models import Account, Organisation
from organisations.roles import Scope
from tests import builders

EXAMPLES = Path(__file__).parent / "v1" / "examples"
JSON = "application/json"
# What the documented order tells about its patient, and nobody else may.
PATIENT = (
    "PAT-",
    "Test Person",
    "1980-02-29",
    "test@example.org",
    "+447911123456",
    "1 Test Street",
    "SW1A 1AA",
)


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


@dataclass
class Program:
    """An integrator's program with a token. Header names are as they stand on the wire."""

    credentials: builders.Credentials
    token: str
    client: Client = field(default_factory=Client)

    def call(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON, **headers: str
    ) -> HttpResponse:
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method,
            path,
            b"" if body is None else data,
            content_type=content_type if body is not None else "",
            headers=sent,
        )

    def post(self, body: Any, **options: Any) -> HttpResponse:
        return self.call("POST", "/v1/orders", body, **options)

    def put(self, reference: str, attributes: Any, **options: Any) -> HttpResponse:
        body = {"data": {"type": "order", "attributes": attributes}}
        return self.call("PUT", f"/v1/orders/{reference}", body, **options)

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.call("GET", path, **options)


def program(owner: Account, *scopes: Scope) -> Program:
    credentials = builders.api_client(owner, *scopes)
    return Program(credentials, token_for(credentials))


def token_for(credentials: builders.Credentials) -> str:
    answer = Client().post(
        "/oauth2/token",
        data="grant_type=client_credentials"
        f"&client_id={credentials.client.client_id}&client_secret={credentials.secret}",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def order_body(clinic: Organisation, **attributes: Any) -> dict[str, Any]:
    """The documented example, for this organisation, with other attributes where they are given."""
    body = copy.deepcopy(example("create-order"))
    body["data"]["attributes"]["organisation"] = {
        "name": clinic.name,
        "reference": clinic.reference,
    }
    body["data"]["attributes"] |= attributes
    return body


def study_body(clinic: Organisation, **attributes: Any) -> dict[str, Any]:
    """The documented in-house study, for this organisation."""
    body = copy.deepcopy(example("create-study"))
    body["data"]["attributes"]["organisation"] = {
        "name": clinic.name,
        "reference": clinic.reference,
    }
    body["data"]["attributes"] |= attributes
    return body


def referral_body(**attributes: Any) -> dict[str, Any]:
    """The documented referral."""
    body = copy.deepcopy(example("create-referral"))
    body["data"]["attributes"] |= attributes
    return body


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value at the path below its attributes; ... takes it away."""
    within = body["data"]["attributes"]
    *steps, last = path.split(".")
    for step in steps:
        within = within[step]
    if value is ...:
        del within[last]
    else:
        within[last] = value
    return body


def faults(answer: HttpResponse) -> set[tuple[str, str | None]]:
    """The codes of all errors, each with where it is."""
    return {
        (error["code"], next(iter(error.get("source", {}).values()), None))
        for error in answer.json()["errors"]
    }
