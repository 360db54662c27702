"""The worker's own process, and what it survives."""

import time
from pathlib import Path

from portal import embedded_postgres
from tests.api.servers import Database, fresh_database, second_server, working

TASK = "portal.jobs.forget_old_drafts"
SECONDS = 40


def test_the_worker_works_again_after_an_outage_and_stops_when_asked(
    worker_id: str, tmp_path: Path
) -> None:
    with (
        second_server(worker_id) as data,
        fresh_database(data, "jobs") as database,
        working(database, tmp_path / "log") as process,
    ):
        assert does_a_job(database)
        embedded_postgres.stop(data)
        time.sleep(3)
        with embedded_postgres.running(data, durable=False):
            assert does_a_job(database)
            assert process.poll() is None
            process.terminate()
            assert process.wait(timeout=SECONDS) == 0


def does_a_job(database: Database) -> bool:
    """Whether a job that is put into the queue now is soon done."""
    job = database.value(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        f" VALUES ('default', '{TASK}', '{{\"timestamp\": 0}}') RETURNING id"
    )
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if database.value(f"SELECT status FROM procrastinate_jobs WHERE id = {job}") == "succeeded":
            return True
        time.sleep(0.2)
    return False
