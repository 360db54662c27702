"""How tests call API v3: as a program with a key."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from organisations.integrations import create_api_key
from organisations.models import Account, ApiKey
from organisations.roles import Scope
from tests import builders

HEADER = "Impilo-API-Key"
BASE = "/api/v3"
JSON = "application/json"
ADDRESS = {
    "lineOne": "12 Test Street",
    "city": "York",
    "state": "PA",
    "zipCode": "17401",
    "country": "USA",
}


@dataclass
class Program:
    """An integrator's program with a key. Paths begin behind /api/v3."""

    key: ApiKey
    whole: str
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        sent = {HEADER: self.whole}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        content_type = sent.pop("Content-Type", JSON if body is not None else "")
        return self.client.generic(
            method,
            BASE + path,
            b"" if body is None else data,
            content_type=content_type,
            headers=sent,
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.call("DELETE", path, **headers)


def program(owner: Account, *scopes: Scope) -> Program:
    """With a new key of this account, for orders unless scopes are given."""
    made = create_api_key(
        account_id=owner.pk,
        name="Test Key",
        scopes=scopes or (Scope.ORDERS,),
        actor=builders.administrator(),
    )
    return Program(made.key, made.whole)


def patient_body(**members: Any) -> dict[str, Any]:
    """A patient with all that is required; `members` replace or add."""
    return {"firstName": "Ada", "lastName": "Sample", "address": ADDRESS, **members}


def assert_refused(answer: HttpResponse, status: int, message: str | None = None) -> dict[str, Any]:
    """Refused in the dialect's own shape (section 1.2); the document, to look at it closer."""
    assert answer.status_code == status, answer.content[:2000]
    assert answer["Content-Type"] == JSON
    document: dict[str, Any] = answer.json()
    assert set(document) == {"status", "message", "errors"}
    assert document["status"] == status
    assert document["message"]
    assert document["errors"]
    assert all(
        set(error) <= {"field", "message"} and error["message"] for error in document["errors"]
    )
    if message is not None:
        assert document["message"] == message
    return document
