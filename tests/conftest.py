"""What tests stand on: a real PostgreSQL, used in the role that the program has in production."""

from collections.abc import Iterator

import pytest
from django.db import connection
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
