"""The database as referee: same-account foreign keys, and inserts that may find a row there."""

from typing import Any, TypeVar

from django.db import connection, models
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

Row = TypeVar("Row", bound=models.Model)


class SameAccount(models.BaseConstraint):
    """A composite foreign key (account, x) → (account, id): the row's `x` is of its own account,
    or of the one that the column `of` names.

    The model's own foreign key is declared with `db_constraint=False`, and the target has a
    unique constraint on (account, id). Not deferrable: a wrong row fails at once.
    """

    def __init__(self, field: str, *, name: str, of: str = "account") -> None:
        super().__init__(name=name)
        self.field = field
        self.of = of

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE: the target may not be there yet."""
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Defer the statement to the migration's end: the target may come later in it."""
        key = model._meta.get_field(self.field)
        target = key.related_model._meta.db_table
        quote = schema_editor.quote_name
        statement = Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
            "REFERENCES %(target)s (%(target_columns)s)",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=Columns(model._meta.db_table, [f"{self.of}_id", key.column], quote),
            target=Table(target, quote),
            target_columns=Columns(target, ["account_id", "id"], quote),
        )
        schema_editor.deferred_sql.append(statement)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing beforehand: the database decides."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameAccount):
            return (self.name, self.field, self.of) == (other.name, other.field, other.of)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field))

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        own = {} if self.of == "account" else {"of": self.of}
        return path, (self.field,), {**kwargs, **own}


def unique_in_account(name: str) -> models.UniqueConstraint:
    """What a SameAccount constraint points at."""
    return models.UniqueConstraint(fields=["account", "id"], name=name)


def insert_or_none(row: Row) -> Row | None:
    """Insert the row in one statement and give it its id; None when any unique rule is violated.

    Where a conflict is ordinary this is used instead of catching IntegrityError: nothing fails,
    so nothing of the row reaches the database's log and the transaction stays usable.
    """
    meta = row._meta
    primary_key = meta.pk
    fields = [field for field in meta.concrete_fields if field is not primary_key]
    query = InsertQuery(type(row), on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, [row])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [primary_key]
    ((statement, parameters),) = compiler.as_sql()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchone()
    if found is None:
        return None
    row.pk = found[0]
    row._state.adding = False
    row._state.db = connection.alias
    return row
