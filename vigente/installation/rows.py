"""Writing one row with SQL that is made once per table (decision 0009): `insert` and `update`, as `Model.save` does.

What `save` does besides is left out: signals (nothing here listens to them), parent tables, expressions as values.
The `inserting…` ones are the statements unsent, for `prepared.together`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from vigente.installation.prepared import Asked, PerConnection, ask

_made = PerConnection()


def insert(row: Model) -> None:
    """Write a new row; its id and what the database computes are set on it. As `row.save(force_insert=True)`."""
    ask(inserting(row))


def inserting(row: Model) -> Asked[bool]:
    """The statement of `insert`."""
    return _insert(row, if_new=False)


def insert_if_new(row: Model) -> bool:
    """The same, but False, with nothing written, when a row with one of its unique values is there already."""
    return ask(inserting_if_new(row))


def inserting_if_new(row: Model) -> Asked[bool]:
    """The statement of `insert_if_new`."""
    return _insert(row, if_new=True)


def _insert(row: Model, *, if_new: bool) -> Asked[bool]:
    model = type(row)
    made: _Insert = _made.get((model, if_new), lambda connection: _Insert(model, if_new, connection))
    return made.of(row)


class _Insert:
    def __init__(self, model: type[Model], if_new: bool, connection: BaseDatabaseWrapper) -> None:
        meta, self.connection = model._meta, connection
        self.fields = [f for f in meta.local_concrete_fields if not f.generated and f is not meta.auto_field]
        query = InsertQuery(model, on_conflict=OnConflict.IGNORE if if_new else None)
        query.insert_values(self.fields, [model(**{field.attname: None for field in self.fields})])
        self.compiler: Any = query.get_compiler(connection=connection)
        self.compiler.prepare_value = lambda field, value: None  # only the shape counts here
        self.compiler.returning_fields = self.given = meta.db_returning_fields
        ((self.sql, _),) = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([f.get_col(meta.db_table) for f in self.given])

    def of(self, row: Model) -> Asked[bool]:
        values = [f.get_db_prep_save(f.pre_save(row, True), self.connection) for f in self.fields]
        return Asked(self.sql, values, partial(self._read, row))

    def _read(self, row: Model, cursor: Any) -> bool:
        """Tell the row what the database gave it; False if it wrote none."""
        given = cursor.fetchone()
        if given is None:
            return False
        if self.converters:
            (given,) = self.compiler.apply_converters([given], self.converters)
        for field, value in zip(self.given, given, strict=True):
            setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return True


def update(row: Model, fields: Sequence[str]) -> None:
    """Write these fields of a row that is there. As `row.save(update_fields=fields)`."""
    model, names = type(row), tuple(fields)
    made: _Update = _made.get((model, names), lambda connection: _Update(model, names, connection))
    if not ask(made.of(row)):
        raise DatabaseError(f"{model._meta.label} {row.pk} is not there to be updated")


class _Update:
    def __init__(self, model: type[Model], names: tuple[str, ...], connection: BaseDatabaseWrapper) -> None:
        self.connection, quote, meta = connection, connection.ops.quote_name, model._meta
        self.fields: list[Any] = [meta.get_field(name) for name in names]
        changes = ", ".join(f"{quote(field.column)} = %s" for field in self.fields)
        self.sql = f"UPDATE {quote(meta.db_table)} SET {changes} WHERE {quote(str(meta.pk.column))} = %s"

    def of(self, row: Model) -> Asked[bool]:
        values = [f.get_db_prep_save(f.pre_save(row, False), self.connection) for f in self.fields]
        return Asked(self.sql, [*values, row.pk], lambda cursor: bool(cursor.rowcount))
