"""What a load balancer or supervisor is told."""

import pytest
from django.db import connection
from django.test import Client

DATABASE = pytest.mark.django_db(transaction=True)


def test_a_process_that_answers_is_alive_whatever_the_database_does(client: Client) -> None:
    response = client.get("/healthz/live")  # without the mark, a query would fail the test

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@DATABASE
def test_it_is_ready_when_the_database_answers_and_is_migrated(client: Client) -> None:
    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


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
