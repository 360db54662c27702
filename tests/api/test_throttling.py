"""How often a caller may call: contracts/v1.md, House decisions, Rate limit."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from organisations.models import Organisation
from portal.api.errors import Refused
from portal.api.throttling import Limit, spend
from portal.jobs import remove_full_buckets
from portal.models import CallBucket
from tests.api.calls import Program, faults, order_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db

# One a minute in the long run: slow enough that nothing drips in while a test runs.
SLOW = Limit(a_minute=1, burst=3)


def passes(caller: str = "somebody", limit: Limit = SLOW) -> bool:
    try:
        spend(caller, limit)
    except Refused:
        return False
    return True


def time_passes(seconds: float) -> None:
    CallBucket.objects.update(full_at=F("full_at") - timedelta(seconds=seconds))


def limited(program: Program, *, a_minute: int, burst: int) -> Program:
    client = program.credentials.client
    client.calls_a_minute, client.burst = a_minute, burst
    client.save()
    return program


def test_a_burst_passes_and_then_one_for_each_drop():
    assert [passes() for _ in range(4)] == [True, True, True, False]

    time_passes(60)
    assert [passes() for _ in range(2)] == [True, False]


def test_what_is_refused_is_not_counted():
    for _ in range(10):
        passes()

    time_passes(61)
    assert passes()


def test_a_bucket_is_never_fuller_than_full():
    passes()

    time_passes(10_000)
    assert [passes() for _ in range(4)] == [True, True, True, False]


def test_callers_do_not_share_a_bucket():
    assert [passes("a") for _ in range(4)][-1] is False
    assert passes("b")


def test_zero_a_minute_is_no_limit_and_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert all(passes(limit=Limit(a_minute=0, burst=0)) for _ in range(5))


def test_a_burst_of_zero_still_lets_one_pass():
    limit = Limit(a_minute=60, burst=0)

    assert [passes(limit=limit) for _ in range(2)] == [True, False]


def test_too_many_calls_are_told_when_to_come_again(clinic: Organisation, program: Program):
    limited(program, a_minute=1, burst=1)
    program.get("/v1/orders")

    answer = program.get("/v1/orders")

    assert_refused(answer, 429)
    assert faults(answer) == {("rate_limited", None)}
    assert 30 <= int(answer["Retry-After"]) <= 60
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


def test_the_wait_is_at_least_a_second(program: Program):
    limited(program, a_minute=120, burst=1)

    answers = [program.get("/v1/orders") for _ in range(5)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer["Retry-After"] for answer in refused} == {"1"}


def test_a_refused_call_does_nothing(clinic: Organisation, program: Program):
    limited(program, a_minute=1, burst=1)
    program.get("/v1/orders")

    assert_refused(program.post(order_body(clinic)), 429)

    time_passes(60)
    assert program.post(order_body(clinic)).status_code == 201


def test_an_unknown_token_costs_nobody_anything(program: Program):
    Client().get("/v1/orders", headers={"Authorization": "Bearer unknown"})

    assert not CallBucket.objects.filter(caller__startswith="client:").exists()


def test_each_client_of_an_account_has_its_own_limit(clinic: Organisation, program: Program):
    limited(program, a_minute=1, burst=1)
    program.get("/v1/orders")

    assert program.get("/v1/orders").status_code == 429
    assert a_program(clinic.account).get("/v1/orders").status_code == 200


def ask_for_token(client_id: str, address: str = "192.0.2.1") -> int:
    body = f"grant_type=client_credentials&client_id={client_id}&client_secret=x"
    form = "application/x-www-form-urlencoded"
    answer = Client().post("/oauth2/token", body, content_type=form, REMOTE_ADDR=address)
    if answer.status_code == 429:
        assert int(answer["Retry-After"]) >= 1
        assert answer.json()["error"] == "temporarily_unavailable"
    return answer.status_code


def test_tokens_are_limited_by_client_and_address():
    tries = Counter(ask_for_token("guessed") for _ in range(80))

    assert tries[401] >= 60
    assert tries[429] >= 1
    assert ask_for_token("guessed", "192.0.2.2") == 401
    assert ask_for_token("another") == 401


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_are_counted_one_by_one():
    results = at_once(20, lambda _: [passes(limit=Limit(1, 30)) for _ in range(3)])

    assert Counter(passed for result in results for passed in result) == {True: 30, False: 30}


def test_the_table_is_unlogged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'portal_callbucket'")
        assert cursor.fetchone() == ("u",)


def test_full_buckets_are_thrown_away():
    passes("full")
    time_passes(3600)
    passes("in use")

    remove_full_buckets(timestamp=0)

    assert list(CallBucket.objects.values_list("caller", flat=True)) == ["in use"]
