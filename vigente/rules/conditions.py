"""When something holds: the one language of saved views, SLA policies, automation and surveys.

Here: conditions as values, read from and written to JSON, and `holds(condition, facts, now)` with its reasons. Not
here: where facts come from, and the same question asked of the database (`tickets/queries/conditions`).
A test about something that is not there is false, and each negative test is the exact opposite of its positive one.
Texts are compared without accents and capitals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from vigente.rules.folding import fold

DEEPEST = 4  # groups inside groups
MOST_CHECKS = 60
LONGEST = 500  # characters of a text that is looked for
MOST_VALUES = 200
MOST_MINUTES = 10 * 366 * 24 * 60


class Type(StrEnum):
    """What a field holds."""

    CHOICE = "choice"  # one of several, by its code: str
    CHOICES = "choices"  # any number of them: frozenset[str]
    TEXT = "text"  # str, or frozenset[str] of which any is meant
    NUMBER = "number"  # int
    FLAG = "flag"  # bool
    INSTANT = "instant"  # aware datetime, UTC


class Op(StrEnum):
    """How a field is tested."""

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    ALL_OF = "all_of"
    CONTAINS = "contains"
    LACKS = "lacks"
    EQUALS = "equals"
    DIFFERS = "differs"
    BEGINS = "begins"
    ENDS = "ends"
    LIKE = "like"  # `*` stands for anything
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    YES = "yes"
    NO = "no"
    BEFORE = "before"
    AFTER = "after"
    LONGER_AGO = "longer_ago"  # minutes
    WITHIN_LAST = "within_last"  # minutes, up to now
    WITHIN_NEXT = "within_next"  # minutes, from now
    EMPTY = "empty"
    FILLED = "filled"


_BLANK = (Op.EMPTY, Op.FILLED)
OPS: dict[Type, tuple[Op, ...]] = {
    Type.CHOICE: (Op.ANY_OF, Op.NONE_OF, *_BLANK),
    Type.CHOICES: (Op.ANY_OF, Op.ALL_OF, Op.NONE_OF, *_BLANK),
    Type.TEXT: (Op.CONTAINS, Op.LACKS, Op.EQUALS, Op.DIFFERS, Op.BEGINS, Op.ENDS, Op.LIKE, *_BLANK),
    Type.NUMBER: (Op.EQUALS, Op.DIFFERS, Op.AT_LEAST, Op.AT_MOST, *_BLANK),
    Type.FLAG: (Op.YES, Op.NO),
    Type.INSTANT: (Op.BEFORE, Op.AFTER, Op.LONGER_AGO, Op.WITHIN_LAST, Op.WITHIN_NEXT, *_BLANK),
}
NEGATIVE = {
    Op.NONE_OF: Op.ANY_OF,
    Op.LACKS: Op.CONTAINS,
    Op.DIFFERS: Op.EQUALS,
    Op.NO: Op.YES,
    Op.EMPTY: Op.FILLED,
}
WITHOUT_VALUE = frozenset({Op.YES, Op.NO, Op.EMPTY, Op.FILLED})
_LISTS = frozenset({Op.ANY_OF, Op.NONE_OF, Op.ALL_OF})
_TEXTS = frozenset({Op.CONTAINS, Op.LACKS, Op.BEGINS, Op.ENDS, Op.LIKE})
_SPANS = frozenset({Op.LONGER_AGO, Op.WITHIN_LAST, Op.WITHIN_NEXT})
_DATES = frozenset({Op.BEFORE, Op.AFTER})

Fact = str | int | bool | datetime | frozenset[str] | None
Value = str | int | datetime | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Check:
    """One field, tested. `value` is None where the test needs none."""

    field: str
    op: Op
    value: Value = None


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of the parts; all of nothing is true, any of nothing false."""

    every: bool
    parts: "tuple[Condition, ...]" = ()


Condition = Check | Group
ALWAYS = Group(every=True)


