"""How the worker is doing: what waits for it, what failed, and how each periodic job ended last."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

# What each periodic job is for. A job that is not here fails a test.
PERIODIC: Final = {
    "portal.jobs.remove_finished_jobs": "Removes jobs that were done long ago",
    "portal.jobs.put_stalled_jobs_back": "Puts jobs of dead workers back",
    "portal.jobs.remove_expired_tokens": "Removes expired access tokens",
    "portal.jobs.remove_expired_sessions": "Removes ended sessions",
    "portal.jobs.remove_expired_cache_entries": "Removes counts that have ended",
    "portal.jobs.remove_old_answers": "Removes answers kept for repeated requests",
    "portal.jobs.remove_full_buckets": "Removes unused limits of calls",
    "portal.jobs.remove_old_calls": "Removes old entries of the log of calls",
    "portal.jobs.forget_old_drafts": "Removes old drafts",
    "portal.jobs.watch_phone_use": "Counts how often phones are asked for",
    "portal.jobs.supply_waiting_orders": "Looks for orders that wait for stock",
    "portal.jobs.wake_webhooks": "Looks for notifications that are overdue",
    "portal.jobs.remove_old_webhooks": "Purges old notifications",
}
WAITING: Final = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed'),
    min(coalesce(scheduled_at, deferred_at)) FILTER (WHERE status = 'todo')
FROM (
    SELECT job.status, job.scheduled_at,
        (SELECT min(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id)
            AS deferred_at
    FROM procrastinate_jobs AS job
    WHERE job.status = 'failed'
        OR job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
    LIMIT 10000) AS waiting
"""
LAST_RUNS: Final = """
SELECT DISTINCT ON (job.task_name) job.task_name, job.status, event.at
FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
WHERE job.task_name = ANY(%s) AND job.status IN ('succeeded', 'failed', 'aborted')
ORDER BY job.task_name, event.at DESC
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Jobs that could be done now, since when the oldest of them waits, and those that failed."""

    due: int
    failed: int
    oldest_due_at: datetime.datetime | None


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a periodic job ended last; `ended_at` is None when it is not known to have run."""

    name: str
    what: str
    ended_at: datetime.datetime | None = None
    succeeded: bool = False


def load() -> Load:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        due, failed, oldest = cursor.fetchone()
    return Load(due=due, failed=failed, oldest_due_at=oldest)


def last_runs() -> Iterator[Run]:
    """Of each periodic job, in the order of `PERIODIC`."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_RUNS, [list(PERIODIC)])
        ended = {name: (status, at) for name, status, at in cursor.fetchall()}
    for name, what in PERIODIC.items():
        status, at = ended.get(name, ("", None))
        short = name.rpartition(".")[2]
        yield Run(name=short, what=what, ended_at=at, succeeded=status == "succeeded")


def periodic_names() -> set[str]:
    return {name for name, _ in app.periodic_registry.periodic_tasks}


def seconds_since(moment: datetime.datetime | None) -> int:
    return max(0, round((timezone.now() - moment).total_seconds())) if moment else 0
