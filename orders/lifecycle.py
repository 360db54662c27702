"""The life of an order, and `advance`, the only way to move.

An order is *placed*. While something is missing it waits: for stock (*waiting for stock*), for an
answer (*information needed*), for its address to be confirmed (*address to confirm*), or because
somebody said stop (*on hold*). From such a pause it resumes where it was.

Releasing makes it *ready to pack*: from then on it counts as sent for fulfilment, for ever. It is
*shipped*, maybe *ready for pick-up* or *failed to be delivered*, and *delivered*; once the parcel
is on its way home, its *return is on its way*. A lost or broken parcel is replaced: the same order
is ready to pack again. What cannot be done *cannot be fulfilled*; what is called off is
*cancelled*, and that is final.

The statuses and the table of legal steps are in `orders.statuses`, because the database guards the
same table.
"""

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from orders import contents, events, news, reserving
from orders.errors import OrderNotFound, StepNotAllowed
from orders.models import EventName, Order, OrderEvent
from orders.news import Turn
from orders.return_lifecycle import follow
from orders.return_statuses import ReturnStatus
from orders.statuses import CALLED_OFF, NEXT, PAUSED, RESUMABLE, Status


@transaction.atomic
def advance(
    order: Order, to: Status, *, actor: Actor, reason: str = "", **facts: int
) -> OrderEvent:
    """Move the order to `to` and record it, or raise StepNotAllowed.

    The row is locked and read again first: the caller's copy may be stale. The event returned
    holds the order as it is now.
    """
    order = locked(order, actor=actor)
    here = Status(order.status)
    if to not in onward(order):
        raise StepNotAllowed(field="status", status=here.label, to=to.label)
    order.resume_to = _resume_point(here) if to in PAUSED else ""
    order.status = to
    turns = _turns(order)
    _move_what_is_inside(order, actor=actor)
    order.save(update_fields=["status", "resume_to", "sent_for_fulfilment_at", "cancelled_at"])
    event = events.record(order, EventName(to.value), actor=actor, reason=reason, facts=facts)
    _move_what_comes_back(order, actor=actor)
    news.tell(order, event, *turns)
    return event


def onward(order: Order) -> frozenset[Status]:
    """The steps that this order may take now."""
    here = Status(order.status)
    if here in PAUSED:
        return (NEXT[here] - RESUMABLE) | {Status(order.resume_to)}
    if here is Status.ORDER_PLACED and not is_for_return_only(order):
        return NEXT[here] - {Status.RETURN_ISSUED}
    return NEXT[here]


def is_for_return_only(order: Order) -> bool:
    """Nothing goes out: the recipient sends something back with a label that came by e-mail."""
    return order.email_label and not order.lines.exists()


def locked(order: Order, *, actor: Actor) -> Order:
    """The order as it is now, locked until the transaction ends."""
    found = (
        Order.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("study", "patient")
        .filter(pk=order.pk)
        .first()
    )
    if found is None:
        raise OrderNotFound
    return found


def _move_what_is_inside(order: Order, *, actor: Actor) -> None:
    """What the order was promised, and what was packed of it, leaves with the parcel, arrives with
    it, or is free for others again. The stock is locked before packed kits and devices.
    """
    if order.status == Status.SHIPPED:
        reserving.send_out(order, new=contents.new_devices(order))
        contents.send_out(order, actor=actor)
    elif order.status == Status.DELIVERED:
        contents.hand_over(order, actor=actor)
    elif order.status in CALLED_OFF:
        reserving.let_go(order)
        contents.put_back(order, actor=actor)


def _move_what_comes_back(order: Order, *, actor: Actor) -> None:
    """The return that was placed with the order goes on with it. A label that went by e-mail is not
    on its way in the parcel.
    """
    placed = frozenset({ReturnStatus.RMA_PLACED})
    if order.status == Status.SHIPPED and not order.email_label:
        follow(order, placed, ReturnStatus.OUTBOUND, actor=actor)
    elif order.status == Status.DELIVERED:
        here = placed | {ReturnStatus.OUTBOUND}
        follow(order, here, ReturnStatus.PENDING_RETURN, actor=actor)
    elif order.status == Status.RETURN_ISSUED:
        follow(order, placed, ReturnStatus.PENDING_RETURN, actor=actor)
    elif order.status in CALLED_OFF:
        follow(order, placed, ReturnStatus.VOIDED, actor=actor)


def _resume_point(here: Status) -> Status:
    """Where a pause will end: after a failed delivery the parcel is packed again."""
    return here if here in RESUMABLE else Status.AWAITING_SHIPMENT


def _turns(order: Order) -> list[Turn]:
    """What is true from now on for the first time and for ever; its time is noted."""
    if order.status == Status.AWAITING_SHIPMENT and order.sent_for_fulfilment_at is None:
        order.sent_for_fulfilment_at = timezone.now()
        return [Turn.SENT_FOR_FULFILMENT]
    if order.status in CALLED_OFF and order.cancelled_at is None:
        order.cancelled_at = timezone.now()
        return [Turn.CALLED_OFF]
    return []
