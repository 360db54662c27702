"""The order's timeline: one row for each thing that came to be true."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils import timezone

from foundation.actors import Actor
from orders.models import NOTE_LENGTH, EventName, Order, OrderEvent, OrderNote

NO_FACTS: Mapping[str, int] = MappingProxyType({})


def record(
    order: Order,
    name: EventName,
    *,
    actor: Actor,
    reason: str = "",
    note: OrderNote | None = None,
    facts: Mapping[str, int] = NO_FACTS,
) -> OrderEvent:
    """Append an event to the order, in the transaction of the change itself.

    `facts` are ids and codes. A reason in free words may speak of the patient, so it is kept as a
    note, to which the event points.
    """
    if reason:
        note = write_note(order, reason, actor=actor, is_reason=True)
    return OrderEvent.objects.create(
        account_id=order.account_id,
        order=order,
        name=name,
        door=actor.door,
        actor=actor.label[:255],
        actor_user_id=actor.user_id,
        note=note,
        facts=dict(facts),
        request_id=actor.request_id,
        happened_at=timezone.now(),
    )


def write_note(order: Order, text: str, *, actor: Actor, is_reason: bool = False) -> OrderNote:
    return OrderNote.objects.create(
        account_id=order.account_id,
        order=order,
        text=text[:NOTE_LENGTH],
        author=actor.label[:255],
        author_user_id=actor.user_id,
        is_reason=is_reason,
    )
