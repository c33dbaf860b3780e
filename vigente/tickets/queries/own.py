"""The vendor's own fields as conditions ask about them: each a field `field_<key>`, of the type of what stands in it.

A date is the instant at which its day begins in the billing zone.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, OuterRef, QuerySet, TextField

from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.conditions import Fact, Type
from vigente.tickets.models import CustomField, FieldValue

Kind = CustomField.Kind
TYPES: Mapping[str, Type] = {
    Kind.TEXT: Type.TEXT,
    Kind.TEXTAREA: Type.TEXT,
    Kind.BOOLEAN: Type.FLAG,
    Kind.CHECKBOX: Type.FLAG,
    Kind.OPTIONS: Type.CHOICE,
    Kind.RADIO: Type.CHOICE,
    Kind.MULTIPLE: Type.CHOICES,
    Kind.CHECKLIST: Type.CHOICES,
    Kind.DATE: Type.INSTANT,
    Kind.RATING: Type.NUMBER,
}
_NAME = re.compile(r"field_([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Own:
    """A field of the vendor's own."""

    key: int
    type: Type

    def rows(self) -> "QuerySet[FieldValue]":
        """What stands in it in the outer case."""
        return FieldValue.objects.filter(ticket=OuterRef("pk"), field=self.key)


class Plain(Func):
    """What a JSON column holds as text: a text without its quotes."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "CAST(JSON_EXTRACT(%(expressions)s, '$') AS TEXT)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s #>> '{}')", **context)


def name_of(key: int) -> str:
    return f"field_{key}"


def own(name: str) -> Own | None:
    """The field of this name; None when there is none. No query for a name of another kind."""
    found = _NAME.fullmatch(name)
    kind = (
        CustomField.objects.filter(pk=int(found[1])).values_list("kind", flat=True).first() if found else None
    )
    return Own(int(found[1]), TYPES[kind]) if found and kind else None


def own_facts(
    tickets: Collection[int], fields: Iterable[Own], *, now: datetime
) -> dict[int, dict[str, Fact]]:
    """What stands in these fields, by case and name. One query."""
    types = {one.key: one.type for one in fields}
    zone = rulebook_at(now).zone if Type.INSTANT in types.values() else None
    rows = FieldValue.objects.filter(ticket__in=tickets, field__in=types)
    found: dict[int, dict[str, Fact]] = {}
    for pk, key, value in rows.values_list("ticket", "field", "value"):
        if isinstance(value, list):
            value = frozenset(value)
        elif zone is not None and types[key] is Type.INSTANT:
            value = datetime.combine(date.fromisoformat(value), time(), zone)
        found.setdefault(pk, {})[name_of(key)] = value
    return found


def first_day(at: datetime, zone: tzinfo) -> str:
    """The first day, as it is kept, that does not begin before `at`."""
    local = _local(at, zone)
    if local.time() == time():
        return local.date().isoformat()
    return (local.date() + timedelta(days=1)).isoformat() if local.date() < date.max else "~"


def last_day(at: datetime, zone: tzinfo) -> str:
    """The last day, as it is kept, that begins at `at` or before."""
    return _local(at, zone).date().isoformat()


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at
