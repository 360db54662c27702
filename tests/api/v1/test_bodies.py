"""What a body must be before it is looked into: contracts/v1.md sections 1.2 and 1.3."""

import io
import json

import pytest
from django.test import Client

from orders.models import Order
from organisations.models import Organisation
from tests.api.calls import JSON, Program, changed, faults, order_body
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accept", ["text/html", "application/vnd.api+json", "*/*", "nonsense"])
def test_accept_is_ignored(clinic: Organisation, program: Program, accept: str):
    placed = program.post(order_body(clinic), Accept=accept)
    unknown = program.get("/v1/nothing", Accept=accept)

    assert (placed.status_code, placed["Content-Type"]) == (201, "application/json")
    assert_refused(unknown, 404)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json ; Charset=UTF-8",
    ],
)
def test_json_in_utf_8_is_taken_however_it_is_said(
    clinic: Organisation, program: Program, kind: str
):
    assert program.post(order_body(clinic), content_type=kind).status_code == 201


@pytest.mark.parametrize(
    ("encoding", "status"), [("identity", 201), ("gzip", 415), ("br", 415), ("gzip, identity", 415)]
)
def test_only_plain_bodies_are_taken(
    clinic: Organisation, program: Program, encoding: str, status: int
):
    answer = program.post(order_body(clinic), Content_Encoding=encoding)

    assert answer.status_code == status


def test_a_body_of_more_than_64_kib_is_too_large(clinic: Organisation, program: Program):
    body = order_body(clinic)
    largest = changed(order_body(clinic), "padding", "x")
    room = 64 * 1024 - len(json.dumps(largest).encode())

    fits = program.post(changed(body, "padding", "x" * (room + 1)))
    does_not = program.post(changed(body, "padding", "x" * (room + 2)))

    assert fits.status_code == 201
    assert_refused(does_not, 413)


def test_a_body_that_ends_too_soon_is_not_carried_out(clinic: Organisation, program: Program):
    body = json.dumps(order_body(clinic)).encode()

    answer = program.client.generic(
        "POST",
        "/v1/orders",
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": JSON},
        **{"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body) + 50)},
    )

    assert_refused(answer, 400)
    assert faults(answer) == {("bad_request", None)}
    assert "ended too soon" in answer.json()["errors"][0]["detail"]
    assert not Order.objects.exists()


class Unread(io.BytesIO):
    """A body that tells how much of it was read."""

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked = True
        return super().read(size)

    asked = False


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {}, 401),
        ("DELETE", {}, 405),
        ("POST", {"Authorization": "Bearer nobody"}, 401),
        ("POST", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_what_is_refused_for_its_headers_is_not_read(
    program: Program, method: str, headers: dict[str, str], status: int
):
    body = Unread(b"{" * 5000)
    known = {"Authorization": f"Bearer {program.token}"} if status == 415 else {}
    environ = {"wsgi.input": body, "CONTENT_LENGTH": "5000"}

    answer = Client().generic(method, "/v1/orders", headers={**known, **headers}, **environ)

    assert answer.status_code == status
    assert not body.asked


def test_a_body_without_content_needs_no_content_type(program: Program):
    answer = program.call("POST", "/v1/orders")

    assert_refused(answer, 400)
    assert faults(answer) == {("invalid_json", None)}


def test_a_call_without_token_is_asked_for_one(clinic: Organisation):
    answer = Client().post("/v1/orders", order_body(clinic), content_type=JSON)

    assert_refused(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
