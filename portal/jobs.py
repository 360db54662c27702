"""The worker's tasks. A command defers one by its name ("portal.jobs.…") in its own transaction,
with ids for arguments; what is periodic puts itself into the queue.
"""

from importlib import import_module

from django.conf import settings
from django.db import connection
from oauth2_provider.models import clear_expired
from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from orders import drafts
from portal.api import idempotency, throttling

HOURS_FINISHED_JOBS_ARE_KEPT = 72


@app.periodic(cron="7 * * * *")
@app.task(pass_context=True)
async def remove_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Failed jobs stay, until somebody has looked at them."""
    await builtin_tasks.remove_old_jobs(context, max_hours=HOURS_FINISHED_JOBS_ARE_KEPT)


@app.periodic(cron="* * * * *")
@app.task(pass_context=True)
async def put_stalled_jobs_back(context: JobContext, timestamp: int) -> None:
    """A job whose worker was killed is done by another one; so a job must bear being done twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task
def remove_expired_tokens(timestamp: int) -> None:
    clear_expired()


@app.periodic(cron="27 3 * * *")
@app.task
def remove_expired_sessions(timestamp: int) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@app.periodic(cron="37 * * * *")
@app.task
def remove_expired_cache_entries(timestamp: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_cache WHERE expires < now()")


@app.periodic(cron="47 * * * *")
@app.task
def remove_old_answers(timestamp: int) -> None:
    idempotency.remove_old_answers()


@app.periodic(cron="57 * * * *")
@app.task
def remove_full_buckets(timestamp: int) -> None:
    throttling.remove_full_buckets()


@app.periodic(cron="13 * * * *")
@app.task
def forget_old_drafts(timestamp: int) -> None:
    drafts.forget_old_drafts()
