"""Queries whose SQL is made once and asked many times (decision 0009).

Django makes the SQL of a query anew each time, which takes several times what the database needs to answer a small one.
A prepared query is written as any other, with a `Param` wherever a value will come, and gives the same rows or objects.
Only for the few that stand in the way of every case. Not for `__in`, prefetching, or a query that changes its shape.

    HOLIDAYS = Prepared(lambda: Holiday.objects.filter(hours=Param("hours")).values_list("day", flat=True))
    HOLIDAYS(hours=3)
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, IntegerField, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

T = TypeVar("T")
Sql = tuple[str, list[Any]]


class Param(Expression):
    """Where the value of this name comes; its field says how a database takes it."""

    def __init__(self, name: str, field: Field | None = None) -> None:
        super().__init__(output_field=field or IntegerField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]

    def bound(self, value: object, connection: BaseDatabaseWrapper) -> object:
        return self.output_field.get_db_prep_value(value, connection)


class _PerConnection:
    """What was made ready for the connection of this thread; another connection makes it anew."""

    def __init__(self) -> None:
        self._here = threading.local()

    def ready(self, make: Callable[[BaseDatabaseWrapper], Any]) -> Any:
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self._here, "connection", None) is not connection:
            self._here.made, self._here.connection = make(connection), connection
        return self._here.made


class Prepared(Generic[T]):
    """A SELECT. `make` writes the query; calling the prepared one with a value per `Param` gives its rows."""

    def __init__(self, make: Callable[[], "QuerySet[Any, T]"]) -> None:
        self._make, self._each = make, _PerConnection()

    def __call__(self, **values: object) -> list[T]:
        (found,) = together(self.asked(**values))
        return found

    def asked(self, **values: object) -> "Asked[T]":
        """The question, for `together`."""
        return Asked(self._each.ready(lambda connection: _Select(self._make(), connection)), values)

    def first(self, **values: object) -> T | None:
        """The first row; the query itself should ask for no more than one."""
        rows = self(**values)
        return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A prepared query with its values."""

    select: "_Select"
    values: dict[str, object]


def together(*asked: Asked[Any]) -> list[list[Any]]:
    """Ask several prepared queries, whose answers do not depend on each other: in one trip where that can be."""
    connection = connections[DEFAULT_DB_ALIAS]
    if len(asked) > 1 and takes_several(connection):
        return _in_one_trip(asked, connection)
    return [one.select.objects(one.select.statement.run(one.values, _all)) for one in asked]


def takes_several(connection: BaseDatabaseWrapper) -> bool:
    """PostgreSQL does, as long as values are bound on this side."""
    options = connection.settings_dict["OPTIONS"]
    return connection.vendor == "postgresql" and not options.get("server_side_binding")


def _in_one_trip(asked: Sequence[Asked[Any]], connection: BaseDatabaseWrapper) -> list[list[Any]]:
    statements = [one.select.statement for one in asked]
    params: Any = [value for one in asked for value in one.select.statement.bound(one.values)]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statement.sql for statement in statements), params)
        answers = []
        for one in asked:
            answers.append(one.select.objects(cursor.fetchall()))
            cursor.nextset()
    return answers


def _all(cursor: Any) -> list[Any]:
    rows: list[Any] = cursor.fetchall()
    return rows


class PreparedUpdate:
    """An UPDATE of the rows of a query, as `QuerySet.update`; gives how many rows it changed."""

    def __init__(self, make: Callable[[], "QuerySet[Any, Any]"], **changes: object) -> None:
        self._make, self._changes, self._each = make, changes, _PerConnection()

    def __call__(self, **values: object) -> int:
        statement: _Statement = self._each.ready(self._prepare)
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
            changed: int = statement.run(values, lambda cursor: cursor.rowcount)
        return changed

    def _prepare(self, connection: BaseDatabaseWrapper) -> "_Statement":
        query: Any = self._make().query.chain(UpdateQuery)
        query.add_update_values(self._changes)
        return _Statement(query.get_compiler(connection=connection).as_sql(), connection)


class _Statement:
    def __init__(self, sql: Any, connection: BaseDatabaseWrapper) -> None:
        self.sql, params = sql
        self.params, self.connection = tuple(params), connection

    def bound(self, values: dict[str, object]) -> list[Any]:
        connection = self.connection
        return [p.bound(values[p.name], connection) if isinstance(p, Param) else p for p in self.params]

    def run(self, values: dict[str, object], read: Callable[[Any], Any]) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, self.bound(values))
            return read(cursor)


class _Select:
    """Django turns the rows into what the query gives, by way of a compiler that knows its SQL already."""

    def __init__(self, queryset: Any, connection: BaseDatabaseWrapper) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.statement = _Statement(compiler.as_sql(), connection)
        self.rows: list[Any] = []
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda columns: converters
        compiler.execute_sql = lambda *args, **options: [self.rows]
        queryset.query.get_compiler = lambda *args, **options: compiler
        self.reader = queryset._iterable_class(queryset)

    def objects(self, rows: list[Any]) -> list[Any]:
        """What the query gives for these rows of the database."""
        self.rows = rows
        return list(self.reader)
