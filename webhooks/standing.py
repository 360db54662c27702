"""How an endpoint stands: whether it fails, since when, and why it is paused."""

import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.actors import HOMEWARD
from foundation.history import sign_history
from webhooks.models import Pause, WebhookEndpoint
from webhooks.schedule import GIVES_UP_AFTER


def note_success(endpoint: WebhookEndpoint) -> None:
    """It works; whatever it failed with is over."""
    if endpoint.failing_since or endpoint.waits_until:
        endpoint.failing_since = endpoint.waits_until = None
        _note(endpoint, failing_since=None, waits_until=None)


def note_failure(
    endpoint: WebhookEndpoint, *, now: datetime.datetime, waits_until: datetime.datetime | None
) -> None:
    """It fails, and since when; five days of that pause it."""
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.waits_until = waits_until
    _note(endpoint, failing_since=endpoint.failing_since, waits_until=waits_until)
    if now - endpoint.failing_since >= GIVES_UP_AFTER:
        pause_and_say_so(endpoint, Pause.FAILING)


@transaction.atomic
def pause_and_say_so(endpoint: WebhookEndpoint, why: Pause) -> None:
    """Nothing is sent to it until somebody resumes it; those who can are mailed."""
    sign_history(HOMEWARD)
    running = WebhookEndpoint.objects.present().filter(pk=endpoint.pk, paused_at=None)
    if running.update(paused_at=timezone.now(), pause=why):
        app.configure_task("portal.jobs.mail_webhook_pause").defer(endpoint=endpoint.pk)


def _note(endpoint: WebhookEndpoint, **columns: datetime.datetime | None) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**columns)
