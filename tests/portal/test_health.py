"""What a load balancer or supervisor is told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from orders.statuses import Status
from tests import builders
from webhooks.endpoints import pause_endpoint
from webhooks.models import Delivery, WebhookEndpoint

DATABASE = pytest.mark.django_db(transaction=True)


def test_a_process_that_answers_is_alive_whatever_the_database_does(client: Client) -> None:
    response = client.get("/healthz/live")  # without the mark, a query would fail the test

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@DATABASE
def test_it_is_ready_when_the_database_answers_and_is_migrated(client: Client) -> None:
    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert "no-store" in response.headers["Cache-Control"]


@DATABASE
def test_it_tells_how_far_behind_the_worker_and_the_notifications_are(client: Client) -> None:
    clinic = builders.organisation()
    endpoints = [
        builders.endpoint(clinic.account, f"http://127.0.0.1:{port}/").endpoint
        for port in (1, 2, 3)
    ]
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    pause_endpoint(endpoints[0], actor=builders.manager(owner=clinic.account))
    WebhookEndpoint.objects.filter(pk=endpoints[1].pk).update(failing_since=timezone.now())

    told = client.get("/healthz/ready").json()

    assert (told["jobs"]["due"], told["jobs"]["failed"]) == (3, 0)
    assert 0 <= told["jobs"]["oldest_due_seconds"] < 60
    assert told["webhooks"] == {
        "due": 2,
        "oldest_due_seconds": told["webhooks"]["oldest_due_seconds"],
        "failing_endpoints": 1,
        "paused_endpoints": 1,
    }
    assert 300 <= told["webhooks"]["oldest_due_seconds"] < 360


@DATABASE
@pytest.mark.parametrize("accept", ["text/html", "nonsense", "application/rss+xml"])
def test_the_answer_is_json_whatever_is_asked_for(client: Client, accept: str) -> None:
    response = client.get("/healthz/ready", headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"


@DATABASE
def test_without_its_tables_it_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "postgres")

    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()["failed"]) == (503, ["migrations"])
    assert response.headers["Retry-After"]


@DATABASE
def test_without_a_database_it_is_not_ready_and_does_not_say_where_that_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"host": "/nowhere", "connect_timeout": 1}
    monkeypatch.setitem(connection.settings_dict, "HOST", "")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", nowhere)

    response = client.get("/healthz/ready")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failed": ["database", "migrations"]}
