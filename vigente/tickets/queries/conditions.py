"""A condition asked of the database: the cases of which `rules.conditions.holds` would say yes."""

import json
import operator
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from django.db.models import BooleanField, Case, CharField, Exists, F, Lookup, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.conditions import NEGATIVE, Check, Condition, Op, Type
from vigente.rules.fields import STARS
from vigente.rules.folding import fold
from vigente.tickets.folding import Folded
from vigente.tickets.queries.facts import Column, Computed, Existing, Field, Many, Texts, field_of
from vigente.tickets.queries.own import Own, Plain, first_day, last_day

EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])  # an empty Q would vanish among others
LONGEST_KEY = 19  # digits


class Like(Lookup):
    """LIKE with the pattern as it is, `\\` before what is meant literally."""

    lookup_name = "vigente_like"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right} ESCAPE '\\'", [*left_params, *right_params]


def where(condition: Condition, *, now: datetime) -> Q:
    """A filter for cases, at `now` (UTC)."""
    if isinstance(condition, Check):
        return _check(condition, now=now)
    if not condition.parts:
        return EVERYTHING if condition.every else NOTHING
    join = operator.and_ if condition.every else operator.or_
    return reduce(join, (where(part, now=now) for part in condition.parts))


def _check(check: Check, *, now: datetime) -> Q:
    """A negative check is the exact opposite, also where nothing is there."""
    field = field_of(check.field)
    positive = NEGATIVE.get(check.op)
    if positive is None:
        return _positive(check.op, check, field, now)
    return opposite(_positive(positive, check, field, now))


def opposite(asked: Q) -> Q:
    """Where it is not so, also where nothing is there: SQL's own NOT would leave those out."""
    passed = Case(When(asked, then=Value(True)), default=Value(False), output_field=BooleanField())
    return Q(Exact(passed, False))


def _positive(op: Op, check: Check, field: Field, now: datetime) -> Q:
    if isinstance(field, Existing):
        return Q(Exists(field.rows(now)))
    if isinstance(field, Texts):
        return _any_text(op, check, field, now)
    if isinstance(field, Many):
        return _several(op, check, field, now)
    if isinstance(field, Computed):
        return _computed(op, check, field, now)
    if isinstance(field, Own):
        return _own(op, check, field, now)
    return _column(op, check, field, now)


def _own(op: Op, check: Check, field: Own, now: datetime) -> Q:
    """Of one of the vendor's own fields."""
    rows, plain, value = field.rows(), Plain(F("value")), check.value
    if op is Op.FILLED:
        return Q(Exists(rows))
    if field.type is Type.FLAG:
        return Q(Exists(rows.filter(value=True)))
    if field.type is Type.CHOICE:
        return Q(Exists(rows.filter(In(plain, list(_texts(check))))))
    if field.type is Type.CHOICES:
        each = [Q(Exists(rows.filter(Contains(plain, json.dumps(code))))) for code in _texts(check)]
        return reduce(operator.and_ if op is Op.ALL_OF else operator.or_, each)
    if field.type is Type.NUMBER:
        assert isinstance(value, int)
        near = {Op.EQUALS: operator.eq, Op.AT_LEAST: operator.ge, Op.AT_MOST: operator.le}[op]
        return Q(Exists(rows.filter(In(plain, [str(n) for n in range(1, STARS + 1) if near(n, value)]))))
    if field.type is Type.INSTANT:
        return Q(Exists(rows.filter(_day(op, plain, value, now))))
    return Q(Exists(rows.filter(_text(op, Folded(plain), fold(str(value))))))


def _day(op: Op, plain: Plain, value: object, now: datetime) -> Q:
    """A day is kept as `2026-07-10`, so days compare as texts do."""
    zone = rulebook_at(now).zone
    if isinstance(value, datetime):
        day = first_day(value, zone)
        return Q(LessThan(plain, day)) if op is Op.BEFORE else Q(GreaterThanOrEqual(plain, day))
    assert isinstance(value, int)
    span = timedelta(minutes=value)
    if op is Op.LONGER_AGO:
        return Q(LessThanOrEqual(plain, last_day(now - span, zone)))
    if op is Op.WITHIN_LAST:
        after, until = last_day(now - span, zone), last_day(now, zone)
        return Q(GreaterThan(plain, after)) & Q(LessThanOrEqual(plain, until))
    return Q(GreaterThanOrEqual(plain, first_day(now, zone))) & Q(
        LessThan(plain, first_day(now + span, zone))
    )


