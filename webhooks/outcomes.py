"""What follows from a try: the delivery is made, tried again later or given up; the endpoint works,
fails or is paused.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from webhooks.models import Attempt, Delivery, DeliveryState, Pause, WebhookEndpoint
from webhooks.posting import Answer, Headers
from webhooks.schedule import next_try, retry_after
from webhooks.standing import note_failure, note_success, pause_and_say_so
from webhooks.wording import Wording

GONE: Final = 410
# One statement, a fifth of the time that Django's own for many rows takes. What was given up
# meanwhile, because the endpoint was removed, is not tried again.
LET_GO: Final = """
UPDATE webhooks_delivery AS delivery
SET tries = ended.tries, due_at = ended.due_at, claimed_until = NULL,
    state = CASE ended.state WHEN 'waiting' THEN delivery.state ELSE ended.state END,
    settled_at = coalesce(ended.settled_at, delivery.settled_at)
FROM unnest(%(id)s::bigint[], %(tries)s::int[], %(state)s::text[], %(due_at)s::timestamptz[],
    %(settled_at)s::timestamptz[]) AS ended (id, tries, state, due_at, settled_at)
WHERE delivery.id = ended.id
"""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One message that went out, and what came back."""

    delivery: Delivery
    began_at: datetime.datetime
    sent: Headers
    answer: Answer


@transaction.atomic
def conclude(
    endpoint: WebhookEndpoint, tries: Sequence[Try], left: Sequence[Delivery], wording: Wording
) -> None:
    """Keep how each try went, in the order in which they ended; `left` were not tried after all."""
    attempts = [_settle(endpoint, one, wording) for one in tries]
    Attempt.objects.bulk_create(attempts)
    _let_go([*(one.delivery for one in tries), *left])


def _let_go(deliveries: Sequence[Delivery]) -> None:
    """Write what became of them; nobody holds them any more."""
    values: dict[str, Any] = {
        "id": [delivery.pk for delivery in deliveries],
        "tries": [delivery.tries for delivery in deliveries],
        "state": [delivery.state for delivery in deliveries],
        "due_at": [delivery.due_at for delivery in deliveries],
        "settled_at": [delivery.settled_at for delivery in deliveries],
    }
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, values)


def _settle(endpoint: WebhookEndpoint, done: Try, wording: Wording) -> Attempt:
    delivery, answer = done.delivery, done.answer
    delivery.tries += 1
    if answer.is_success:
        _end(delivery, DeliveryState.DELIVERED)
        note_success(endpoint)
    else:
        _plan_again(endpoint, done, wording)
    return Attempt(
        account_id=delivery.account_id,
        delivery=delivery,
        endpoint=endpoint,
        number=delivery.tries,
        began_at=done.began_at,
        duration_ms=answer.duration_ms,
        status=answer.status,
        fault=answer.fault or "",
        sent_headers=done.sent,
        answered_headers=answer.headers,
        answered_body=answer.body if answer.status is not None else None,
        redelivered_by=delivery.redelivered_by,
    )


def _plan_again(endpoint: WebhookEndpoint, done: Try, wording: Wording) -> None:
    delivery, now = done.delivery, timezone.now()
    asked = retry_after(done.answer.retry_after, now=now)
    due = next_try(
        wording.pauses, tries=delivery.tries - delivery.round_began, now=now, not_before=asked
    )
    if due is None:
        _end(delivery, DeliveryState.PARKED)
    else:
        delivery.due_at = due
    note_failure(endpoint, now=now, waits_until=asked)
    if done.answer.status == GONE:
        pause_and_say_so(endpoint, Pause.GONE)


def _end(delivery: Delivery, state: DeliveryState) -> None:
    delivery.state, delivery.settled_at = state, timezone.now()
