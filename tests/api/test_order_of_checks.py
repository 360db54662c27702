"""Which of several faults is told: contracts/v1.md, House decisions, Check order."""

from typing import Any

import pytest
from django.test import Client

from organisations.models import Organisation
from organisations.roles import Scope
from tests.api.calls import Program, order_body
from tests.api.calls import program as a_program

pytestmark = pytest.mark.django_db

LARGE = b'{"data": "' + b"x" * 70_000 + b'"}'


@pytest.fixture
def used(clinic: Organisation, program: Program) -> Program:
    """A program that has placed an order under the Idempotency-Key "used"."""
    assert program.post(order_body(clinic), Idempotency_Key="used").status_code == 201
    return program


def exhausted(program: Program) -> Program:
    client = program.credentials.client
    client.calls_a_minute, client.burst = 1, 1
    client.save()
    program.get("/v1/orders")
    return program


def wrong(clinic: Organisation, *faults: str) -> dict[str, Any]:
    """An order that is refused for each of the faults named."""
    body = order_body(clinic)
    attributes = body["data"]["attributes"]
    if "schema" in faults:
        attributes["patient"]["dob"] = "never"
    if "organisation" in faults:
        attributes["organisation"]["name"] = "Nobody"
    if "entitlement" in faults:
        attributes["study"]["sensors"] = ["oximeter"]
    return body


def test_an_unknown_address_before_the_token():
    assert Client().post("/v1/nothing", LARGE, content_type="text/plain").status_code == 404


def test_an_unknown_method_before_the_token():
    assert Client().delete("/v1/orders", LARGE, content_type="text/plain").status_code == 405


def test_the_token_before_the_scope_and_everything_else():
    assert Client().post("/v1/orders", LARGE, content_type="text/plain").status_code == 401


def test_the_scope_before_the_limit(clinic: Organisation):
    program = exhausted(a_program(clinic.account, Scope.STUDIES))

    assert program.post(LARGE, content_type="text/plain").status_code == 403


def test_the_limit_before_the_content_type(program: Program):
    assert exhausted(program).post(LARGE, content_type="text/plain").status_code == 429


def test_the_content_type_before_the_size(used: Program):
    answer = used.post(LARGE, content_type="text/plain", Idempotency_Key="used")

    assert answer.status_code == 415


def test_the_size_before_the_idempotency_key(used: Program):
    assert used.post(LARGE, Idempotency_Key="used").status_code == 413


def test_the_idempotency_key_before_the_json(used: Program):
    assert used.post(b"{", Idempotency_Key="used").status_code == 422


def test_the_json_before_the_schema(used: Program):
    answer = used.post(b'{"data": {"type": "x", "type": "y"}}')

    assert [error["code"] for error in answer.json()["errors"]] == ["invalid_json"]


def test_the_schema_before_the_organisation(clinic: Organisation, used: Program):
    answer = used.post(wrong(clinic, "schema", "organisation", "entitlement"))

    assert [error["code"] for error in answer.json()["errors"]] == ["validation_failed"]


def test_the_organisation_before_the_entitlement(clinic: Organisation, used: Program):
    assert used.post(wrong(clinic, "organisation", "entitlement")).status_code == 404


def test_the_entitlement_before_the_conflict(clinic: Organisation, used: Program):
    answer = used.post(wrong(clinic, "entitlement"))

    assert [error["code"] for error in answer.json()["errors"]] == ["neck_sensor_missing"]


def test_the_conflict_last(clinic: Organisation, used: Program):
    assert used.post(wrong(clinic)).status_code == 409
