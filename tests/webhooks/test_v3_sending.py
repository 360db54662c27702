"""What a receiver of API v3 is sent: contracts/v3.md section 6."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.ids import public_id
from orders import fulfilment
from orders.statuses import Status
from patients.commands import archive_patient, describe_patient, register_patient
from portal.api.v3.event_types import TYPES
from portal.api.v3.events import V3Wording
from tests import builders
from tests.webhooks.receiver import Posted, Receiver, Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.account_secret import (
    remove_account_secret,
    replace_account_secret,
    set_account_secret,
)
from webhooks.endpoints import send_test_event
from webhooks.feed import read_feed
from webhooks.log import redeliver
from webhooks.models import Attempt, Delivery, DeliveryState, Pause, WebhookEndpoint, WebhookEvent
from webhooks.schedule import JITTER

pytestmark = pytest.mark.django_db(transaction=True)
DOWN = Reply(500)
MINUTE = timedelta(minutes=1)
SECRET = "Test-Secret-1"


def said(posted: Posted) -> Any:
    return json.loads(posted.body)


def of_type(receiver: Receiver, word: str) -> list[Any]:
    return [said(one) for one in receiver.posted if said(one)["type"] == word]


def test_a_status_is_told_in_short_and_at_length_under_two_ids() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        builders.v3_endpoint(clinic.account, receiver.address, "order_status_full")
        order = builders.order(chosen=clinic)
        work()

    (short,) = of_type(receiver, "order.status")
    (full,) = of_type(receiver, "order.statusFull")
    assert set(short) == set(full) == {"id", "type", "payload"}
    assert short["payload"] == {
        "orderId": order.pk,
        "externalOrderIds": order.client_ids,
        "orderStatusName": "orderPlaced",
        "eventType": "orderPlaced",
        "eventTimestamp": full["payload"]["orderEvents"][0]["eventTimestamp"],
    }
    assert full["payload"]["id"] == order.pk
    assert full["payload"]["patient"]["id"] == order.patient_id
    assert full["payload"]["orderKits"]
    assert short["id"] != full["id"]
    assert all(type(one["id"]) is int and 0 < one["id"] < 2**53 for one in (short, full))


def test_supplies_for_a_site_are_told_too() -> None:
    owner = builders.account()
    with receiving() as receiver:
        builders.v3_endpoint(owner, receiver.address, "order_status_full")
        order = builders.supplies_order(owner)
        work()

    (told,) = map(said, receiver.posted)
    assert told["payload"]["site"]["id"] == order.site_id
    assert "patient" not in told["payload"]


def test_every_status_is_told_and_only_statuses_are() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        order = builders.order(Status.UNABLE_TO_FULFILL, chosen=clinic)
        fulfilment.void_order(order, reason="Over.", actor=builders.operator())
        work()

    told = {said(one)["payload"]["orderStatusName"] for one in receiver.posted}
    assert {"orderPlaced", "unableToFulfill", "voided"} <= told


def test_a_patient_who_came_with_an_order_is_told_as_created_and_then_as_updated() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "patient_created")
        builders.v3_endpoint(clinic.account, receiver.address, "patient_updated")
        order = builders.order(chosen=clinic)
        assert order.patient
        archive_patient(order.patient, actor=builders.staff(owner=clinic.account))
        work()

    (created,) = of_type(receiver, "patient.created")
    (updated,) = of_type(receiver, "patient.updated")
    assert created["payload"]["id"] == updated["payload"]["id"] == order.patient_id
    assert updated["payload"]["archived"] is True
    assert created["payload"]["lastName"] == order.patient.last_name


def test_a_patient_who_is_described_as_before_is_no_news() -> None:
    clinic = builders.organisation()
    actor = builders.staff(clinic, owner=clinic.account)
    wanted = builders.patient_wanted()
    patient = register_patient(wanted, organisation=clinic, public_id=public_id(), actor=actor)

    describe_patient(patient, lambda now: now, actor=actor)

    told = WebhookEvent.objects.filter(channel="patient")
    assert [event.kinds for event in told] == [["patient_created"]]
    assert [event.facts for event in told] == [{"patient": patient.pk}]


def test_two_endpoints_of_one_type_are_each_told_under_the_same_id() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        for path in ("/a", "/b"):
            builders.v3_endpoint(clinic.account, receiver.address + path, "patient_created")
        builders.order(chosen=clinic)
        work()

    assert {one.path for one in receiver.posted} == {"/hooks/a", "/hooks/b"}
    assert len({said(one)["id"] for one in receiver.posted}) == 1


def test_a_message_is_signed_too_and_names_its_id_in_a_header() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        _, secret = builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        builders.order(chosen=clinic)
        work()

    (posted,) = receiver.posted
    assert posted.verified_by(secret)["type"] == "order.status"
    assert posted.message_id == str(said(posted)["id"])
    assert "impilo-webhook-secret" not in posted.headers


def test_the_secret_of_the_account_goes_with_each_message_from_the_next_one_on() -> None:
    clinic = builders.organisation()
    actor = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        set_account_secret(SECRET, actor=actor)
        for change in (
            lambda: None,
            lambda: replace_account_secret("Another-One", actor=actor),
            lambda: remove_account_secret(actor=actor),
        ):
            change()
            builders.order(chosen=clinic)
            work()

    told = [posted.headers.get("impilo-webhook-secret") for posted in receiver.posted]
    assert told == [SECRET, "Another-One", None]
    kept = json.dumps(list(Attempt.objects.values_list("sent_headers", flat=True)))
    assert SECRET not in kept
    assert "Another-One" not in kept
    assert '["Impilo-Webhook-Secret", "\\u2022\\u2022\\u2022"]' in kept


def test_neither_another_account_nor_api_v1_is_sent_the_secret() -> None:
    clinic, other = builders.organisation(), builders.organisation()
    set_account_secret(SECRET, actor=builders.manager(owner=clinic.account))
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.v3_endpoint(other.account, receiver.address, "order_status")
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        builders.order(chosen=other)
        work()

    assert len(receiver.posted) == 2
    assert not any("impilo-webhook-secret" in posted.headers for posted in receiver.posted)


def test_a_failing_receiver_is_tried_after_15_30_and_60_minutes_and_then_no_more() -> None:
    clinic = builders.organisation()
    pauses = []
    with receiving(DOWN) as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        builders.order(chosen=clinic)
        for _ in range(5):
            work()
            delivery = Delivery.objects.get()
            if delivery.state == DeliveryState.WAITING:
                pauses.append(delivery.due_at - timezone.now())
            moved_on()

    assert len(receiver.posted) == 4
    assert Delivery.objects.get().state == DeliveryState.PARKED
    assert len(pauses) == 3
    for pause, minutes in zip(pauses, (15, 30, 60), strict=True):
        assert (minutes - 1) * MINUTE < pause <= minutes * MINUTE * (1 + JITTER)
    assert len({posted.body for posted in receiver.posted}) == 1
    assert len({posted.message_id for posted in receiver.posted}) == 1


def test_what_was_given_up_is_sent_again_by_hand_with_the_same_bytes() -> None:
    clinic = builders.organisation()
    with receiving(DOWN, DOWN, DOWN, DOWN, Reply(200)) as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        builders.order(chosen=clinic)
        for _ in range(4):
            work()
            moved_on()
        redeliver(Delivery.objects.get(), actor=builders.manager(owner=clinic.account))
        work()

    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert len({posted.body for posted in receiver.posted}) == 1


def test_a_later_status_does_not_wait_for_an_earlier_one() -> None:
    clinic = builders.organisation()
    with receiving(DOWN, Reply(200)) as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        order = builders.order(chosen=clinic)
        work()
        fulfilment.hold_order(order, reason="Wait.", actor=builders.operator())
        work()

    assert [said(one)["payload"]["orderStatusName"] for one in receiver.posted] == [
        "orderPlaced",
        "onHold",
    ]


def test_a_receiver_that_is_gone_is_paused() -> None:
    clinic = builders.organisation()
    with receiving(Reply(410)) as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "order_status")
        builders.order(chosen=clinic)
        work()

    assert WebhookEndpoint.objects.get().pause == Pause.GONE


def test_a_test_event_says_that_it_is_one() -> None:
    owner = builders.account()
    with receiving() as receiver:
        endpoint, _ = builders.v3_endpoint(owner, receiver.address, "order_status")
        send_test_event(endpoint, actor=builders.manager(owner=owner))
        work()

    (told,) = map(said, receiver.posted)
    assert told["type"] == "test"
    assert set(told["payload"]) == {"eventTimestamp"}


def test_api_v1_is_told_nothing_new_and_its_feed_has_nothing_new() -> None:
    clinic = builders.organisation()
    builders.v3_endpoint(clinic.account, "http://127.0.0.1:9/hooks", "patient_created")
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.SHIPPED, chosen=clinic)
        assert order.patient
        archive_patient(order.patient, actor=builders.staff(owner=clinic.account))
        builders.supplies_order(clinic.account)
        work()

    told = [said(one)["data"]["attributes"]["event"] for one in receiver.posted]
    assert told == ["SENT_FOR_FULFILMENT", "SHIPPED"]
    assert {said(one)["data"]["attributes"]["reference"] for one in receiver.posted} == {
        order.reference
    }
    everything = [kind for one in TYPES.values() for kind in one.kinds]
    found = read_feed(clinic.account_id, after=0, kinds=everything, studies_only=True, size=100)
    assert {event.channel for event in found} == {"order"}


def test_each_of_the_26_types_has_its_own_word_and_kinds_that_fit_their_column() -> None:
    assert len(TYPES) == 26
    assert len({one.word for one in TYPES.values()}) == 26
    assert all(len(kind) <= 32 for one in TYPES.values() for kind in one.kinds)
    assert all(one.kinds for one in TYPES.values())
    assert V3Wording.offered["shipped"] == "order.status"
