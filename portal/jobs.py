"""The worker's tasks. A command defers one by its name ("portal.jobs.…") in its own transaction,
with ids for arguments; what is periodic puts itself into the queue.
"""

from importlib import import_module

from django.conf import settings
from django.db import connection
from django.utils import timezone
from oauth2_provider.models import clear_expired
from procrastinate import JobContext, RetryStrategy, builtin_tasks
from procrastinate.contrib.django import app

from orders import drafts, phone_mail, phone_use, waiting
from organisations import invitation_mail
from portal.api import call_log, idempotency, throttling
from portal.api.wordings import WORDINGS
from portal.sign_in import mail as sign_in_mail
from portal.sign_in import sessions
from webhooks import draining, pause_mail, queueing, retention
from webhooks.recording import QUEUE

HOURS_FINISHED_JOBS_ARE_KEPT = 72
# After 5 seconds, 25, 2 minutes, 10, 52 and 4 hours: a mail server may be away for a while.
MAIL_IS_TRIED_AGAIN = RetryStrategy(max_attempts=6, exponential_wait=5)


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


@app.periodic(cron="*/10 * * * *")
@app.task
def supply_waiting_orders(timestamp: int = 0) -> None:
    """Also when stock has arrived."""
    waiting.supply_waiting_orders()


@app.periodic(cron="17 * * * *")
@app.task
def remove_expired_tokens(timestamp: int) -> None:
    clear_expired()


@app.periodic(cron="27 3 * * *")
@app.task
def remove_expired_sessions(timestamp: int) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sessions.forget_ended_sessions()


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


@app.periodic(cron="23 * * * *")
@app.task
def remove_old_calls(timestamp: int) -> None:
    call_log.remove_old_calls()


@app.periodic(cron="13 * * * *")
@app.task
def forget_old_drafts(timestamp: int) -> None:
    drafts.forget_old_drafts()


@app.periodic(cron="41 5 * * *")
@app.task(retry=MAIL_IS_TRIED_AGAIN)
def watch_phone_use(timestamp: int) -> None:
    phone_use.watch_phone_use(now=timezone.now())


@app.task(retry=MAIL_IS_TRIED_AGAIN)
def mail_phone_alert(alert: int) -> None:
    phone_mail.mail_phone_alert(alert)


@app.task(retry=MAIL_IS_TRIED_AGAIN)
def mail_password_reset(user_id: int | None) -> None:
    sign_in_mail.mail_reset(user_id)


@app.task(retry=MAIL_IS_TRIED_AGAIN)
def mail_invitation(invitation: int) -> None:
    """The link in it is a secret, so it is made here and not among the arguments."""
    invitation_mail.mail_invitation(invitation)


@app.task(queue=QUEUE)
async def drain_webhooks(endpoint: int) -> None:
    await draining.drain(endpoint, WORDINGS)


@app.periodic(cron="* * * * *")
@app.task
def wake_webhooks(timestamp: int) -> None:
    """Jobs that were killed or that failed are made up for."""
    queueing.wake_overdue()


@app.periodic(cron="33 * * * *")
@app.task
def remove_old_webhooks(timestamp: int) -> None:
    retention.remove_old()


@app.task(retry=MAIL_IS_TRIED_AGAIN)
def mail_webhook_pause(endpoint: int) -> None:
    pause_mail.mail_pause(endpoint)
