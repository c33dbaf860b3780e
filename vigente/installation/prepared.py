"""Queries whose SQL is made once and asked many times (decision 0009).

Django makes the SQL of a query anew each time, which takes several times what the database needs to answer a small one.
A prepared query is written as any other, with a `Param` wherever a value will come, and gives the same rows or objects.
Only for the few that stand in the way of every case. Not for `__in`, prefetching, or a query that changes its shape.

    HOLIDAYS = Prepared(lambda: Holiday.objects.filter(hours=Param("hours")).values_list("day", flat=True))
    HOLIDAYS(hours=3)

`together` sends several statements at once. Writing one row: `rows`.
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


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """A statement with its values, not yet sent; `read` takes the answer from the cursor."""

    sql: str
    params: Sequence[Any]
    read: Callable[[Any], T]


def ask(asked: Asked[T]) -> T:
    """Send one statement."""
    (answer,) = together(asked)
    return answer


def together(*asked: Asked[Any]) -> list[Any]:
    """Send statements of which none needs another's answer: in one trip on PostgreSQL, in order, all or none."""
    connection = connections[DEFAULT_DB_ALIAS]
    if len(asked) < 2 or not _takes_several(connection):
        return [_answer(connection, one.sql, one.params, [one])[0] for one in asked]
    params = [value for one in asked for value in one.params]
    return _answer(connection, "; ".join(one.sql for one in asked), params, asked)


def _takes_several(connection: BaseDatabaseWrapper) -> bool:
    """PostgreSQL does, as long as values are bound on this side."""
    return connection.vendor == "postgresql" and not connection.settings_dict["OPTIONS"].get(
        "server_side_binding"
    )


def _answer(
    connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any], asked: Sequence[Asked[Any]]
) -> list[Any]:
    answers: list[Any] = []
    with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, params)
        for one in asked:
            if answers:
                cursor.nextset()
            answers.append(one.read(cursor))
    return answers


class Param(Expression):
    """Where the value of this name comes; its field says how a database takes it."""

    def __init__(self, name: str, field: Field | None = None) -> None:
        super().__init__(output_field=field or IntegerField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]

    def bound(self, value: object, connection: BaseDatabaseWrapper) -> object:
        return self.output_field.get_db_prep_value(value, connection)


class PerConnection:
    """What was made ready for the connection of this thread; another connection has it made anew."""

    def __init__(self) -> None:
        self._here = threading.local()

    def get(self, key: object, make: Callable[[BaseDatabaseWrapper], Any]) -> Any:
        connection = connections[DEFAULT_DB_ALIAS]
        if getattr(self._here, "connection", None) is not connection:
            self._here.made, self._here.connection = {}, connection
        if key not in self._here.made:
            self._here.made[key] = make(connection)
        return self._here.made[key]


_made = PerConnection()


class Prepared(Generic[T]):
    """A SELECT. `make` writes the query; calling the prepared one with a value per `Param` gives its rows."""

    def __init__(self, make: Callable[[], "QuerySet[Any, T]"]) -> None:
        self._make = make

    def __call__(self, **values: object) -> list[T]:
        return ask(self.asked(**values))

    def first(self, **values: object) -> T | None:
        """The first row; the query itself should ask for no more than one."""
        rows = self(**values)
        return rows[0] if rows else None

    def asked(self, **values: object) -> Asked[list[T]]:
        """The question, for `together`."""
        select: _Select = _made.get(self, lambda connection: _Select(self._make(), connection))
        return Asked(select.sql, _bound(select.params, values, select.connection), select.read)


class _Select:
    """Django turns the rows into what the query gives, by way of a compiler that knows its SQL already."""

    def __init__(self, queryset: Any, connection: BaseDatabaseWrapper) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self.connection = connection
        self.rows: list[Any] = []
        self.sql, self.params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda columns: converters
        compiler.execute_sql = lambda *args, **options: [self.rows]
        queryset.query.get_compiler = lambda *args, **options: compiler
        self.reader = queryset._iterable_class(queryset)

    def read(self, cursor: Any) -> list[Any]:
        self.rows = cursor.fetchall()
        return list(self.reader)


class Locking(Generic[T]):
    """A SELECT of rows that nobody else may change until the transaction ends: locked first, then read.

    In two statements where a database locks rows. In one, PostgreSQL waits for the lock and then looks at the new row
    beside the *old* rows it was joined with: if what joins them changed meanwhile, the row is gone, or comes without
    what it names.
    """

    def __init__(self, make: Callable[[], "QuerySet[Any, T]"]) -> None:
        self._hold = Prepared(
            lambda: make().select_related(None).order_by().select_for_update(no_key=True).values_list("pk")
        )
        self._read = Prepared(make)

    def first(self, **values: object) -> T | None:
        """The first row; the query itself should ask for no more than one."""
        if not connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
            return self._read.first(**values)
        _held, rows = together(self._hold.asked(**values), self._read.asked(**values))
        return rows[0] if rows else None


class PreparedUpdate:
    """An UPDATE of the rows of a query, as `QuerySet.update`; gives how many rows it changed."""

    def __init__(self, make: Callable[[], "QuerySet[Any, Any]"], **changes: object) -> None:
        self._make, self._changes = make, changes

    def __call__(self, **values: object) -> int:
        return ask(self.asked(**values))

    def asked(self, **values: object) -> Asked[int]:
        """The statement, for `together`."""
        sql, params, connection = _made.get(self, self._prepare)
        return Asked(sql, _bound(params, values, connection), lambda cursor: int(cursor.rowcount))

    def _prepare(self, connection: BaseDatabaseWrapper) -> tuple[str, Sequence[Any], BaseDatabaseWrapper]:
        query: Any = self._make().query.chain(UpdateQuery)
        query.add_update_values(self._changes)
        return (*query.get_compiler(connection=connection).as_sql(), connection)


def _bound(params: Sequence[Any], values: dict[str, object], connection: BaseDatabaseWrapper) -> list[Any]:
    return [p.bound(values[p.name], connection) if isinstance(p, Param) else p for p in params]
