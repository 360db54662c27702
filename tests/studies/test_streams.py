"""An order and its study are told in one stream, whoever tells: events are counted without gaps."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from orders import fulfilment
from orders.statuses import Status
from studies.news import tell
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_and_its_study_that_move_at_once_are_both_told():
    order = builders.order(Status.AWAITING_SHIPMENT)

    assert _both_at_once(order) == []

    assert _places(order) == [1, 2, 3, 4]


def test_without_the_lock_one_of_the_two_would_be_lost(monkeypatch):
    """The control: the two then ask for the same place, both at the moment when they tell."""
    orders = [builders.order(Status.AWAITING_SHIPMENT) for _ in range(10)]
    ready = Barrier(2, timeout=20)

    def tell_at_the_same_moment(*told, **at):
        ready.wait()
        tell(*told, **at)

    monkeypatch.setattr("orders.news.lock_stream", lambda study_id: ready.wait())
    monkeypatch.setattr("studies.activation.tell", tell_at_the_same_moment)

    assert any(_both_at_once(order) for order in orders)


def _both_at_once(order) -> list[Exception]:
    barrier, failed = Barrier(2, timeout=20), []
    operator, born = builders.operator(), order.patient.date_of_birth

    def act(what):
        try:
            barrier.wait()
            what()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test asks
            failed.append(error)
        finally:
            connection.close()

    def ship():
        fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)

    threads = [
        Thread(target=act, args=[what])
        for what in (ship, lambda: studying.activate(order.study, born=born))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failed


def _places(order) -> list[int]:
    events = WebhookEvent.objects.filter(channel="order", reference=order.reference)
    return list(events.order_by("sequence").values_list("sequence", flat=True))