class Invalid(ValueError):
    """A condition that cannot be read. `code` is worded at the surface; `path` says where ("0.2.value")."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path or 'the top'}")
        self.code = code
        self.path = path


def read(data: Any, fields: Mapping[str, Type]) -> Condition:
    """A condition from JSON: {"all": [...]}, {"any": [...]} or {"field", "op", "value"}. Raises Invalid."""
    condition = _read(data, fields, "", DEEPEST)
    if sum(1 for _ in checks_of(condition)) > MOST_CHECKS:
        raise Invalid("too_many", "")
    return condition


def write(condition: Condition) -> dict[str, Any]:
    """The JSON that `read` takes."""
    if isinstance(condition, Group):
        return {"all" if condition.every else "any": [write(part) for part in condition.parts]}
    value = condition.value
    if value is None:
        return {"field": condition.field, "op": condition.op.value}
    shown = (
        value.isoformat()
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple)
        else value
    )
    return {"field": condition.field, "op": condition.op.value, "value": shown}


def checks_of(condition: Condition) -> Iterator[Check]:
    """Every test in it, in the order of reading."""
    if isinstance(condition, Check):
        yield condition
    else:
        for part in condition.parts:
            yield from checks_of(part)


def holds(condition: Condition, facts: Mapping[str, Fact], *, now: datetime) -> bool:
    """Whether it is true of these facts at `now` (UTC). A fact that is missing counts as empty."""
    if isinstance(condition, Check):
        return passes(condition, facts.get(condition.field), now=now)
    found = (holds(part, facts, now=now) for part in condition.parts)
    return all(found) if condition.every else any(found)


def passes(test: Check, fact: Fact, *, now: datetime) -> bool:
    """One test of one fact."""
    positive = NEGATIVE.get(test.op)
    if positive is not None:
        return not _passes(positive, test.value, fact, now)
    return _passes(test.op, test.value, fact, now)


def explain(
    condition: Condition, facts: Mapping[str, Fact], *, now: datetime
) -> tuple[tuple[Check, bool], ...]:
    """Each test with whether it passed: why something held, or did not."""
    return tuple((test, passes(test, facts.get(test.field), now=now)) for test in checks_of(condition))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is the pattern, `*` standing for anything; in time linear in both for each star."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(rest[-1]) >= at and text.endswith(rest[-1])


def _passes(op: Op, value: Value, fact: Fact, now: datetime) -> bool:
    if op is Op.FILLED:
        return fact is not None and fact != "" and fact != frozenset()
    if fact is None:
        return False
    if isinstance(fact, bool):
        return fact
    if isinstance(fact, datetime):
        return _instant(op, value, fact, now)
    if isinstance(fact, int):
        return isinstance(value, int) and _number(op, value, fact)
    if isinstance(fact, frozenset) and isinstance(value, str):
        return any(_text(op, fold(value), fold(one)) for one in fact)
    if isinstance(value, tuple):
        have = fact if isinstance(fact, frozenset) else {fact}
        return have.issuperset(value) if op is Op.ALL_OF else not have.isdisjoint(value)
    return isinstance(fact, str) and isinstance(value, str) and _text(op, fold(value), fold(fact))


def _number(op: Op, value: int, fact: int) -> bool:
    return fact == value if op is Op.EQUALS else fact >= value if op is Op.AT_LEAST else fact <= value


def _text(op: Op, value: str, fact: str) -> bool:
    if op is Op.EQUALS:
        return fact == value
    if op is Op.CONTAINS:
        return value in fact
    if op is Op.BEGINS:
        return fact.startswith(value)
    return fact.endswith(value) if op is Op.ENDS else matches(value, fact)


def _instant(op: Op, value: Value, fact: datetime, now: datetime) -> bool:
    if isinstance(value, datetime):
        return fact < value if op is Op.BEFORE else fact >= value
    if not isinstance(value, int):
        return False
    span = timedelta(minutes=value)
    if op is Op.LONGER_AGO:
        return fact <= now - span
    return now - span < fact <= now if op is Op.WITHIN_LAST else now <= fact < now + span


def _read(data: Any, fields: Mapping[str, Type], path: str, deep: int) -> Condition:
    if not isinstance(data, Mapping):
        raise Invalid("shape", path)
    for key, every in (("all", True), ("any", False)):
        if key in data:
            parts = data[key]
            if len(data) != 1 or not isinstance(parts, list | tuple):
                raise Invalid("shape", path)
            if deep == 0:
                raise Invalid("too_deep", path)
            if len(parts) > MOST_CHECKS:
                raise Invalid("too_many", path)
            inside = (f"{path}.{n}".lstrip(".") for n in range(len(parts)))
            pairs = zip(parts, inside, strict=True)
            return Group(every, tuple(_read(part, fields, at, deep - 1) for part, at in pairs))
    return _check(data, fields, path)


def _check(data: Mapping[str, Any], fields: Mapping[str, Type], path: str) -> Check:
    kind = fields.get(data["field"]) if isinstance(data.get("field"), str) else None
    if kind is None:
        raise Invalid("field", path)
    try:
        op = Op(str(data.get("op")))
    except ValueError:
        raise Invalid("op", path) from None
    if op not in OPS[kind]:
        raise Invalid("op", path)
    try:
        value = _value(op, kind, data.get("value"))
    except (ValueError, TypeError, OverflowError):
        raise Invalid("value", path) from None
    return Check(data["field"], op, value)


def _value(op: Op, kind: Type, value: Any) -> Value:
    """What is compared with, checked. Raises ValueError."""
    if op in WITHOUT_VALUE:
        return None
    if op in _LISTS:
        several = tuple(dict.fromkeys(str(one) for one in ([value] if isinstance(value, str) else value)))
        if not several or len(several) > MOST_VALUES or any(not 0 < len(one) <= LONGEST for one in several):
            raise ValueError
        return several
    if op in _DATES:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError
        return at
    if op in _TEXTS or kind is Type.TEXT:
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST or "\0" in value:
            raise ValueError
        return value
    number = int(value)
    if (
        isinstance(value, bool | float)
        or (op in _SPANS and not 0 < number <= MOST_MINUTES)
        or abs(number) > 2**53
    ):
        raise ValueError
    return number
