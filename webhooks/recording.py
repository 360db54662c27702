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

# One statement, whatever the number of streams and of endpoints: each event takes the next place in
# its stream, and each endpoint that wants to be told is owed it. Whoever changes what a stream is
# about has it locked; else event_has_its_own_place_in_its_stream refuses.
RECORD: Final = """
WITH event AS (
    INSERT INTO webhooks_webhookevent
        (account_id, message_id, channel, reference, sequence, kinds, is_of_a_study, facts,
         happened_at)
    SELECT %(account)s, news.message_id, %(channel)s, news.reference,
        1 + coalesce((SELECT max(earlier.sequence) FROM webhooks_webhookevent AS earlier
            WHERE earlier.account_id = %(account)s AND earlier.channel = %(channel)s
            AND earlier.reference = news.reference), 0),
        %(kinds)s, %(is_of_a_study)s, news.facts::jsonb, %(happened_at)s
    FROM unnest(%(message)s::uuid[], %(reference)s::varchar[], %(facts)s::text[])
        WITH ORDINALITY AS news (message_id, reference, facts, place)
    ORDER BY news.place
    RETURNING id, reference, sequence),
owed AS (
    INSERT INTO webhooks_delivery
        (account_id, endpoint_id, event_id, channel, reference, sequence, state, owed_at, due_at,
         tries, round_began, redelivered_by)
    SELECT %(account)s, endpoint.id, event.id, %(channel)s, event.reference, event.sequence,
        'waiting', clock_timestamp(), clock_timestamp(), 0, 0, ''
    FROM webhooks_webhookendpoint AS endpoint, event
    WHERE endpoint.account_id = %(account)s AND endpoint.removed_at IS NULL
        AND CASE WHEN %(only)s::bigint[] IS NOT NULL THEN endpoint.id = ANY(%(only)s::bigint[])
            ELSE endpoint.kinds && %(kinds)s::varchar[]
                AND (%(is_of_a_study)s OR NOT endpoint.studies_only) END
    RETURNING endpoint_id)
SELECT DISTINCT endpoint_id FROM owed ORDER BY endpoint_id
"""


@dataclass(frozen=True, kw_only=True)
class News:
    """What came to be true of a stream: an order, an in-house study, a referral, a device.

    `kinds` are our own words for it, the most telling one last; `facts` are ids and what changed,
    never anything about a person.
    """

    channel: str
    reference: str
    kinds: tuple[str, ...]
    is_of_a_study: bool
    facts: Mapping[str, int | str | bool | None]
    happened_at: datetime


def record(news: News, *, account_id: int, only: Sequence[int] | None = None) -> None:
    """From here on the event is known, and owed to every endpoint that wants it; to `only` these,
    whatever they want, when some are named.
    """
    _record([news], account_id=account_id, only=only)


def record_each(news: Sequence[News], *, account_id: int) -> None:
    """The same of several that differ in nothing but whom they are about: each has a stream of its
    own in one channel.
    """
    if news:
        _record(news, account_id=account_id, only=None)


def _record(news: Sequence[News], *, account_id: int, only: Sequence[int] | None) -> None:
    first = news[0]
    values: dict[str, Any] = {
        "account": account_id,
        "message": [public_id() for _ in news],
        "channel": first.channel,
        "reference": [one.reference for one in news],
        "kinds": list(first.kinds),
        "is_of_a_study": first.is_of_a_study,
        "facts": [json.dumps(dict(one.facts)) for one in news],
        "happened_at": first.happened_at,
        "only": None if only is None else list(only),
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
