"""What is kept for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from orders.statuses import Status
from portal import jobs
from tests import builders
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import work
from webhooks import retention
from webhooks.models import Attempt, Delivery, DeliveryState, WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)


def told(*replies: Reply) -> None:
    """Two notifications of one order, as far as these replies let them come."""
    clinic = builders.organisation()
    with receiving(*replies) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.SHIPPED, chosen=clinic)
        work()


def days_pass(days: int) -> None:
    ago = timezone.now() - timedelta(days=days)
    Delivery.objects.update(owed_at=ago)


def test_events_are_forgotten_after_90_days_with_all_that_was_owed_of_them() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        with time_machine.travel(timezone.now() - timedelta(days=91), tick=True):
            builders.order(Status.SHIPPED, chosen=clinic)
        builders.order(Status.SHIPPED, chosen=clinic)
        work()
    before = WebhookEvent.objects.count()

    retention.remove_old()

    assert (before, WebhookEvent.objects.count()) == (8, 4)
    assert (Delivery.objects.count(), Attempt.objects.count()) == (2, 2)


def test_bodies_are_purged_after_30_days_and_what_happened_stays_in_the_log() -> None:
    told(Reply(202, {"X-Kept": "for a while"}, b"thanks"))
    days_pass(31)
    jobs.remove_old_webhooks.defer(timestamp=0)

    work()

    for delivery in Delivery.objects.all():
        assert (delivery.body, delivery.state) == (None, DeliveryState.DELIVERED)
        assert not delivery.may_be_sent_again
    for attempt in Attempt.objects.all():
        assert (attempt.answered_body, attempt.answered_headers) == (None, [])
        assert attempt.status == 202


def test_a_body_of_29_days_is_kept() -> None:
    told(Reply(202, {}, b"thanks"))
    days_pass(29)

    retention.remove_old()

    assert all(bytes(body) for body in Delivery.objects.values_list("body", flat=True))
    assert {bytes(one.answered_body) for one in Attempt.objects.all()} == {b"thanks"}


def test_what_has_waited_for_30_days_is_given_up() -> None:
    told(Reply(503))
    days_pass(31)

    retention.remove_old()

    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.PARKED}


def test_more_than_one_piece_of_old_rows_is_purged_in_one_run(monkeypatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    told(Reply(202))
    days_pass(31)

    retention.remove_old()

    assert not Delivery.objects.filter(purged_at=None).exists()
    assert Delivery.objects.count() == 2
