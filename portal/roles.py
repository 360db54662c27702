"""The two roles in the database: the owner makes and changes tables, the program only works with
rows. How each connects is in `portal.connections`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import LiteralString

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

WHO_CONNECTS = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


@contextmanager
def as_owner() -> Iterator[None]:
    """Within, the connection is the owner's."""
    program = {name: connection.settings_dict[name] for name in WHO_CONNECTS}
    owner = {name: settings.DATABASE_OWNER.get(name) for name in WHO_CONNECTS}
    _reconnect(owner)
    try:
        yield
    finally:
        _reconnect(program)


def _reconnect(who: dict[str, object]) -> None:
    connection.close()
    connection.settings_dict.update(who)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def append_only_tables() -> set[str]:
    """The tables in which a row stays as it was written."""
    histories = {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model._meta.managed
    }
    return histories | set(settings.APPEND_ONLY_TABLES)


@transaction.atomic
def let_work(role: str) -> None:
    """Give the role the rows of the current schema's tables, and nothing else: it cannot change
    or empty a table, switch off a trigger, rewrite history or what has been migrated.
    """
    _on_schema("GRANT USAGE ON SCHEMA {schema} TO {role}", role)
    _on_schema("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}", role)
    _on_schema(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}", role
    )
    _on_schema("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}", role)
    _on_schema("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}", role)
    _revoke("REVOKE UPDATE, DELETE ON {table} FROM {role}", append_only_tables(), role)
    migrated = MigrationRecorder.Migration._meta.db_table
    _revoke("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", [migrated], role)


def _on_schema(statement: LiteralString, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = sql.Identifier(cursor.fetchone()[0])
        cursor.execute(sql.SQL(statement).format(schema=schema, role=sql.Identifier(role)))


def _revoke(statement: LiteralString, tables: Iterable[str], role: str) -> None:
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in sorted(existing & set(tables)):
            names = {"table": sql.Identifier(table), "role": sql.Identifier(role)}
            cursor.execute(sql.SQL(statement).format(**names))
