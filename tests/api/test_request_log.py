"""The log of calls: what is written of whom, that it holds nothing of what was sent, that it never
grows without bound, and that no call fails because of it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from organisations.integrations import Overlap, replace_client_secret, switch_off
from organisations.models import ApiClient, Organisation
from organisations.roles import Scope
from portal import jobs
from portal.api import call_log
from portal.models import ApiCall, CallBucket
from tests import builders
from tests.api.calls import PATIENT, Program, order_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def program(clinic: Organisation) -> Program:
    """One whose token is not in the log any more."""
    made = a_program(clinic.account)
    ApiCall.objects.all().delete()
    return made


def logged() -> list[tuple[str, str, int, str]]:
    return list(ApiCall.objects.order_by("pk").values_list("method", "path", "status", "code"))


def ask(client_id: str, secret: str, **more: str) -> HttpResponse:
    fields = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Client().post("/oauth2/token", urlencode(fields | more), content_type=FORM)


def test_a_call_is_one_row_of_its_program(clinic: Organisation, program: Program):
    answer = program.post(order_body(clinic))

    call = ApiCall.objects.get()
    client = program.credentials.client
    assert (call.account_id, call.client_id, call.key_id) == (clinic.account_id, client.pk, None)
    assert logged() == [("POST", "/v1/orders", 201, "")]
    assert call.request_id == answer["X-Request-Id"]
    assert 0 < call.duration_ms < 60_000
    assert abs(call.at - timezone.now()) < timedelta(minutes=1)


def test_a_request_id_of_the_callers_own_is_kept(program: Program):
    program.get("/v1/orders", X_Request_Id="mine-1")

    assert ApiCall.objects.get().request_id == "mine-1"


def test_the_path_is_a_pattern_and_what_is_asked_for_is_left_out(
    clinic: Organisation, program: Program
):
    builders.order(chosen=clinic, reference="943-476-5919")

    program.get("/v1/orders/943-476-5919")
    program.get("/v1/orders?filter[status]=created&page[size]=7")
    program.get("/v1/orders/of-nobody")

    assert logged() == [
        ("GET", "/v1/orders/{reference}", 200, ""),
        ("GET", "/v1/orders", 200, ""),
        ("GET", "/v1/orders/{reference}", 404, "resource_not_found"),
    ]


def test_nothing_of_what_was_sent_is_in_the_log(clinic: Organisation, program: Program):
    body = order_body(clinic)
    program.post(body)
    program.post(body)
    program.put(body["data"]["attributes"]["reference"], {"patient": {"email": "x@example.org"}})

    kept = json.dumps(list(ApiCall.objects.values()), default=str)

    assert ApiCall.objects.count() == 3
    assert not [one for one in (*PATIENT, "ORD-2025-000123", "x@example.org") if one in kept]
    assert program.token not in kept


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_json"),
        ({"data": {"type": "order", "attributes": {}}}, 400, "validation_failed"),
    ],
)
def test_a_refused_call_is_there_with_the_code_of_its_problem(
    body: Any, status: int, code: str, program: Program
):
    program.post(body)

    assert logged() == [("POST", "/v1/orders", status, code)]


def test_an_answer_given_again_is_a_call_too(clinic: Organisation, program: Program):
    for _ in range(2):
        program.post(order_body(clinic), Idempotency_Key="one")

    assert [status for _, _, status, _ in logged()] == [201, 201]


def test_who_is_not_known_leaves_nothing(program: Program):
    Client().get("/v1/orders")
    Client().get("/v1/orders", headers={"Authorization": "Bearer unknown"})
    program.get("/v1/nothing")
    program.call("DELETE", "/v1/orders")
    Client().get("/")
    ask("nobody", "nothing")

    assert logged() == []


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_ours_is_there(program: Program):
    program.client.raise_request_exception = False
    with broken_table("orders_order"):
        answer = program.get("/v1/orders")

    assert answer.status_code == 500
    assert logged() == [("GET", "/v1/orders", 500, "internal_error")]


@contextmanager
def broken_table(name: str) -> Iterator[None]:
    """Within, whoever reads or writes the table fails."""

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        broken = sql.replace(f'"{name}"', "broken").replace(f"INTO {name}", "INTO broken")
        return execute(broken, params, many, context)

    with connection.execute_wrapper(fail):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_log_that_cannot_be_written_fails_no_call(
    clinic: Organisation, program: Program, caplog: pytest.LogCaptureFixture
):
    with broken_table("portal_apicall"):
        answer = program.post(order_body(clinic))

    assert answer.status_code == 201
    assert logged() == []
    assert "api_call_not_logged" in caplog.text
    assert program.get("/v1/orders").status_code == 200


def exhaust(program: Program) -> None:
    client = program.credentials.client
    client.calls_a_minute, client.burst = 1, 1
    client.save()


def test_of_calls_that_are_too_many_one_a_minute_is_written(program: Program):
    exhaust(program)

    for _ in range(5):
        program.get("/v1/orders")
    CallBucket.objects.filter(caller__startswith="log:").update(
        full_at=timezone.now() - timedelta(seconds=1)
    )
    for _ in range(5):
        program.get("/v1/orders")

    assert [status for _, _, status, _ in logged()] == [200, 429, 429]
    assert logged()[-1][-1] == "rate_limited"


def test_of_calls_without_the_scope_one_a_minute_is_written(clinic: Organisation):
    other = a_program(clinic.account, Scope.STUDIES)
    ApiCall.objects.all().delete()

    for _ in range(5):
        assert_refused(other.get("/v1/orders"), 403)

    assert logged() == [("GET", "/v1/orders", 403, "forbidden")]


def test_asking_for_a_token_is_there(clinic: Organisation):
    made = builders.api_client(clinic.account)

    ask(made.client.client_id, made.secret)
    ask(made.client.client_id, made.secret, scope="events")

    assert logged() == [
        ("POST", "/oauth2/token", 200, ""),
        ("POST", "/oauth2/token", 400, "invalid_scope"),
    ]
    assert {call.client_id for call in ApiCall.objects.all()} == {made.client.pk}


def test_of_tries_with_a_wrong_secret_one_a_minute_is_written(clinic: Organisation):
    made = builders.api_client(clinic.account)

    for number in range(5):
        assert ask(made.client.client_id, f"wrong {number}").status_code == 401

    assert logged() == [("POST", "/oauth2/token", 401, "invalid_client")]
    made.client.refresh_from_db()
    assert (made.client.last_used_at, made.client.secret_used_at) == (None, None)


def test_a_client_that_is_off_or_expired_finds_its_tries_in_the_log(clinic: Organisation):
    made = builders.api_client(clinic.account)
    switch_off(made.client, actor=builders.administrator())

    assert ask(made.client.client_id, made.secret).status_code == 401

    assert logged() == [("POST", "/oauth2/token", 401, "invalid_client")]


def test_of_calls_with_a_token_that_has_ended_one_a_minute_is_written(program: Program):
    AccessToken.objects.update(expires=timezone.now())
    ApiClient.objects.update(last_used_at=None)

    answers = [program.get("/v1/orders") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {401}
    assert logged() == [("GET", "/v1/orders", 401, "unauthenticated")]
    call, client = ApiCall.objects.get(), ApiClient.objects.get()
    assert (call.client_id, call.request_id) == (client.pk, answers[0]["X-Request-Id"])
    assert client.last_used_at is None


def test_both_secrets_get_tokens_and_each_has_its_last_use(clinic: Organisation):
    made = builders.api_client(clinic.account)
    ask(made.client.client_id, made.secret)
    renewed, fresh = replace_client_secret(
        made.client, overlap=Overlap.A_WEEK, actor=builders.administrator()
    )
    assert renewed.old_secret_used_at is not None

    old = ask(made.client.client_id, made.secret)
    renewed.refresh_from_db()
    used_before = renewed.secret_used_at
    new = ask(made.client.client_id, fresh)

    renewed.refresh_from_db()
    assert (old.status_code, new.status_code) == (200, 200)
    assert (used_before, renewed.secret_used_at is None) == (None, False)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert ask(made.client.client_id, made.secret).status_code == 401
        assert ask(made.client.client_id, fresh).status_code == 200


def test_an_expired_client_gets_no_token_and_its_living_ones_stop(program: Program):
    client = program.credentials.client
    assert program.get("/v1/orders").status_code == 200

    ApiClient.objects.update(expires_at=timezone.now())

    assert ask(client.client_id, program.credentials.secret).status_code == 401
    assert_refused(program.get("/v1/orders"), 401)


def test_switched_off_and_on_a_client_must_ask_for_another_token(program: Program):
    client, administrator = program.credentials.client, builders.administrator()
    switch_off(client, actor=administrator)

    ApiClient.objects.update(is_active=True)

    assert_refused(program.get("/v1/orders"), 401)
    assert ask(client.client_id, program.credentials.secret).status_code == 200


def age(calls: Any, days: float) -> None:
    calls.update(at=timezone.now() - timedelta(days=days))


def test_calls_are_forgotten_after_30_days(program: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(call_log, "BATCH", 2)
    for _ in range(7):
        program.get("/v1/orders")
    ids = list(ApiCall.objects.order_by("pk").values_list("pk", flat=True))
    age(ApiCall.objects.filter(pk__in=ids[:5]), 30.1)
    age(ApiCall.objects.filter(pk__in=ids[5:]), 29.9)

    jobs.remove_old_calls(timestamp=0)

    assert list(ApiCall.objects.order_by("pk").values_list("pk", flat=True)) == ids[5:]


@pytest.mark.django_db(transaction=True)
def test_writing_a_row_does_not_wait_for_the_disk_and_nothing_else_is_so(program: Program):
    alone = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "portal_apicall" in sql:
            assert "set_config('synchronous_commit', 'off', true)" in sql
            alone.append(not connection.in_atomic_block)
        return execute(sql, params, many, context)

    with connection.cursor() as cursor, connection.execute_wrapper(note):
        cursor.execute("SET synchronous_commit = 'on'")
        program.get("/v1/orders")
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)

    assert alone == [True]
