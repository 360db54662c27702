"""Sending what an endpoint is owed: five at a time, one at a time while it fails."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.utils import timezone

from foundation.sealing import Unreadable
from webhooks import queueing
from webhooks.models import Delivery, Dialect, Fault, WebhookEndpoint
from webhooks.outcomes import Try, conclude
from webhooks.posting import Answer, Headers, Line, kept_headers, line_to
from webhooks.queueing import IN_FLIGHT, Claimed
from webhooks.secrets import bearer_of, sign
from webhooks.wording import Wording, Wordings

# After so long the job ends and another one goes on, so that a worker can be stopped.
SECONDS_AT_A_TIME: Final = 20
SENT_BY: Final = "Homeward-Webhooks/1"

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def drain(endpoint: int, wordings: Wordings) -> None:
    """Send what is due to the endpoint, and see to it that what is due later will be sent.

    Whoever dies in between loses nothing: claims end by themselves, and what was sent but not noted
    is sent again, with the same id and the same bytes.
    """
    if not await _in_database(queueing.begin, endpoint):
        return
    receiver = await _in_database(_find, endpoint)
    wording = wordings[Dialect(receiver.dialect)]
    try:
        await _send_what_is_due(receiver, wording)
    finally:
        await _in_database(queueing.finish, endpoint, wording)


async def _send_what_is_due(receiver: WebhookEndpoint, wording: Wording) -> None:
    end = time.monotonic() + SECONDS_AT_A_TIME
    async with line_to(receiver.url) as line:
        while time.monotonic() < end:
            claimed = await _in_database(queueing.claim, receiver.pk, receiver.url, wording)
            if claimed is None:
                return
            await _send(claimed, line, wording)


async def _send(claimed: Claimed, line: Line, wording: Wording) -> None:
    """Each of them, until one fails: then the others wait for the next look at the endpoint."""
    waiting, done = deque(claimed.deliveries), list[Try]()

    async def one_after_another() -> None:
        while waiting and all(one.answer.is_success for one in done):
            done.append(await _try(claimed.endpoint, waiting.popleft(), line, wording))

    async with asyncio.TaskGroup() as together:
        for _ in range(IN_FLIGHT):
            together.create_task(one_after_another())
    await _in_database(conclude, claimed.endpoint, done, list(waiting), wording)


async def _try(endpoint: WebhookEndpoint, delivery: Delivery, line: Line, wording: Wording) -> Try:
    now, body = timezone.now(), bytes(delivery.body or b"")
    try:
        headers = _headers(endpoint, delivery, body, wording, now=now)
    except Unreadable:
        return Try(delivery=delivery, began_at=now, sent=[], answer=Answer(fault=Fault.UNSIGNED))
    answer = await line.post(dict(headers), body)
    sent = kept_headers(headers, also_secret=wording.secret_headers)
    return Try(delivery=delivery, began_at=now, sent=sent, answer=answer)


def _headers(
    endpoint: WebhookEndpoint, delivery: Delivery, body: bytes, wording: Wording, *, now: datetime
) -> Headers:
    """What goes with the body. The id is the same with each try, the signature is not."""
    message_id = wording.message_id(delivery.event, endpoint)
    headers = [
        ("Content-Type", "application/json"),
        ("User-Agent", SENT_BY),
        ("Accept-Encoding", "identity"),
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", sign(endpoint, message_id, body, at=now)),
        *wording.headers(endpoint).items(),
    ]
    if bearer := bearer_of(endpoint):
        headers.append(("Authorization", f"Bearer {bearer}"))
    return headers


def _find(endpoint: int) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=endpoint)


async def _in_database(
    act: Callable[Given, Found], *args: Given.args, **kwargs: Given.kwargs
) -> Found:
    """All of them in the one thread that has the connection."""
    return await sync_to_async(act, thread_sensitive=True)(*args, **kwargs)
