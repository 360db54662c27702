"""Having a delivery made again, for one and for all that are looked for."""

import datetime

import pytest
from django.utils import timezone

from foundation.errors import Forbidden
from orders.statuses import Status
from tests import builders
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import work
from webhooks.endpoints import pause_endpoint, remove_endpoint
from webhooks.errors import BodyIsPurged, DeliveryNotFound, EndpointIsPaused, EndpointNotFound
from webhooks.log import DeliveryFilter, Outcome, redeliver, redeliver_all
from webhooks.models import Attempt, Delivery, DeliveryState

pytestmark = pytest.mark.django_db(transaction=True)

DOWN, FINE = Reply(500), Reply(202)


def test_redelivering_sends_the_same_bytes_under_the_same_id_and_says_by_whom() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        redeliver(Delivery.objects.get(), actor=boss)
        work()

    first, second = receiver.posted
    assert (first.message_id, first.body) == (second.message_id, second.body)
    by_whom = Attempt.objects.order_by("number").values_list("number", "redelivered_by")
    assert list(by_whom) == [(1, ""), (2, boss.label)]


def test_a_delivery_that_was_given_up_begins_anew_with_all_its_tries() -> None:
    clinic = builders.organisation()
    with receiving(DOWN) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        Delivery.objects.update(tries=8, state=DeliveryState.PARKED, settled_at=timezone.now())
        redeliver(Delivery.objects.get(), actor=builders.manager(owner=clinic.account))
        work()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.round_began) == (DeliveryState.WAITING, 9, 8)
    assert delivery.due_at > timezone.now()


def test_all_that_failed_since_then_are_sent_and_nothing_else() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    began = timezone.now()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        for number in range(4):
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference=f"A-{number}")
        work()
        failed = Delivery.objects.filter(reference__in=["A-1", "A-2"])
        failed.update(state=DeliveryState.PARKED)
        failed.filter(reference="A-1").update(owed_at=began - datetime.timedelta(days=1))
        wanted = DeliveryFilter(outcome=Outcome.PARKED, since=began)

        number = redeliver_all(wanted, actor=boss)
        before = len(receiver.posted)
        work()

    assert number == 1
    assert len(receiver.posted) == before + 1
    assert Delivery.objects.get(state=DeliveryState.PARKED).reference == "A-1"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (DeliveryFilter(), 4),
        (DeliveryFilter(kind="shipped"), 2),
        (DeliveryFilter(kind="sent_for_fulfilment"), 2),
        (DeliveryFilter(reference="A-1"), 2),
        (DeliveryFilter(reference="a-1"), 0),
        (DeliveryFilter(outcome=Outcome.DELIVERED), 4),
        (DeliveryFilter(outcome=Outcome.RETRYING), 0),
        (DeliveryFilter(outcome=Outcome.DELIVERED, reference="B-1", kind="shipped"), 1),
        (DeliveryFilter(until=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)), 0),
        (DeliveryFilter(since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)), 4),
    ],
)
def test_deliveries_are_found_by_event_order_outcome_and_time(wanted, found) -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        for reference in ("A-1", "B-1"):
            builders.order(Status.SHIPPED, chosen=clinic, reference=reference)
        work()

    assert Delivery.objects.filter(wanted.having).count() == found


def test_who_may_not_manage_programs_redelivers_nothing() -> None:
    clinic = builders.organisation()
    delivery = a_delivery(clinic)

    for actor in (builders.staff(owner=clinic.account), builders.integrator(clinic.account)):
        with pytest.raises(Forbidden):
            redeliver(delivery, actor=actor)
        with pytest.raises(Forbidden):
            redeliver_all(DeliveryFilter(), actor=actor)


def test_another_account_s_delivery_is_not_there() -> None:
    delivery = a_delivery(builders.organisation())
    stranger = builders.manager(owner=builders.account())

    with pytest.raises(DeliveryNotFound):
        redeliver(delivery, actor=stranger)
    assert redeliver_all(DeliveryFilter(), actor=stranger) == 0


def test_what_cannot_be_sent_is_refused_with_its_reason() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    delivery = a_delivery(clinic)
    Delivery.objects.update(purged_at=timezone.now(), body=None)
    with pytest.raises(BodyIsPurged):
        redeliver(delivery, actor=boss)
    Delivery.objects.update(purged_at=None)
    pause_endpoint(delivery.endpoint, actor=boss)
    with pytest.raises(EndpointIsPaused):
        redeliver(delivery, actor=boss)
    remove_endpoint(delivery.endpoint, actor=boss)
    with pytest.raises(EndpointNotFound):
        redeliver(delivery, actor=boss)

    assert redeliver_all(DeliveryFilter(), actor=boss) == 0


def a_delivery(clinic) -> Delivery:
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
    return Delivery.objects.select_related("endpoint").get()
