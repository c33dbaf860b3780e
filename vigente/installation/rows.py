"""Writing one row with SQL that is made once per table (decision 0009): `insert` and `update`, as `Model.save` does.

What `save` does besides is left out: signals (nothing here listens to them), parent tables, expressions as values.
"""

import threading
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from vigente.installation.prepared import takes_several

_here = threading.local()


def insert(*rows: Model) -> None:
    """Write new rows, in one trip where that can be; their ids and what the database computes are set on them.

    As `row.save(force_insert=True)` for each: none may need the id of another.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if len(rows) > 1 and takes_several(connection):
        _insert_in_one_trip(rows, connection)
        return
    for row in rows:
        _statement(_Insert, type(row), False).run(row)


def insert_if_new(row: Model) -> bool:
    """The same, but False, with nothing written, when a row with one of its unique values is there already."""
    written: bool = _statement(_Insert, type(row), True).run(row)
    return written


def update(row: Model, fields: Sequence[str]) -> None:
    """Write these fields of a row that is there. As `row.save(update_fields=fields)`."""
    _statement(_Update, type(row), tuple(fields)).run(row)


def _statement(kind: Any, model: type[Model], how: object) -> Any:
    """The statement for the connection of this thread, made when it is first needed."""
    connection = connections[DEFAULT_DB_ALIAS]
    if getattr(_here, "connection", None) is not connection:
        _here.connection, _here.made = connection, {}
    key = (kind, model, how)
    if key not in _here.made:
        _here.made[key] = kind(model, how, connection)
    return _here.made[key]


def _insert_in_one_trip(rows: Sequence[Model], connection: BaseDatabaseWrapper) -> None:
    inserts: list[_Insert] = [_statement(_Insert, type(row), False) for row in rows]
    values = [value for one, row in zip(inserts, rows, strict=True) for value in one.values(row)]
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute("; ".join(one.sql for one in inserts), values)
        for one, row in zip(inserts, rows, strict=True):
            one.written(row, cursor.fetchone())
            cursor.nextset()


class _Insert:
    def __init__(self, model: type[Model], if_new: bool, connection: BaseDatabaseWrapper) -> None:
        meta, self.connection = model._meta, connection
        self.fields = [f for f in meta.local_concrete_fields if not f.generated and f is not meta.auto_field]
        query = InsertQuery(model, on_conflict=OnConflict.IGNORE if if_new else None)
        blank = model(**{field.attname: None for field in self.fields})
        query.insert_values(self.fields, [blank])
        self.compiler: Any = query.get_compiler(connection=connection)
        self.compiler.prepare_value = lambda field, value: None  # only the shape counts here
        self.compiler.returning_fields = self.given = meta.db_returning_fields
        ((self.sql, _),) = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([f.get_col(meta.db_table) for f in self.given])

    def values(self, row: Model) -> list[Any]:
        return [f.get_db_prep_save(f.pre_save(row, True), self.connection) for f in self.fields]

    def run(self, row: Model) -> bool:
        mark = transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS)
        with mark, self.connection.cursor() as cursor:
            cursor.execute(self.sql, self.values(row))
            given = cursor.fetchone()
        if given is None:
            return False
        self.written(row, given)
        return True

    def written(self, row: Model, given: Sequence[Any]) -> None:
        """Tell the row what the database gave it."""
        if self.converters:
            (given,) = self.compiler.apply_converters([given], self.converters)
        for field, value in zip(self.given, given, strict=True):
            setattr(row, field.attname, value)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


class _Update:
    def __init__(self, model: type[Model], names: tuple[str, ...], connection: BaseDatabaseWrapper) -> None:
        self.connection, quote, meta = connection, connection.ops.quote_name, model._meta
        self.fields: list[Any] = [meta.get_field(name) for name in names]
        changes = ", ".join(f"{quote(field.column)} = %s" for field in self.fields)
        table, key = quote(meta.db_table), quote(str(meta.pk.column))
        self.sql = f"UPDATE {table} SET {changes} WHERE {key} = %s"

    def run(self, row: Model) -> None:
        connection = self.connection
        values = [f.get_db_prep_save(f.pre_save(row, False), connection) for f in self.fields]
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
            cursor.execute(self.sql, [*values, row.pk])
            if cursor.rowcount != 1:
                raise DatabaseError(f"{row._meta.label} {row.pk} is not there to be updated")
