"""The log of what was posted to webhooks of API v3: contracts/v3.md sections 3.9 and 4.17."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from foundation.models import AccessEntry
from organisations.models import Account, Organisation
from tests import builders
from tests.api.v3.calls import Program, assert_refused
from tests.api.v3.calls import program as a_program
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.models import Attempt, Delivery

pytestmark = pytest.mark.django_db(transaction=True)
EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NOBODY = "http://127.0.0.1:9/hooks"


def logged(program: Program, query: str = "") -> list[dict[str, Any]]:
    answer = program.get(f"/webhook/logs{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["content"]
    return found


@pytest.fixture
def told(clinic: Organisation) -> Program:
    """An account whose first webhook always fails, until it is given up, and whose second works."""
    with receiving(Reply(503)) as failing, receiving(Reply(200)) as working:
        builders.v3_endpoint(clinic.account, failing.address, "order_status")
        builders.v3_endpoint(clinic.account, working.address, "patient_created")
        builders.order(chosen=clinic)
        for _ in range(4):
            work()
            moved_on()
    return a_program(clinic.account)


def test_a_failing_receiver_was_retried_three_times(told: Program) -> None:
    (failed,) = logged(told, "?webhookType=order.status")

    delivery = Delivery.objects.get(pk=failed["id"])
    assert failed["webhookId"] == delivery.endpoint_id
    assert failed["webhookUrl"] == delivery.endpoint.url
    assert failed["retryAttempts"] == 3
    assert failed["lastResponseStatus"] == 503
    assert json.loads(failed["payload"])["type"] == failed["webhookType"] == "order.status"
    assert EXACT.fullmatch(failed["createTimestamp"])
    assert EXACT.fullmatch(failed["lastRetryTimestamp"])
    assert failed["createTimestamp"] < failed["lastRetryTimestamp"]


def test_what_arrived_at_once_was_never_retried(told: Program) -> None:
    (arrived,) = logged(told, "?webhookType=PATIENT.CREATED")

    assert (arrived["retryAttempts"], arrived["lastResponseStatus"]) == (0, 200)
    assert "lastRetryTimestamp" not in arrived


def test_what_was_not_tried_yet_has_neither_payload_nor_status(
    clinic: Organisation, program: Program
) -> None:
    builders.v3_endpoint(clinic.account, NOBODY, "patient_created")
    builders.order(chosen=clinic)

    (waiting,) = logged(program)
    assert set(waiting) == {
        *("id", "webhookId", "webhookType", "webhookUrl", "createTimestamp", "retryAttempts"),
    }


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("", ["order.status", "patient.created"]),
        ("?retryAttemptsMin=0", ["order.status", "patient.created"]),
        ("?retryAttemptsMin=1", ["order.status"]),
        ("?retryAttemptsMin=3", ["order.status"]),
        ("?retryAttemptsMin=4", []),
        ("?retryAttemptsMax=0", ["patient.created"]),
        ("?retryAttemptsMax=2", ["patient.created"]),
        ("?retryAttemptsMax=3", ["order.status", "patient.created"]),
        ("?lastResponseStatus=503", ["order.status"]),
        ("?lastResponseStatus=200&lastResponseStatus=503", ["order.status", "patient.created"]),
        ("?lastResponseStatus=200,404", ["patient.created"]),
        ("?webhookType=order.statusFull", []),
        ("?startTimestamp=2100-01-01T00:00:00Z", []),
        ("?endTimestamp=0832-08-01T17:05:25%2B19:35", []),
        ("?endTimestamp=0001-01-01T00:00:00%2B05:00", []),
        ("?startTimestamp=9999-12-31T23:59:59-05:00", []),
        ("?endTimestamp=2000-01-01T00:00:00Z", []),
        ("?startLastRetryTimestamp=2000-01-01T00:00:00.000Z", ["order.status"]),
        ("?endLastRetryTimestamp=2100-01-01T00:00:00Z", ["order.status"]),
        ("?endLastRetryTimestamp=2000-01-01T00:00:00%2B02:00", []),
    ],
)
def test_the_log_can_be_narrowed_down(told: Program, query: str, types: list[str]) -> None:
    assert sorted(one["webhookType"] for one in logged(told, query)) == types


def test_a_time_begins_inclusively_and_ends_exclusively(told: Program) -> None:
    (first,) = Delivery.objects.filter(endpoint__told_as="order_status")
    at = quote(first.owed_at.isoformat())

    assert first.pk in {one["id"] for one in logged(told, f"?startTimestamp={at}")}
    assert first.pk not in {one["id"] for one in logged(told, f"?endTimestamp={at}")}


@pytest.mark.parametrize(
    "query",
    [
        "webhookType=order.lost",
        "retryAttemptsMin=-1",
        "retryAttemptsMax=x",
        "lastResponseStatus=99",
        "lastResponseStatus=200,x",
        "startTimestamp=2025-03-04",
        "endTimestamp=2025-02-30T00:00:00Z",
        "startLastRetryTimestamp=soon",
        "endLastRetryTimestamp=2025-03-04T06:12:45",
    ],
)
def test_what_cannot_be_is_refused_by_name(program: Program, query: str) -> None:
    document = assert_refused(program.get(f"/webhook/logs?{query}"), 400, "validation_failed")

    assert [error["field"] for error in document["errors"]] == [query.partition("=")[0]]


def test_it_is_read_in_pages_of_250_at_most(told: Program) -> None:
    page = told.get("/webhook/logs?size=1000").json()

    assert (page["size"], page["total"], page["first"], page["last"]) == (250, 2, True, True)


def test_another_account_and_api_v1_are_not_in_it(
    told: Program, clinic: Organisation, stranger: Program
) -> None:
    builders.endpoint(clinic.account, NOBODY)
    builders.order(chosen=clinic)

    assert logged(stranger) == []
    assert len(logged(told, "?size=250")) == 4


def test_whose_data_it_shows_is_on_record(told: Program, account: Account) -> None:
    logged(told)

    entries = AccessEntry.objects.filter(account_id=account.pk, key_id=told.key.pk)
    assert {entry.order_id is None for entry in entries} == {True, False}
    assert len({entry.patient_id for entry in entries}) == 1


def test_it_costs_the_same_whatever_its_length(
    told: Program, clinic: Organisation, django_assert_max_num_queries
) -> None:
    for _ in range(5):
        builders.order(chosen=clinic)
    work()
    assert Attempt.objects.count() > 8

    with django_assert_max_num_queries(12):
        assert len(logged(told, "?size=100")) > 5
