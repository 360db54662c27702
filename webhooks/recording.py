"""Making known what came to be true: one event, what each endpoint is owed of it, and a job for
each of these, all in the transaction of the change itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from procrastinate.contrib.django import app

from foundation.ids import public_id

QUEUE: Final = "webhooks"

# One statement, whatever the number of endpoints: the event takes the next place in its stream,
# and each endpoint that wants to be told is owed it. Whoever changes what the stream is about has
# it locked; else event_has_its_own_place_in_its_stream refuses.
RECORD: Final = """
WITH event AS (
    INSERT INTO webhooks_webhookevent
        (account_id, message_id, channel, reference, sequence, kinds, is_of_a_study, facts,
         happened_at)
    SELECT %(account)s, %(message)s, %(channel)s, %(reference)s, 1 + coalesce(max(sequence), 0),
        %(kinds)s, %(is_of_a_study)s, %(facts)s, %(happened_at)s
    FROM webhooks_webhookevent
    WHERE account_id = %(account)s AND channel = %(channel)s AND reference = %(reference)s
    RETURNING id, sequence),
owed AS (
    INSERT INTO webhooks_delivery
        (account_id, endpoint_id, event_id, channel, reference, sequence, state, owed_at, due_at,
         tries, round_began, redelivered_by)
    SELECT %(account)s, endpoint.id, event.id, %(channel)s, %(reference)s, event.sequence,
        'waiting', clock_timestamp(), clock_timestamp(), 0, 0, ''
    FROM webhooks_webhookendpoint AS endpoint, event
    WHERE endpoint.account_id = %(account)s AND endpoint.removed_at IS NULL
        AND (%(only)s::bigint IS NULL OR endpoint.id = %(only)s)
        AND (endpoint.id = %(only)s OR endpoint.kinds && %(kinds)s::varchar[])
        AND (%(is_of_a_study)s OR NOT endpoint.studies_only)
    RETURNING endpoint_id)
SELECT endpoint_id FROM owed ORDER BY endpoint_id
"""


@dataclass(frozen=True, kw_only=True)
class News:
    """What came to be true of a stream: an order, an in-house study or a referral.

    `kinds` are our own words for it, the most telling one last; `facts` are ids and what changed,
    never anything about a person.
    """

    channel: str
    reference: str
    kinds: tuple[str, ...]
    is_of_a_study: bool
    facts: Mapping[str, int | str | bool | None]
    happened_at: datetime


def record(news: News, *, account_id: int, only: int | None = None) -> None:
    """From here on the event is known, and owed to every endpoint that wants it; to this endpoint
    alone, whatever it wants, when `only` names one.
    """
    values: dict[str, Any] = {
        "account": account_id,
        "message": public_id(),
        "channel": news.channel,
        "reference": news.reference,
        "kinds": list(news.kinds),
        "is_of_a_study": news.is_of_a_study,
        "facts": json.dumps(dict(news.facts)),
        "happened_at": news.happened_at,
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, values)
        endpoints = [row[0] for row in cursor.fetchall()]
    wake(endpoints)


def wake(endpoints: Sequence[int], *, at: datetime | None = None) -> None:
    """A job for each, in one statement. One that finds nothing to send does nothing."""
    if not endpoints:
        return
    task = app.configure_task("portal.jobs.drain_webhooks", queue=QUEUE, schedule_at=at)
    app.job_manager.batch_defer_jobs([task.make_new_job(endpoint=one) for one in endpoints])
