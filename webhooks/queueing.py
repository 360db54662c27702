"""The queue in the database: who may drain an endpoint, which deliveries are due, and when the next
ones are. How a try went is kept by `outcomes`; nothing here goes over the network.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from webhooks.models import Delivery, WebhookEndpoint
from webhooks.recording import wake
from webhooks.wording import Wording

IN_FLIGHT: Final = 5
CLAIMED_AT_ONCE: Final = 4 * IN_FLIGHT
# All that is claimed at once is through before, even if every receiver takes its ten seconds.
LEASE: Final = datetime.timedelta(seconds=60)
OVERDUE: Final = datetime.timedelta(seconds=30)

# What an earlier delivery of the same stream keeps waiting is not due, whatever it says.
DUE: Final = """
FROM webhooks_delivery AS delivery
WHERE delivery.endpoint_id = %(endpoint)s AND delivery.state = 'waiting'
    AND NOT (%(is_ordered)s AND EXISTS (
        SELECT FROM webhooks_delivery AS earlier
        WHERE earlier.endpoint_id = delivery.endpoint_id AND earlier.state = 'waiting'
            AND earlier.channel = delivery.channel AND earlier.reference = delivery.reference
            AND earlier.sequence < delivery.sequence))
"""
CLAIM: Final = f"""
SELECT delivery.id {DUE}
    AND delivery.due_at <= %(now)s
    AND (delivery.claimed_until IS NULL OR delivery.claimed_until <= %(now)s)
ORDER BY delivery.due_at, delivery.id
LIMIT %(limit)s
FOR UPDATE OF delivery SKIP LOCKED
"""
NEXT: Final = f"""
SELECT greatest(delivery.due_at, delivery.claimed_until) {DUE}
ORDER BY delivery.due_at, delivery.id
LIMIT 1
"""
HOLD: Final = """
UPDATE webhooks_delivery AS delivery
SET body = coalesce(delivery.body, held.body), claimed_until = %(until)s
FROM unnest(%(id)s::bigint[], %(body)s::bytea[]) AS held (id, body)
WHERE delivery.id = held.id
"""
# One that is running has them done; what they were put there for is committed.
FORGET_WAKES: Final = """
DELETE FROM procrastinate_jobs
WHERE status = 'todo' AND task_name = 'portal.jobs.drain_webhooks'
    AND (args ->> 'endpoint')::bigint = %(endpoint)s
"""


@dataclass(frozen=True)
class Claimed:
    """Deliveries in hand, their events beside them, and the endpoint as it was then."""

    endpoint: WebhookEndpoint
    deliveries: list[Delivery]


def begin(endpoint: int) -> bool:
    """Whether this job may send to the endpoint: one does at a time, and whoever comes meanwhile
    is not needed, because the one that is running looks again before it ends.
    """
    now = timezone.now()
    free = WebhookEndpoint.objects.filter(pk=endpoint).exclude(drained_until__gt=now)
    return bool(free.update(drained_until=now + LEASE))


@transaction.atomic
def claim(endpoint: int, url: str, wording: Wording) -> Claimed | None:
    """Take what is due, with its body, until the lease ends; None when nothing is to be sent to
    this address now.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(FORGET_WAKES, {"endpoint": endpoint})
    receiver = WebhookEndpoint.objects.with_account_secret().get(pk=endpoint)
    if receiver.url != url or not receiver.may_be_sent_to(now):
        return None
    values: dict[str, Any] = {
        "endpoint": endpoint,
        "is_ordered": wording.is_ordered,
        "now": now,
        "limit": 1 if receiver.failing_since else CLAIMED_AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        numbers = [row[0] for row in cursor.fetchall()]
    if not numbers:
        return None
    found = Delivery.objects.filter(pk__in=numbers).select_related("event").order_by("due_at", "pk")
    deliveries = list(found)
    WebhookEndpoint.objects.filter(pk=endpoint).update(drained_until=now + LEASE)
    _hold(deliveries, _bodies(receiver, deliveries, wording), until=now + LEASE)
    return Claimed(receiver, deliveries)


def _bodies(
    endpoint: WebhookEndpoint, deliveries: Sequence[Delivery], wording: Wording
) -> list[bytes]:
    """What is told is settled at the first try, and the same bytes go out ever after."""
    unwritten = [delivery for delivery in deliveries if delivery.body is None]
    written = wording.bodies([delivery.event for delivery in unwritten], endpoint)
    for delivery, body in zip(unwritten, written, strict=True):
        delivery.body = body
    return [bytes(delivery.body or b"") for delivery in deliveries]


def _hold(
    deliveries: Sequence[Delivery], bodies: Sequence[bytes], *, until: datetime.datetime
) -> None:
    values: dict[str, Any] = {
        "id": [delivery.pk for delivery in deliveries],
        "body": bodies,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, values)


def finish(endpoint: int, wording: Wording) -> None:
    """Let the next job in, and see to it that there is one when something is due.

    In this order: a job that found the endpoint taken has its deliveries committed, so they are
    seen here after the endpoint is free.
    """
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint).update(drained_until=None)
    with transaction.atomic(), connection.cursor() as cursor:
        receiver = WebhookEndpoint.objects.get(pk=endpoint)
        cursor.execute(FORGET_WAKES, {"endpoint": endpoint})
        cursor.execute(NEXT, {"endpoint": endpoint, "is_ordered": wording.is_ordered})
        found = cursor.fetchone()
        if found is not None and receiver.is_open:
            at = max(found[0], receiver.waits_until or found[0])
            wake([endpoint], at=at if at > timezone.now() else None)


def wake_overdue() -> None:
    """A job for each endpoint that is owed something for a while already, and was not looked at."""
    now = timezone.now()
    forgotten = (
        WebhookEndpoint.objects.present()
        .filter(paused_at=None)
        .exclude(drained_until__gt=now)
        .exclude(waits_until__gt=now)
        .filter(
            Exists(
                Delivery.objects.waiting().filter(
                    endpoint=OuterRef("pk"), due_at__lte=now - OVERDUE
                )
            )
        )
    )
    wake(list(forgotten.values_list("pk", flat=True)))
