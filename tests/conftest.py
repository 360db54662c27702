"""What tests stand on: a real PostgreSQL, used in the role that the program has in production."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests import databases


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Takes the place of pytest-django's: its databases are made and used in one role."""
    with django_db_blocker.unblock(), databases.own_copy():
        # Emptying tables between tests is the one thing that the program's role may not do itself.
        # Of the class: beside a browser's event loop Django uses another connection.
        type(connection.ops).execute_sql_flush = lambda self, statements: databases.empty()
        with django_db_blocker.block():
            yield


@pytest.fixture(scope="session", autouse=True)
def sessions_begin_as_by_the_form() -> None:
    """Django's short cut leaves out what our sign-in writes into a session; then the first request
    would write it, in whatever a test counts or compares.
    """
    short_cut = Client.force_login

    def force_login(self: Client, *who: Any, **backend: Any) -> None:
        short_cut(self, *who, **backend)
        session = self.session
        session["signed_in_at"] = session["seen_at"] = int(time.time())
        session.save()

    Client.force_login = force_login  # type: ignore[method-assign]
