"""The same bytes each time, an order's events in their order, and how many go out at once."""

import json
import threading
import time

import pytest

from orders.statuses import Status
from tests import builders
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.models import Attempt, Delivery, DeliveryState, WebhookEndpoint

pytestmark = pytest.mark.django_db(transaction=True)

DOWN = Reply(503)
FINE = Reply(202)


def test_every_try_sends_the_same_id_and_the_same_bytes_whatever_changed_since() -> None:
    clinic = builders.organisation()
    with receiving(DOWN, DOWN, FINE) as receiver:
        _, secret = builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        type(order.patient).objects.filter(pk=order.patient.pk).update(reference="OTHER")
        for _ in range(2):
            moved_on()
            work()

    assert len(receiver.posted) == 3
    assert len({posted.message_id for posted in receiver.posted}) == 1
    assert len({posted.body for posted in receiver.posted}) == 1
    assert all(posted.verified_by(secret) for posted in receiver.posted)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == (DeliveryState.DELIVERED, 3)
    tries = Attempt.objects.order_by("number").values_list("number", "status")
    assert list(tries) == [(1, 503), (2, 503), (3, 202)]


def test_later_events_of_an_order_wait_for_the_earlier_one_and_other_orders_do_not() -> None:
    clinic = builders.organisation()
    first_of_one = []

    def decide(posted):
        said = json.loads(posted.body)["data"]["attributes"]
        if said["reference"] == "A-1" and not first_of_one:
            first_of_one.append(posted)
            return DOWN
        return FINE

    with receiving(decide=decide) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.SHIPPED, chosen=clinic, reference="A-1")
        builders.order(Status.SHIPPED, chosen=clinic, reference="B-1")
        work()
        before = [said(one) for one in receiver.posted]
        moved_on()
        work()

    assert before.count(("A-1", "SENT_FOR_FULFILMENT")) == 1
    assert ("A-1", "SHIPPED") not in before
    assert {("B-1", "SENT_FOR_FULFILMENT"), ("B-1", "SHIPPED")} <= set(before)
    assert [said(one) for one in receiver.posted][len(before) :] == [
        ("A-1", "SENT_FOR_FULFILMENT"),
        ("A-1", "SHIPPED"),
    ]


def said(posted) -> tuple[str, str]:
    attributes = json.loads(posted.body)["data"]["attributes"]
    return attributes["reference"], attributes["event"]


def test_no_more_than_five_are_in_flight_and_one_while_the_endpoint_fails() -> None:
    clinic = builders.organisation()
    gauge = Gauge()
    with receiving(decide=gauge) as receiver:
        made = builders.endpoint(clinic.account, receiver.address).endpoint
        for _ in range(15):
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        healthy = gauge.most
        gauge.most = 0
        WebhookEndpoint.objects.filter(pk=made.pk).update(failing_since=made.created_at)
        gauge.reply = DOWN
        for _ in range(4):
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    assert healthy == 5
    assert gauge.most == 1


class Gauge:
    """How many messages were being answered at once."""

    def __init__(self) -> None:
        self.lock, self.now, self.most, self.reply = threading.Lock(), 0, 0, FINE

    def __call__(self, posted) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.1)
        with self.lock:
            self.now -= 1
        return self.reply
