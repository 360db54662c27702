"""How far behind the sending of notifications is, in numbers that name nobody."""

import datetime
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from webhooks.models import Delivery, WebhookEndpoint

# Nobody needs to know more exactly.
COUNTED_AT_MOST: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What could be sent now and is not yet, and the endpoints that are in trouble. What waits for
    a paused endpoint counts as nothing: it waits for somebody.
    """

    due: int
    oldest_due_at: datetime.datetime | None
    failing_endpoints: int
    paused_endpoints: int


def backlog() -> Backlog:
    """In three queries, each of rows that are in trouble or in waiting."""
    now = timezone.now()
    endpoints = WebhookEndpoint.objects.present().aggregate(
        failing=Count("pk", filter=Q(failing_since__isnull=False, paused_at=None)),
        paused=Count("pk", filter=Q(paused_at__isnull=False)),
    )
    due = Delivery.objects.waiting().filter(
        due_at__lte=now, endpoint__removed_at=None, endpoint__paused_at=None
    )
    return Backlog(
        due=len(due.values_list("pk")[:COUNTED_AT_MOST]),
        oldest_due_at=due.aggregate(oldest=Min("due_at"))["oldest"],
        failing_endpoints=endpoints["failing"],
        paused_endpoints=endpoints["paused"],
    )
