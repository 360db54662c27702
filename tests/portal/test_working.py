"""What is shown of the worker: how much waits, what failed, and how each periodic job ended."""

import pytest
from django.db import connection
from django.test import Client
from procrastinate.tasks import Task

from organisations.roles import Role
from portal import jobs, working
from tests import builders

DATABASE = pytest.mark.django_db(transaction=True)


def ended(task: Task, status: str) -> None:
    """As a worker would write it; a real one brings jobs by the clock besides."""
    job = task.defer(timestamp=0)
    with connection.cursor() as cursor:
        for step in ("doing", status):
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [step, job])


def test_every_periodic_job_is_shown_with_what_it_is_for() -> None:
    assert working.periodic_names() == set(working.PERIODIC)


@DATABASE
def test_a_job_that_ended_is_shown_with_when_and_how() -> None:
    ended(jobs.forget_old_drafts, "succeeded")
    ended(jobs.remove_old_calls, "failed")

    runs = {run.name: run for run in working.last_runs()}

    assert runs["forget_old_drafts"].succeeded
    assert not runs["remove_old_calls"].succeeded
    assert runs["remove_old_calls"].ended_at is not None
    assert runs["watch_phone_use"].ended_at is None
    assert list(runs) == [name.rpartition(".")[2] for name in working.PERIODIC]
    assert (working.load().due, working.load().failed) == (0, 1)


@DATABASE
def test_the_last_run_counts_and_not_an_earlier_one() -> None:
    for status in ("failed", "succeeded"):
        ended(jobs.forget_old_drafts, status)
    for status in ("succeeded", "failed"):
        ended(jobs.remove_old_calls, status)

    runs = {run.name: run.succeeded for run in working.last_runs()}

    assert (runs["forget_old_drafts"], runs["remove_old_calls"]) == (True, False)


@DATABASE
@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.ADMINISTRATOR, True), (Role.ACCOUNT_MANAGER, True), (Role.OPERATOR, False)],
)
def test_the_dashboard_shows_it_to_those_who_answer_for_integrations(
    client: Client, role: Role, sees: bool
) -> None:
    client.force_login(builders.user(role))

    page = client.get("/admin/").content.decode()

    assert ("Work in the background" in page) is sees
    assert ("Purges old notifications" in page) is sees
