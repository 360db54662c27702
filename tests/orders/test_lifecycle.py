import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from foundation.ids import public_id
from orders.errors import StepNotAllowed
from orders.lifecycle import advance, onward
from orders.models import Order
from orders.statuses import NEXT, PAUSED, Status
from tests import builders

pytestmark = pytest.mark.django_db

PAUSES = [
    (before, pause)
    for before in (Status.ORDER_PLACED, Status.AWAITING_SHIPMENT)
    for pause in sorted(PAUSED & NEXT[before])
]
# Nothing leads to "waiting for stock" before there is stock.
REACHABLE = [status for status in Status if status is not Status.PENDING_INVENTORY]


@pytest.mark.parametrize("here", REACHABLE)
def test_every_step_of_the_table_is_taken_and_every_other_refused_without_a_trace(here):
    order = builders.order(here)
    allowed = onward(order)

    for to in Status:
        before = order.events.count()
        with transaction.atomic():
            if to in allowed:
                assert advance(order, to, actor=builders.operator()).order.status == to
            else:
                with pytest.raises(StepNotAllowed):
                    advance(order, to, actor=builders.operator())
                order.refresh_from_db()
                assert (order.status, order.events.count()) == (here, before)
            transaction.set_rollback(True)
        order.refresh_from_db()


@pytest.mark.parametrize("here", Status)
def test_the_database_refuses_every_step_that_the_table_does_not_know(here):
    order = _born_in(here)

    for to in Status:
        with transaction.atomic():
            if to == here or to in NEXT[here]:
                _write(order, to)
            else:
                with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                    _write(order, to)
            transaction.set_rollback(True)


@pytest.mark.parametrize(("before", "pause"), PAUSES)
def test_a_paused_order_resumes_only_where_it_was(before, pause):
    order = builders.order(before)
    paused = advance(order, pause, actor=builders.operator()).order

    assert paused.resume_to == before
    assert onward(paused) == {before, Status.UNABLE_TO_FULFILL, Status.VOIDED}


def test_after_a_failed_delivery_a_confirmed_address_means_packing_again():
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY)

    paused = advance(order, Status.RECONFIRM_ADDRESS, actor=builders.operator()).order

    assert paused.resume_to == Status.AWAITING_SHIPMENT


def test_an_order_with_lines_never_goes_straight_to_its_return():
    assert Status.RETURN_ISSUED not in onward(builders.order())


def test_the_time_of_sending_is_set_once_and_survives_a_replacement():
    order = builders.order(Status.DELIVERED)
    first = order.sent_for_fulfilment_at

    again = advance(order, Status.AWAITING_SHIPMENT, actor=builders.operator()).order

    assert first is not None
    assert again.sent_for_fulfilment_at == first


def test_a_stale_copy_does_not_take_a_step_twice():
    order = builders.order()
    stale = Order.objects.get(pk=order.pk)
    advance(order, Status.AWAITING_SHIPMENT, actor=builders.operator())

    with pytest.raises(StepNotAllowed):
        advance(stale, Status.AWAITING_SHIPMENT, actor=builders.operator())


def _born_in(status: Status) -> Order:
    """A row that never took a step: the trigger guards changes, so a row may begin anywhere."""
    order = builders.order()
    order.pk, order.public_id, order.study_id = None, public_id(), None
    order.reference = f"BORN-{status}"
    order.status, order.cancelled_at = status, timezone.now()
    order.sent_for_fulfilment_at = timezone.now()
    order.resume_to = Status.ORDER_PLACED if status in PAUSED else ""
    order.save(force_insert=True)
    return order


def _write(order: Order, status: Status) -> None:
    Order.objects.filter(pk=order.pk).update(
        status=status,
        resume_to=Status.ORDER_PLACED if status in PAUSED else "",
        cancelled_at=timezone.now(),
    )
