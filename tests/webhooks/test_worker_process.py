"""The worker as a process of its own: what a killed one loses, and who waits for whom."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.servers import Database, fresh_database, python, second_server, working
from tests.webhooks.receiver import Posted, Reply, receiving

SECONDS = 60
ORDERS = 12
WAKE = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
    " VALUES ('default', 'portal.jobs.wake_webhooks', '{\"timestamp\": 0}')"
)


@pytest.fixture
def database(worker_id: str) -> Iterator[Database]:
    with second_server(worker_id) as data, fresh_database(data, "webhooks") as database:
        yield database


def test_a_worker_that_is_killed_loses_nothing(database: Database, tmp_path: Path) -> None:
    with receiving(decide=slowly) as receiver:
        python(database, "-m", "tests.webhooks.seed", str(ORDERS), receiver.address)
        with working(database, tmp_path / "first") as process:
            wait_until(lambda: len(receiver.posted) >= 3)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        tried_before = len(receiver.posted)
        assert delivered(database) < ORDERS
        some_minutes_later(database)
        with working(database, tmp_path / "second"):
            wait_until(lambda: delivered(database) == ORDERS)

    messages = {posted.message_id: posted.body for posted in receiver.posted}
    assert 3 <= tried_before < ORDERS
    assert len(messages) == ORDERS
    assert all(messages[posted.message_id] == posted.body for posted in receiver.posted)


def test_a_receiver_that_hangs_delays_nobody_else(database: Database, tmp_path: Path) -> None:
    over = threading.Event()

    def hang(posted: Posted) -> Reply:
        over.wait(SECONDS)
        return Reply()

    with receiving(decide=hang) as hanging, receiving() as healthy:
        python(database, "-m", "tests.webhooks.seed", "8", hanging.address, healthy.address)
        with working(database, tmp_path / "log"):
            wait_until(lambda: len(healthy.posted) == 8)
            hung = len(hanging.posted)
            over.set()

    assert 1 <= hung <= 5


def slowly(posted: Posted) -> Reply:
    time.sleep(0.4)
    return Reply()


def delivered(database: Database) -> int:
    question = "SELECT count(*) FROM webhooks_delivery WHERE state = 'delivered'"
    return int(database.value(question))


def some_minutes_later(database: Database) -> None:
    """What the killed worker held has ended, and its heart is known to beat no more."""
    for statement in (
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'",
        "UPDATE webhooks_webhookendpoint SET drained_until = now()",
        "UPDATE webhooks_delivery SET claimed_until = now(), due_at = now() - interval '1 hour'",
        WAKE,
    ):
        database.change(statement)


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
