"""How it goes with an endpoint, in figures, and what a delivery waits for: one query each."""

from typing import Final

from django.db.models import Count, Q

from portal.api.wordings import WORDINGS
from portal.developers.webhooks.endpoint_words import number_of, rate_of
from webhooks.models import Attempt, Delivery, DeliveryState, Dialect, WebhookEndpoint

TRIES_COUNTED: Final = 1000
WAITING_COUNTED: Final = 5000


def success_rate(endpoint: WebhookEndpoint) -> str:
    """Of the newest tries; empty when there is none yet."""
    newest = Attempt.objects.filter(endpoint=endpoint).order_by("-pk")[:TRIES_COUNTED]
    counted = newest.aggregate(
        tries=Count("pk"), successes=Count("pk", filter=Q(status__gte=200, status__lt=300))
    )
    return rate_of(**counted)


def how_many_wait(endpoint: WebhookEndpoint) -> str:
    waiting = Delivery.objects.waiting().filter(endpoint=endpoint)
    counted = waiting[: WAITING_COUNTED + 1].count()
    return number_of(counted, at_most=WAITING_COUNTED, one="message", more="messages")


def is_behind(delivery: Delivery) -> bool:
    """Whether an earlier message of the same order has to arrive first."""
    is_ordered = WORDINGS[Dialect(delivery.endpoint.dialect)].is_ordered
    if delivery.state != DeliveryState.WAITING or not is_ordered:
        return False
    same = {"endpoint": delivery.endpoint_id, "channel": delivery.channel}
    stream = Delivery.objects.waiting().filter(**same, reference=delivery.reference)
    return stream.filter(sequence__lt=delivery.sequence).exists()