def _several(op: Op, check: Check, field: Many, now: datetime) -> Q:
    rows = field.rows(now)
    if op is Op.FILLED:
        return Q(Exists(rows))
    values = _choices(check, by_id=field.by_id)
    if op is Op.ANY_OF:
        return Q(Exists(rows.filter(**{f"{field.value}__in": values})))
    if len(values) < len(_texts(check)):
        return NOTHING  # one of them is no key at all
    whole = Q()
    for value in values:
        whole &= Q(Exists(rows.filter(**{field.value: value})))
    return whole


def _any_text(op: Op, check: Check, field: Texts, now: datetime) -> Q:
    rows = field.rows(now)
    if op is Op.FILLED:
        return Q(Exists(rows))
    return Q(Exists(rows.filter(_text(op, Folded(F(field.value)), fold(str(check.value))))))


def _computed(op: Op, check: Check, field: Computed, now: datetime) -> Q:
    """A value that no column holds: the same tests, of an expression."""
    made, value = field.expression(), check.value
    if op is Op.FILLED:
        there = Q(IsNull(made, False))
        return there & ~Q(Exact(made, Value(""))) if field.type is Type.TEXT else there
    if field.type is Type.NUMBER:
        return Q(
            {Op.EQUALS: Exact, Op.AT_LEAST: GreaterThanOrEqual, Op.AT_MOST: LessThanOrEqual}[op](made, value)
        )
    if field.type is Type.TEXT:
        return _text(op, Folded(made), fold(str(value)))
    if isinstance(value, datetime):
        return Q((LessThan if op is Op.BEFORE else GreaterThanOrEqual)(made, value))
    assert isinstance(value, int)
    span = timedelta(minutes=value)
    if op is Op.LONGER_AGO:
        return Q(LessThanOrEqual(made, now - span))
    if op is Op.WITHIN_LAST:
        return Q(GreaterThan(made, now - span)) & Q(LessThanOrEqual(made, now))
    return Q(GreaterThanOrEqual(made, now)) & Q(LessThan(made, now + span))


def _column(op: Op, check: Check, field: Column, now: datetime) -> Q:
    path, value = field.path, check.value
    if op is Op.FILLED:
        there = Q(**{f"{path}__isnull": False})
        is_text = field.type is Type.TEXT or (field.type is Type.CHOICE and not field.by_id)
        return there & ~Q(**{path: ""}) if is_text else there
    if field.type is Type.FLAG:
        return Q(**{path: True})
    if field.type is Type.CHOICE:
        return Q(**{f"{path}__in": _choices(check, by_id=field.by_id)})
    if field.type is Type.NUMBER:
        lookup = {Op.EQUALS: "exact", Op.AT_LEAST: "gte", Op.AT_MOST: "lte"}[op]
        return Q(**{f"{path}__{lookup}": value})
    if field.type is Type.INSTANT:
        return _instant(op, path, value, now)
    return _text(op, Folded(F(path)), fold(str(value)))


def _instant(op: Op, path: str, value: object, now: datetime) -> Q:
    if isinstance(value, datetime):
        return Q(**{f"{path}__lt" if op is Op.BEFORE else f"{path}__gte": value})
    assert isinstance(value, int)
    span = timedelta(minutes=value)
    if op is Op.LONGER_AGO:
        return Q(**{f"{path}__lte": now - span})
    if op is Op.WITHIN_LAST:
        return Q(**{f"{path}__gt": now - span, f"{path}__lte": now})
    return Q(**{f"{path}__gte": now, f"{path}__lt": now + span})


def _text(op: Op, column: Combinable, value: str) -> Q:
    if op is Op.LIKE:
        literal = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return Q(Like(column, Value(literal.replace("*", "%"), output_field=CharField())))
    lookup = {Op.EQUALS: Exact, Op.CONTAINS: Contains, Op.BEGINS: StartsWith, Op.ENDS: EndsWith}[op]
    return Q(lookup(column, value))


def _texts(check: Check) -> tuple[str, ...]:
    assert isinstance(check.value, tuple)
    return check.value


def _choices(check: Check, *, by_id: bool) -> list[int] | list[str]:
    """What is looked for, as the column holds it; a text that is no key is left out."""
    texts = _texts(check)
    if not by_id:
        return list(texts)
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY]
