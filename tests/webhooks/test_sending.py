"""What a real worker sends to a real receiver."""

import json

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from orders import fulfilment
from orders.commands import add_note, cancel_order
from orders.statuses import Status
from tests import builders
from tests.webhooks.receiver import receiving
from tests.webhooks.working import events_in, work
from webhooks.models import Attempt, Delivery, DeliveryState, WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_happens_to_an_order_is_posted_in_its_order_and_signed() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        _, secret = builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.DELIVERED, chosen=clinic)
        work()

    told = [posted.verified_by(secret)["data"] for posted in receiver.posted]
    assert [one["attributes"]["event"] for one in told] == [
        "SENT_FOR_FULFILMENT",
        "SHIPPED",
        "DELIVERED",
    ]
    assert {one["attributes"]["reference"] for one in told} == {order.reference}
    assert {posted.path for posted in receiver.posted} == {"/hooks"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    assert Attempt.objects.count() == 3


def test_the_document_is_that_of_the_contract_and_holds_nothing_of_a_person() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    (posted,) = receiver.posted
    event = WebhookEvent.objects.get(kinds__contains=["sent_for_fulfilment"])
    document = json.loads(posted.body)
    assert document == {
        "data": {
            "type": "OrderEvent",
            "id": str(event.message_id),
            "attributes": {
                "event": "SENT_FOR_FULFILMENT",
                "reference": order.reference,
                "patientReference": order.patient.reference,
                "occurredAt": document["data"]["attributes"]["occurredAt"],
            },
        }
    }
    assert posted.message_id == str(event.message_id)
    assert posted.headers["content-type"] == "application/json"
    text = posted.body.decode()
    for private in (order.patient.full_name, order.patient.email, order.address.postcode):
        assert private not in text


def test_an_endpoint_is_told_of_what_it_chose_only() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address, "called_off")
        order = builders.order(chosen=clinic)
        cancel_order(order, reason="Not needed.", actor=builders.integrator(clinic.account))
        builders.order(Status.SHIPPED, chosen=clinic)
        work()

    assert events_in(receiver.posted) == ["CANCELLED"]


def test_cancelled_is_told_once_although_the_order_is_given_up_and_then_voided() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.UNABLE_TO_FULFILL, chosen=clinic)
        fulfilment.void_order(order, reason="Over.", actor=builders.operator())
        work()

    assert events_in(receiver.posted) == ["CANCELLED"]


def test_one_event_is_written_for_each_change_of_state_and_none_for_a_note() -> None:
    order = builders.order(Status.DELIVERED)
    add_note(order, "Called.", actor=builders.operator())

    events = WebhookEvent.objects.filter(channel="order").order_by("sequence")
    assert [(event.sequence, event.kinds) for event in events] == [
        (1, ["order_placed"]),
        (2, ["awaiting_shipment", "sent_for_fulfilment"]),
        (3, ["shipped"]),
        (4, ["delivered"]),
    ]


def test_a_change_that_is_rolled_back_leaves_no_event_no_delivery_and_no_job() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        order = builders.order(chosen=clinic)
        before = WebhookEvent.objects.count()

        with pytest.raises(LookupError), transaction.atomic():
            release_and_fail(order)

    assert WebhookEvent.objects.count() == before
    assert not Delivery.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="portal.jobs.drain_webhooks").exists()


def test_another_account_is_told_nothing() -> None:
    clinic, stranger = builders.organisation(), builders.account()
    with receiving() as receiver:
        builders.endpoint(stranger, receiver.address)
        builders.order(Status.SHIPPED, chosen=clinic)
        work()

    assert receiver.posted == []


def test_a_supplies_order_is_no_news_for_v1() -> None:
    account = builders.account()
    with receiving() as receiver:
        builders.endpoint(account, receiver.address)
        order = builders.supplies_order(account)
        fulfilment.release_order(order, actor=builders.operator())
        work()

    assert receiver.posted == []
    assert WebhookEvent.objects.count() == 2


def release_and_fail(order) -> None:
    fulfilment.release_order(order, actor=builders.operator())
    raise LookupError
