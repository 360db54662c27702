"""`manage.py worker`: does the jobs, also after an outage of the database.

procrastinate's own worker ends, as if asked to, when it loses its connection; this one begins
again until SIGINT or SIGTERM asks it to stop, and then finishes the jobs in hand.
"""

import asyncio
import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

from webhooks.recording import QUEUE

SECONDS_BEFORE_BEGINNING_AGAIN = 2
# Notifications wait for receivers nearly all of their time, and for a mail server never.
JOBS_AT_ONCE = {"default": 1, QUEUE: 100}

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do the jobs until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(work())


async def work() -> None:
    """Run one worker after another until a signal says stop."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    stop = asyncio.create_task(asked_to_stop.wait())
    while not stop.done():
        worker = asyncio.create_task(_work_until_disconnected())
        await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        if not stop.done():
            logger.warning("The worker lost the database and begins again")
            await asyncio.wait({stop}, timeout=SECONDS_BEFORE_BEGINNING_AGAIN)


async def _work_until_disconnected() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    try:
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                await _do_jobs_of_each_queue(worker_app)
    except ConnectorException as error:
        logger.warning("The worker cannot reach the database: %s", type(error).__name__)


async def _do_jobs_of_each_queue(worker_app: App) -> None:
    """Until one of them ends, which is when the database is gone."""
    workers = [
        asyncio.create_task(
            worker_app.run_worker_async(
                queues=[queue],
                concurrency=jobs_at_once,
                # Its deliveries tell what it did, and there may be hundreds a second.
                delete_jobs="successful" if queue == QUEUE else "never",
                install_signal_handlers=False,
            )
        )
        for queue, jobs_at_once in JOBS_AT_ONCE.items()
    ]
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for worker in workers:
            worker.cancel()
        for result in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
