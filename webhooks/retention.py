"""How long what was told is kept: bodies for 30 days, the log and the events for 90."""

from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from webhooks.models import Attempt, Delivery, DeliveryState, WebhookEvent

BODIES_ARE_KEPT: Final = timedelta(days=30)
EVENTS_ARE_KEPT: Final = timedelta(days=90)
AT_ONCE: Final = 2000


def remove_old() -> None:
    """In pieces, so that nobody waits; whoever dies in between goes on with the next run."""
    while purge_bodies() == AT_ONCE:
        pass
    while forget_events() == AT_ONCE:
        pass


@transaction.atomic
def purge_bodies() -> int:
    """What was sent and answered is kept no more; what still waits by then is given up."""
    now = timezone.now()
    old = Delivery.objects.filter(purged_at=None, owed_at__lt=now - BODIES_ARE_KEPT)
    old = old.select_for_update(skip_locked=True).order_by("owed_at")
    numbers = list(old.values_list("pk", flat=True)[:AT_ONCE])
    rows = Delivery.objects.filter(pk__in=numbers)
    rows.waiting().update(state=DeliveryState.PARKED, settled_at=now)
    rows.update(body=None, purged_at=now)
    Attempt.objects.filter(delivery__in=numbers).update(
        answered_body=None, sent_headers=[], answered_headers=[]
    )
    return len(numbers)


@transaction.atomic
def forget_events() -> int:
    """Events, what was owed of them and each try, in that order backwards."""
    old = WebhookEvent.objects.filter(happened_at__lt=timezone.now() - EVENTS_ARE_KEPT)
    numbers = list(old.order_by("happened_at").values_list("pk", flat=True)[:AT_ONCE])
    with connection.cursor() as cursor:
        for statement in FORGET:
            cursor.execute(statement, {"events": numbers})
    return len(numbers)


FORGET: Final = (
    """DELETE FROM webhooks_attempt USING webhooks_delivery AS delivery
    WHERE webhooks_attempt.delivery_id = delivery.id AND delivery.event_id = ANY(%(events)s)""",
    "DELETE FROM webhooks_delivery WHERE event_id = ANY(%(events)s)",
    "DELETE FROM webhooks_webhookevent WHERE id = ANY(%(events)s)",
)
