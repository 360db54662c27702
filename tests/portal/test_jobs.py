"""The worker's tasks, run by a worker of the real kind."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from oauth2_provider.models import get_access_token_model
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from portal import jobs

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """Do all that is due. The worker also defers what is periodic, so other jobs may be there."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def status(job: int) -> str:
    return str(ProcrastinateJob.objects.get(id=job).status)


def test_expired_tokens_are_removed_and_living_ones_kept() -> None:
    tokens = get_access_token_model().objects
    now = timezone.now()
    tokens.create(token="old", expires=now - timedelta(hours=1))
    kept = tokens.create(token="new", expires=now + timedelta(hours=1))
    jobs.remove_expired_tokens.defer(timestamp=0)

    work()

    assert list(tokens.all()) == [kept]


def test_long_finished_jobs_are_removed_and_failed_and_fresh_ones_kept() -> None:
    finished = jobs.remove_expired_cache_entries.defer(timestamp=0)
    failed = jobs.remove_expired_cache_entries.defer(timestamp=0, unknown=1)
    work()
    execute("UPDATE procrastinate_events SET at = at - interval '30 days'")
    fresh = jobs.remove_expired_cache_entries.defer(timestamp=0)
    jobs.remove_finished_jobs.defer(timestamp=0)

    work()

    assert not ProcrastinateJob.objects.filter(id=finished).exists()
    assert status(failed) == "failed"
    assert status(fresh) == "succeeded"


def test_a_job_whose_worker_is_gone_is_done_by_another() -> None:
    lost = jobs.remove_expired_sessions.defer(timestamp=0)
    execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", lost)
    jobs.put_stalled_jobs_back.defer(timestamp=0)

    work()

    assert status(lost) == "succeeded"


def test_expired_cache_entries_are_removed() -> None:
    cache.set("old", 1)
    cache.set("new", 1)
    execute("UPDATE portal_cache SET expires = now() WHERE cache_key LIKE %s", "%old")
    jobs.remove_expired_cache_entries.defer(timestamp=0)

    work()

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        assert cursor.fetchall() == [(":1:new",)]


def test_a_job_deferred_in_a_transaction_that_fails_leaves_nothing() -> None:
    before = ProcrastinateJob.objects.count()

    with pytest.raises(LookupError), transaction.atomic():
        _defer_and_fail()

    assert ProcrastinateJob.objects.count() == before


def _defer_and_fail() -> None:
    jobs.remove_expired_sessions.defer(timestamp=0)
    raise LookupError
