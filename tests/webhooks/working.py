"""Doing the worker's work within a test, by a worker of the real kind."""

import json
from collections.abc import Iterable
from threading import Thread

from django.db import connection, connections
from procrastinate.contrib.django import app

from tests.webhooks.receiver import Posted


def work() -> None:
    """Do all that is due now."""
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def work_aside() -> None:
    """The same in another thread: beside a browser's event loop no worker can have its own."""

    def work_and_leave() -> None:
        work()
        connections.close_all()

    thread = Thread(target=work_and_leave)
    thread.start()
    thread.join()


def moved_on() -> None:
    """As if every wait were over: what is to be tried again is due, and its job too."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_delivery SET due_at = now() WHERE state = 'waiting'")
        cursor.execute("UPDATE webhooks_webhookendpoint SET waits_until = NULL")
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def events_in(posted: Iterable[Posted]) -> list[str]:
    """What each message of API v1 tells of."""
    return [json.loads(one.body)["data"]["attributes"]["event"] for one in posted]
