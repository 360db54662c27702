"""How tests call the gateway: as the recording side, with a key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from organisations.models import ApiKey
from organisations.roles import Scope
from studies.models import AttemptReport, NightAttempt, Study, StudyEvent
from studies.news import StudyTurn
from tests import builders
from tests.api.hostile import MARK
from webhooks.models import Delivery, WebhookEvent

BASE = "/gateway/v1"
JSON = "application/json"
BOUNDARY = "----Test7MA4YWxkTrZu0gW"
BORN = "1980-02-29"
# Small, and a PDF by its beginning and end; with what a careless reader would change.
PDF = b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\n\x00\r\n--not the boundary\r\nstartxref\n9\n%%EOF\n"
RESULT: dict[str, Any] = {
    "nightNumber": 1,
    "attemptNumber": 1,
    "startedAt": "2025-03-03T22:05:00Z",
    "completedAt": "2025-03-04T06:12:45Z",
    "valid": True,
    "indexes": {"ahi3": 9.1, "ahi4": 6.45, "odi3": 0, "odi4": 999.99},
}


@dataclass
class Gateway:
    """The recording side with a key. Paths begin behind /gateway/v1."""

    key: ApiKey
    whole: str
    client: Client = field(default_factory=Client)

    def call(
        self, method: str, path: str, body: Any = None, *, content_type: str = JSON, **headers: str
    ) -> HttpResponse:
        sent = {"Authorization": f"Bearer {self.whole}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method,
            BASE + path,
            b"" if body is None else data,
            content_type=content_type if body is not None else "",
            headers=sent,
        )

    def get(self, path: str) -> HttpResponse:
        return self.call("GET", path)

    def post(self, path: str, body: Any, **options: Any) -> HttpResponse:
        return self.call("POST", path, body, **options)

    def activate(self, study: Study, **members: Any) -> HttpResponse:
        """As the patient does who has read the code and knows when they were born."""
        return self.post("/activations", activation(study, **members))

    def start(self, study: Study, night: int = 1, attempt: int = 1, **members: Any) -> HttpResponse:
        body = {
            "nightNumber": night,
            "attemptNumber": attempt,
            "startedAt": "2025-03-03T22:05:00Z",
            **members,
        }
        return self.post(f"/studies/{study.public_id}/attempts/started", body)

    def complete(
        self, study: Study, night: int = 1, attempt: int = 1, **members: Any
    ) -> HttpResponse:
        body = {**RESULT, "nightNumber": night, "attemptNumber": attempt, **members}
        return self.post(f"/studies/{study.public_id}/attempts/completed", body)

    def upload(self, study: Study, body: bytes, *, content_type: str = "") -> HttpResponse:
        return self.post(
            f"/studies/{study.public_id}/attempts/completed",
            body,
            content_type=content_type or f"multipart/form-data; boundary={BOUNDARY}",
        )


def gateway(*scopes: Scope) -> Gateway:
    """With a new key, for all that the gateway can do unless scopes are given."""
    made = builders.gateway_key(*scopes)
    return Gateway(made.key, made.whole)


def activation(study: Study, **members: Any) -> dict[str, Any]:
    return {
        "activationCode": study.shown_code,
        "dateOfBirth": BORN,
        "messageId": str(uuid4()),
        **members,
    }


def multipart(parts: Mapping[str, bytes], *, ends: bool = True) -> bytes:
    """The parts, each under its head: `name="result"` or whatever stands there."""
    pieces = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
        for head, content in parts.items()
    ]
    last = f"\r\n--{BOUNDARY}--\r\n".encode() if ends else b""
    return b"\r\n".join(pieces) + last


def with_report(report: bytes = PDF, **members: Any) -> bytes:
    """A result with its report, as programs send it."""
    return multipart(
        {
            'name="result"': json.dumps({**RESULT, **members}).encode(),
            'name="report"; filename="report.pdf"\r\nContent-Type: application/pdf': report,
        }
    )


def assert_refused(
    answer: HttpResponse, status: int, code: str | None = None, field: str | None = None
) -> None:
    """Refused in the gateway's own shape, with nothing of what was sent."""
    assert answer.status_code == status, answer.content[:2000]
    assert answer["Content-Type"] == JSON
    assert MARK.encode() not in answer.content
    document = answer.json()
    assert set(document) == {"errors", "requestId"}
    assert document["requestId"] == answer["X-Request-Id"] != ""
    assert document["errors"]
    for error in document["errors"]:
        assert set(error) == {"code", "message", "field"}
        assert error["code"]
        assert error["message"]
        assert error["field"] is None or error["field"]
    if code is not None:
        assert document["errors"][0]["code"] == code
    if field is not None:
        assert [one["field"] for one in document["errors"]] == [field]


def all_there_is() -> list[list[dict[str, Any]]]:
    """All rows that the recording side could have changed."""
    models = (Study, NightAttempt, AttemptReport, StudyEvent, WebhookEvent, Delivery)
    return [list(model.objects.order_by("pk").values()) for model in models]


def told(study: Study) -> list[str]:
    """What others were told of the study, in the order in which it was told."""
    events = WebhookEvent.objects.filter(reference=study.reference).order_by("sequence")
    return [event.kinds[-1] for event in events if event.kinds[-1] in StudyTurn.values]


def happened(study: Study) -> list[tuple[str, datetime]]:
    """The timeline: in the order in which it happened."""
    return list(study.events.order_by("happened_at", "pk").values_list("name", "happened_at"))
