"""Idempotency-Key: DESIGN section 8 and contracts/v1.md, House decisions."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from orders.models import Order, OrderEvent
from organisations.models import Organisation
from portal.api import idempotency
from portal.jobs import remove_old_answers
from portal.models import StoredAnswer
from tests.api.calls import PATIENT, Program, faults, order_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db


def test_the_same_request_again_is_answered_again_and_not_done_again(
    clinic: Organisation, program: Program
):
    body = order_body(clinic)
    first = program.post(body, Idempotency_Key="one")

    second = program.post(body, Idempotency_Key="one")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Location"] == first["Location"]
    assert second["Content-Type"] == "application/json"
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")
    assert (Order.objects.count(), OrderEvent.objects.count()) == (1, 1)


def test_another_body_under_the_same_key_is_refused(clinic: Organisation, program: Program):
    program.post(order_body(clinic), Idempotency_Key="one")

    answer = program.post(order_body(clinic, reference="B"), Idempotency_Key="one")

    assert_refused(answer, 422)
    assert faults(answer) == {("idempotency_key_reused", "Idempotency-Key")}
    assert Order.objects.count() == 1


def test_a_body_that_is_not_even_json_is_refused_by_its_key_first(
    clinic: Organisation, program: Program
):
    program.post(order_body(clinic), Idempotency_Key="one")

    assert_refused(program.post(b"{", Idempotency_Key="one"), 422)


def test_what_was_refused_is_not_kept(clinic: Organisation, program: Program):
    body = order_body(clinic)
    wrong = order_body(clinic, emitOn="never")

    refused = program.post(wrong, Idempotency_Key="one")

    assert refused.status_code == 400
    assert not StoredAnswer.objects.exists()
    assert program.post(body, Idempotency_Key="one").status_code == 201


def test_a_conflict_is_not_kept_either(clinic: Organisation, program: Program):
    program.post(order_body(clinic))

    answer = program.post(order_body(clinic), Idempotency_Key="one")

    assert answer.status_code == 409
    assert not StoredAnswer.objects.exists()


def test_callers_do_not_share_their_keys(clinic: Organisation, program: Program):
    colleague = a_program(clinic.account)
    program.post(order_body(clinic), Idempotency_Key="one")

    answer = colleague.post(order_body(clinic, reference="B"), Idempotency_Key="one")

    assert answer.status_code == 201


def test_without_a_key_nothing_is_kept(clinic: Organisation, program: Program):
    program.post(order_body(clinic))

    assert not StoredAnswer.objects.exists()


def test_a_key_of_255_characters_is_taken(clinic: Organisation, program: Program):
    answer = program.post(order_body(clinic), Idempotency_Key="~" * 255)

    assert answer.status_code == 201


def test_of_key_and_request_only_hashes_are_kept(clinic: Organisation, program: Program):
    program.post(order_body(clinic), Idempotency_Key="secret-key")

    kept = str(StoredAnswer.objects.values().get())
    for told in ("secret-key", *PATIENT):
        assert told not in kept


def test_a_change_does_not_look_at_the_key(clinic: Organisation, program: Program):
    program.post(order_body(clinic))
    change = {"patient": {"email": "a@example.org"}}

    answers = [program.put("ORD-2025-000123", change, Idempotency_Key="one") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert not StoredAnswer.objects.exists()


def test_a_key_is_forgotten_after_48_hours(clinic: Organisation, program: Program):
    program.post(order_body(clinic), Idempotency_Key="one")

    with time_machine.travel(timezone.now() + timedelta(hours=47, minutes=59)):
        remove_old_answers(timestamp=0)
        assert StoredAnswer.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=48, minutes=1)):
        remove_old_answers(timestamp=0)
        assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_equal_requests_at_once_one_is_done(clinic: Organisation, program: Program):
    body = order_body(clinic)

    answers = at_once(
        12, lambda _: Program(program.credentials, program.token).post(body, Idempotency_Key="one")
    )

    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in done) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert faults(answer) == {("idempotency_key_in_use", "Idempotency-Key")}
            assert answer["Retry-After"] == "1"
    assert (Order.objects.count(), StoredAnswer.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_while_the_first_request_runs_the_second_is_told_to_wait(
    clinic: Organisation, program: Program
):
    body = order_body(clinic)
    second: list[HttpResponse] = []

    def first_answer() -> HttpResponse:
        second.extend(at_once(1, lambda _: program.post(body, Idempotency_Key="one")))
        return HttpResponse("done")

    idempotency.once(
        "one",
        caller=f"client:{program.credentials.client.pk}",
        fingerprint="of the first request",
        answer=first_answer,
    )

    assert_refused(second[0], 409)
    assert second[0]["Retry-After"] == "1"
    assert_refused(program.post(body, Idempotency_Key="one"), 422)


@pytest.mark.django_db(transaction=True)
def test_what_failed_half_way_leaves_neither_order_nor_answer(
    clinic: Organisation, program: Program
):
    class Broken(Exception):
        pass

    def place_and_break():
        assert program.post(order_body(clinic)).status_code == 201
        raise Broken

    with pytest.raises(Broken):
        idempotency.once("one", caller="client:0", fingerprint="", answer=place_and_break)

    assert not Order.objects.exists()
    assert not StoredAnswer.objects.exists()
    assert not connection.in_atomic_block
