"""What the program's role may not do, even when the program is taken over."""

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from portal.roles import append_only_tables, as_owner, current_role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_roles() -> None:
    if settings.DATABASE_OWNER["USER"] == current_role():
        pytest.skip("DATABASE_URL and DATABASE_OWNER_URL name the same role")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_program_is_neither_superuser_nor_owner_of_anything() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE orders_order",
        "TRUNCATE orders_order CASCADE",
        "ALTER TABLE orders_order DISABLE TRIGGER ALL",
        "ALTER TABLE orders_order ADD COLUMN extra text",
        "CREATE TABLE extra (id bigint)",
        "SET session_replication_role = replica",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    ],
)
def test_the_program_cannot_change_tables_or_switch_off_triggers(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        execute(statement)


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["foundation_accessentry", "orders_orderevent"])
def test_what_was_recorded_cannot_be_rewritten(verb: str, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(verb.format(table))


@pytest.mark.parametrize("verb", ["UPDATE {} SET pgh_id = pgh_id", "DELETE FROM {}"])
def test_no_history_table_can_be_rewritten(verb: str) -> None:
    histories = sorted(append_only_tables() - set(settings.APPEND_ONLY_TABLES))
    assert "orders_orderhistory" in histories
    for table in histories:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            execute(verb.format(table))


@pytest.mark.django_db(transaction=True)
def test_migrations_run_in_the_owners_role() -> None:
    program = current_role()

    with as_owner():
        owner = current_role()

    assert owner != program
    assert current_role() == program
