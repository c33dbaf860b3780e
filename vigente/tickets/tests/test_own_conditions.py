"""Conditions over the vendor's own fields: the database and the rules agree, and what is gone is said to be."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.factories import make_customer
from vigente.rules.conditions import (
    OPS,
    WITHOUT_VALUE,
    Check,
    Group,
    Invalid,
    Op,
    Type,
    checks_of,
    holds,
    read,
)
from vigente.tickets.models import CustomField, FieldValue, Ticket
from vigente.tickets.queries.conditions import where
from vigente.tickets.queries.facts import facts_of, types
from vigente.tickets.queries.own import TYPES, name_of
from vigente.tickets.services.fields import Wanted, delete_field, save_field, set_values

pytestmark = pytest.mark.django_db
CODES = ["cash", "cash-2", "later"]
ANSWERS = {
    "text": ["Diseño 50%", "*no*_", '"x" <script>', "=1+1", "a\\b"],
    "textarea": ["una\nlínea", "DISEÑO", "-"],
    "boolean": [True, False, None],
    "checkbox": [True, None, True],
    "options": CODES,
    "radio": CODES,
    "multiple": [["cash"], ["cash-2", "later"], CODES],
    "checklist": [["later"], CODES, None],
    "date": ["2026-03-10", "2026-03-09", "2024-02-29"],
    "rating": [1, 3, 5],
}


@pytest.fixture
def fields(db):
    options = [(code, {"es": code}) for code in CODES]
    return [save_field(field=None, wanted=Wanted({"es": kind}, kind, options=options)) for kind in ANSWERS]


@pytest.fixture
def cases(fields, now):
    """Three whose answers differ, and one without any."""
    shop = make_customer(now=now)
    tickets = [shop.ticket(now) for _ in range(4)]
    for n, ticket in enumerate(tickets[:3]):
        sent = {row.pk: ANSWERS[row.kind][n] for row in fields}
        set_values(ticket=ticket, sent=sent, actor=None, now=now)
    return [ticket.pk for ticket in tickets]


def value_of(kind, op, now):
    if op in WITHOUT_VALUE:
        return st.none()
    if kind in (Type.CHOICE, Type.CHOICES):
        return st.lists(st.sampled_from([*CODES, "x", 'a"b']), min_size=1, max_size=3, unique=True).map(tuple)
    if op in (Op.BEFORE, Op.AFTER):
        midnight = now.replace(hour=6, minute=0)  # in Managua
        return st.builds(
            lambda start, days, minutes: start + timedelta(days=days, minutes=minutes),
            st.sampled_from([midnight, now]), st.integers(-2, 2), st.sampled_from([0, 0, 1, -1]),
        )  # fmt: skip
    if kind is Type.INSTANT:
        return st.integers(1, 5000)
    if kind is Type.TEXT:
        return st.sampled_from(
            ["diseno", "50%", "_", "*no*", "*", '"x" <SCRIPT>', "=1", "\\", "linea", "una*"]
        )
    return st.integers(-1, 7)


def test_the_database_and_the_rules_agree(cases, fields, now):
    pairs = [(row, TYPES[row.kind], op) for row in fields for op in OPS[TYPES[row.kind]]]
    one = st.sampled_from(pairs).flatmap(
        lambda pair: st.builds(
            Check, st.just(name_of(pair[0].pk)), st.just(pair[2]), value_of(*pair[1:], now)
        )
    )
    group = st.builds(Group, st.booleans(), st.lists(one, max_size=3).map(tuple))

    @settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.one_of(one, group))
    def agree(condition):
        facts = facts_of(cases, [check.field for check in checks_of(condition)], now=now)
        said = {pk for pk in cases if holds(condition, facts[pk], now=now)}
        assert set(Ticket.objects.filter(where(condition, now=now)).values_list("pk", flat=True)) == said

    agree()


def test_an_answer_is_found(cases, fields, now):
    for kind, op, value, found in (
        ("radio", Op.ANY_OF, ("cash",), 1),
        ("checklist", Op.ANY_OF, ("cash",), 1),
        ("checklist", Op.ANY_OF, ("later",), 2),
        ("multiple", Op.ALL_OF, ("cash", "later"), 1),
        ("text", Op.CONTAINS, "diseno", 1),
        ("rating", Op.AT_LEAST, 3, 2),
        ("boolean", Op.YES, None, 1),
        ("date", Op.FILLED, None, 3),
        ("date", Op.BEFORE, now.replace(hour=6), 2),
        ("date", Op.WITHIN_LAST, 24 * 60, 1),
    ):
        row = next(row for row in fields if row.kind == kind)
        condition = Check(name_of(row.pk), op, value)
        assert Ticket.objects.filter(where(condition, now=now)).count() == found, kind


def test_a_field_that_is_gone_cannot_be_asked(fields):
    name = name_of(fields[0].pk)
    asked = {"field": name, "op": "contains", "value": "x"}
    assert read(asked, types()) == Check(name, Op.CONTAINS, "x")
    FieldValue.objects.all().delete()
    delete_field(field=fields[0])
    for gone in (name, "field_0", "field_x", "field_99999999999999999999", "field_1 "):
        with pytest.raises(Invalid):
            read(asked | {"field": gone}, types())
    assert not CustomField.objects.filter(pk=fields[0].pk).exists()
