"""The life of a return, and `advance_return`, the only way to move. What the steps mean is told in
`orders.return_statuses`, which the database's guard shares.
"""

from typing import Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from orders.models import Order, Return, ReturnEvent
from orders.return_errors import ReturnNotFound, ReturnStepNotAllowed
from orders.return_statuses import ENDS, NEXT, ReturnStatus
from webhooks.recording import News, record

CHANNEL: Final = "return"
KIND: Final = "return_"
# What the database changes with the status; the rest of the row is another's business.
CHANGING: Final = ("status", "carrier", "tracking_number", "place", "changed_at")


@transaction.atomic
def advance_return(back: Return, to: ReturnStatus, *, actor: Actor, **columns: object) -> Return:
    """Move the return to `to` and record it, or raise ReturnStepNotAllowed.

    The row is locked and read again first; `columns` change with the status.
    """
    back = locked_return(back, actor=actor)
    here = ReturnStatus(back.status)
    if to not in NEXT[here]:
        raise ReturnStepNotAllowed(field="status", status=here.label, to=to.label)
    back.status = to
    for name, value in columns.items():
        setattr(back, name, value)
    back.save(update_fields=CHANGING)
    if to in ENDS:
        _expect_no_more(back)
    note(back, actor=actor)
    return back


def note(back: Return, *, actor: Actor) -> None:
    """Its status, for its own timeline and for whoever wants to be told."""
    event = ReturnEvent.objects.create(
        account_id=back.account_id,
        whole=back,
        name=back.status,
        actor=actor.label[:255],
        happened_at=timezone.now(),
    )
    news = News(
        channel=CHANNEL,
        reference=str(back.pk),
        kinds=(KIND + back.status,),
        is_of_a_study=False,
        facts={"return": back.pk, "order": back.order_id},
        happened_at=event.happened_at,
    )
    record(news, account_id=back.account_id)


def locked_return(back: Return, *, actor: Actor) -> Return:
    """The return as it is now, locked until the transaction ends."""
    found = (
        Return.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=back.pk).first()
    )
    if found is None:
        raise ReturnNotFound(field="return")
    return found


def follow(order: Order, among: frozenset[ReturnStatus], to: ReturnStatus, *, actor: Actor) -> None:
    """Returns that were placed with the order, and are in one of these statuses, go on with it."""
    for back in order.returns.filter(status__in=among).order_by("pk"):
        advance_return(back, to, actor=actor)


def _expect_no_more(back: Return) -> None:
    now = timezone.now()
    back.devices.filter(ended_at=None).update(ended_at=now)
    back.packed_kits.filter(ended_at=None).update(ended_at=now)
