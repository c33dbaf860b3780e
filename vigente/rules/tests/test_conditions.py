"""Conditions: what is read is what was written, opposites are opposites, and what is not there is empty."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.conditions import (
    ALWAYS,
    DEEPEST,
    MOST_CHECKS,
    NEGATIVE,
    OPS,
    WITHOUT_VALUE,
    Check,
    Group,
    Invalid,
    Op,
    Type,
    explain,
    holds,
    matches,
    read,
    write,
)

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
FIELDS = {kind.value: kind for kind in Type}
CODES = ("a", "b", "c", "Ñandú")
WORDS = st.text("aábBñ* ", min_size=1, max_size=5)
INSTANTS = st.integers(-5000, 5000).map(lambda minutes: NOW + timedelta(minutes=minutes))
FACTS = {
    Type.CHOICE: st.sampled_from(CODES),
    Type.CHOICES: st.frozensets(st.sampled_from(CODES)),
    Type.TEXT: st.text("aábBñ* ", max_size=8),
    Type.NUMBER: st.integers(-5, 5),
    Type.FLAG: st.booleans(),
    Type.INSTANT: INSTANTS,
}


def values(kind: Type, op: Op):
    if op in WITHOUT_VALUE:
        return st.none()
    if op in (Op.ANY_OF, Op.NONE_OF, Op.ALL_OF):
        return st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True).map(tuple)
    if op in (Op.BEFORE, Op.AFTER):
        return INSTANTS
    if kind is Type.INSTANT:
        return st.integers(1, 5000)
    return WORDS if kind is Type.TEXT else st.integers(-5, 5)


ONE = st.sampled_from([(kind, op) for kind in Type for op in OPS[kind]]).flatmap(
    lambda pair: st.builds(Check, st.just(pair[0].value), st.just(pair[1]), values(*pair))
)


def groups(inner):
    return st.builds(Group, st.booleans(), st.lists(inner, max_size=4).map(tuple))


CONDITIONS = st.one_of(ONE, groups(ONE), groups(st.one_of(ONE, groups(ONE))))
SCENES = st.fixed_dictionaries({}, optional={kind.value: st.none() | facts for kind, facts in FACTS.items()})


@given(CONDITIONS)
def test_what_is_written_is_read_again(condition):
    assert read(write(condition), FIELDS) == condition


@given(ONE, SCENES)
def test_a_negative_test_is_the_exact_opposite(test, facts):
    opposite = {**NEGATIVE, **{positive: negative for negative, positive in NEGATIVE.items()}}.get(test.op)
    if opposite is not None:
        other = Check(test.field, opposite, test.value)
        assert holds(test, facts, now=NOW) is not holds(other, facts, now=NOW)


@given(CONDITIONS, SCENES)
def test_what_holds_is_what_its_explanation_adds_up_to(condition, facts):
    passed = iter(explain(condition, facts, now=NOW))

    def add_up(part):
        if isinstance(part, Check):
            check, ok = next(passed)
            assert check == part
            return ok
        results = [add_up(one) for one in part.parts]
        return False not in results if part.every else True in results

    assert holds(condition, facts, now=NOW) is add_up(condition)
    assert next(passed, None) is None


@given(ONE)
def test_what_is_not_there_passes_negative_tests_only(test):
    assert holds(test, {}, now=NOW) is (test.op in NEGATIVE)


@given(st.text("ab*", max_size=6), st.text("ab", max_size=8))
def test_a_pattern_means_what_a_regular_expression_would(pattern, text):
    import re

    plain = ".*".join(re.escape(piece) for piece in pattern.split("*"))
    assert matches(pattern, text) is bool(re.fullmatch(plain, text, re.DOTALL))


def test_all_of_nothing_is_true_and_any_of_nothing_false():
    assert holds(ALWAYS, {}, now=NOW)
    assert not holds(Group(every=False), {}, now=NOW)


@pytest.mark.parametrize(
    ("op", "minutes", "at", "expected"),
    [
        (Op.LONGER_AGO, 60, -60, True),
        (Op.LONGER_AGO, 60, -59, False),
        (Op.WITHIN_LAST, 60, -60, False),
        (Op.WITHIN_LAST, 60, 0, True),
        (Op.WITHIN_NEXT, 60, 0, True),
        (Op.WITHIN_NEXT, 60, 60, False),
        (Op.WITHIN_NEXT, 60, -1, False),
    ],
)
def test_spans_begin_and_end_where_they_say(op, minutes, at, expected):
    assert holds(Check("instant", op, minutes), {"instant": NOW + timedelta(minutes=at)}, now=NOW) is expected


def test_texts_are_compared_without_accents_and_capitals():
    assert holds(Check("text", Op.CONTAINS, "DISENO"), {"text": "El diseño nuevo"}, now=NOW)
    assert holds(Check("text", Op.LIKE, "factura*serie ?"), {"text": "Factura de la SÉRIE ?"}, now=NOW)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "shape"),
        ([], "shape"),
        ({"all": {}}, "shape"),
        ({"all": [], "any": []}, "shape"),
        ({"field": "nowhere", "op": "yes"}, "field"),
        ({"field": ["flag"], "op": "yes"}, "field"),
        ({"field": "flag", "op": "contains", "value": "x"}, "op"),
        ({"field": "flag", "op": "?"}, "op"),
        ({"field": "choice", "op": "any_of", "value": []}, "value"),
        ({"field": "choice", "op": "any_of", "value": 3}, "value"),
        ({"field": "number", "op": "at_least", "value": "many"}, "value"),
        ({"field": "number", "op": "at_least", "value": True}, "value"),
        ({"field": "number", "op": "equals", "value": float("inf")}, "value"),
        ({"field": "instant", "op": "before", "value": "2026-03-10T15:00:00"}, "value"),
        ({"field": "instant", "op": "longer_ago", "value": 0}, "value"),
        ({"field": "text", "op": "contains", "value": ""}, "value"),
        ({"all": [{"field": "flag", "op": "yes"}] * (MOST_CHECKS + 1)}, "too_many"),
    ],
)
def test_what_cannot_be_read_says_why(data, code):
    with pytest.raises(Invalid) as found:
        read(data, FIELDS)
    assert found.value.code == code


def test_groups_inside_groups_end_somewhere():
    data = {"field": "flag", "op": "yes"}
    for _ in range(DEEPEST):
        data = {"any": [data]}
    read(data, FIELDS)
    with pytest.raises(Invalid) as found:
        read({"all": [data]}, FIELDS)
    assert found.value.code == "too_deep"


def test_where_it_is_wrong_is_said():
    with pytest.raises(Invalid) as found:
        read({"all": [{"field": "flag", "op": "yes"}, {"any": [{"field": "x"}]}]}, FIELDS)
    assert found.value.path == "1.0"
