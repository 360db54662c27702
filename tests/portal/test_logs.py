"""What reaches the logs: that something happened, never what was typed."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection
from django.test import Client

from portal import logs

MARKER = "Zyxwvut"  # a surname that nobody has


@pytest.fixture(params=[False, True], ids=["production", "demo"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    logging.config.dictConfig(logs.configure(readable=request.param))
    written = io.StringIO()
    handler = next(h for h in logging.getLogger().handlers if h.get_name() == "console")
    handler.setStream(written)
    yield written
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.django_db
def test_a_broken_constraint_is_logged_by_name_and_without_the_row(log: io.StringIO) -> None:
    with pytest.raises(IntegrityError, match=MARKER) as broken, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE people (name text CONSTRAINT name_is_taken UNIQUE);"
            f"INSERT INTO people VALUES ('{MARKER}'), ('{MARKER}')"
        )
    logging.getLogger("orders").error("Failed: %s", broken.value, exc_info=broken.value)

    assert "Failed: django.db.utils.IntegrityError 23505 name_is_taken" in log.getvalue()
    assert MARKER not in log.getvalue()


def fail(kind: type[Exception]) -> None:
    raise kind(MARKER)


@pytest.mark.parametrize("kind", [ValueError, KeyError, UnicodeError, RuntimeError])
def test_what_an_exception_says_is_not_logged(log: io.StringIO, kind: type[Exception]) -> None:
    with pytest.raises(kind) as first:
        fail(kind)
    error = RuntimeError(MARKER)
    error.__cause__ = first.value
    structlog.get_logger("orders").error("failed", exc_info=error, error=error)
    logging.getLogger("orders").warning("%s", error, exc_info=error)
    logging.getLogger("orders").error(first.value)

    assert f"builtins.{kind.__name__}" in log.getvalue()
    assert "in fail" in log.getvalue()  # where it happened is told
    assert MARKER not in log.getvalue()


def test_faults_of_the_program_keep_their_words(log: io.StringIO) -> None:
    logging.getLogger("portal").error("failed", exc_info=ImproperlyConfigured("set this"))

    assert "ImproperlyConfigured: set this" in log.getvalue()


@pytest.mark.django_db
def test_a_request_is_one_line_without_its_query_or_its_form(
    log: io.StringIO, client: Client
) -> None:
    client.post(f"/accounts/login/?q={MARKER}", {"login": f"{MARKER}@example.org", "password": "x"})

    lines = [line for line in log.getvalue().splitlines() if "request_finished" in line]
    assert len(lines) == 1
    assert "POST /accounts/login/" in lines[0]
    assert MARKER not in log.getvalue()


def test_in_production_a_line_is_json_with_the_requests_id(client: Client) -> None:
    logging.config.dictConfig(logs.configure(readable=False))
    handler = next(h for h in logging.getLogger().handlers if h.get_name() == "console")
    handler.setStream(written := io.StringIO())
    client.get("/healthz/live", headers={"X-Request-Id": "from-the-proxy.1"})
    logging.config.dictConfig(settings.LOGGING)

    line: dict[str, Any] = json.loads(written.getvalue())
    assert (line["request"], line["code"]) == ("GET /healthz/live", 200)
    assert (line["level"], line["request_id"]) == ("info", "from-the-proxy.1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/v1/orders/{MARKER}", "GET /v1/orders/<str:reference>"),
        (f"/accounts/password/reset/key/1-{MARKER}/", "GET /accounts/password/reset/key/(?P<"),
        (f"/admin/orders/order/{MARKER}/change/", "GET /admin/orders/order/<path:object_id>/"),
        ("/admin/orders/order/77/change/", "GET /admin/orders/order/77/change/"),
        ("/orders/01a20020-97f4-7221-8867-9d3a11f72b23/", "GET /orders/01a20020-97f4-7221-8867-"),
        (f"/{MARKER}", "GET (unknown address)"),
    ],
)
def test_an_address_is_logged_without_what_was_typed_into_it(
    log: io.StringIO, client: Client, path: str, told: str
) -> None:
    client.get(path)

    assert told in log.getvalue()
    assert MARKER not in log.getvalue()
