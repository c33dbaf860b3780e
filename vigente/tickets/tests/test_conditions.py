"""Conditions over cases: the database finds the very cases of which the rules say that they hold."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.factories import make_customer, make_user
from vigente.rules.conditions import OPS, WITHOUT_VALUE, Check, Group, Op, Type, checks_of, holds
from vigente.tickets.files import File
from vigente.tickets.models import Participant, Ticket
from vigente.tickets.queries.conditions import where
from vigente.tickets.queries.facts import FIELDS, facts_of, types
from vigente.tickets.services.conversation import add_note, reopen, reply
from vigente.tickets.services.structure import add_tag, tag_case

pytestmark = pytest.mark.django_db
TEXTS = ["DISEÑO", "factura", "50%", "_", "*", "no*de*", "*x", "órbita", "El diseno de la factura", "\\\\"]


@pytest.fixture
def cases(now):
    """Cases that differ in everything a condition can ask."""
    agent = make_user("Ñandú Agente", role="agent")
    better = make_customer("Distribuidora Órbita", now=now)
    bare = make_customer("100% Luz_Sur", now=now, plan=False)
    first = better.ticket(now, subject="El diseño de la FACTURA", files=(File("a.pdf", b"%PDF-1.4 x"),))
    tags = [add_tag(names={"es": word}) for word in ("Visita", "Cierre de mes")]
    tag_case(ticket=first, tags=tags, actor=agent, now=now)
    Participant.objects.create(ticket=first, user=agent, added_at=now)
    Ticket.objects.filter(pk=first.pk).update(assignee=agent, status="solved", solved_at=now, severity=2)
    add_note(ticket=first, author=agent, text="Llamar por la FACTURA, 50% listo", now=now)
    reply(
        ticket=first,
        author=agent,
        text="El diseno de la factura",
        channel="web",
        now=now + timedelta(hours=1),
    )
    second = better.ticket(now + timedelta(hours=2), subject="No imprime 50% de *todo*")
    tag_case(ticket=second, tags=tags[1:], actor=None, now=now)
    Ticket.objects.filter(pk=second.pk).update(
        last_activity_at=now - timedelta(days=2), due_at=None, status="closed", closed_at=now
    )
    third = better.ticket(now + timedelta(hours=3), subject="Otra cosa_x")
    reopen(ticket=second, actor=agent, now=now + timedelta(hours=4))
    Ticket.objects.filter(pk=third.pk).update(
        organization=bare.organization, licence=None, requester=bare.manager, due_at=now + timedelta(hours=1)
    )
    return list(Ticket.objects.values_list("pk", flat=True))


def values(name, kind, op, now):
    keys = [str(pk) for pk in range(1, 4)] + [
        "x",
        "solved",
        "new",
        "active",
        "web",
        "customer",
        "999999999999999999999",
    ]
    if op in WITHOUT_VALUE:
        return st.none()
    if op in (Op.ANY_OF, Op.NONE_OF, Op.ALL_OF):
        return st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True).map(tuple)
    if op in (Op.BEFORE, Op.AFTER):
        return st.integers(-5000, 5000).map(lambda minutes: now + timedelta(minutes=minutes))
    if kind is Type.INSTANT:
        return st.integers(1, 5000)
    if kind is Type.TEXT:
        return st.sampled_from(
            [
                "DISEÑO",
                "factura",
                "50%",
                "_",
                "*",
                "no*de*",
                "*x",
                "órbita",
                "El diseno de la factura",
                "\\\\",
            ]
        )
    return st.integers(0, 1005)


def condition_strategy(now):
    pairs = [(name, kind, op) for name, kind in types().items() for op in OPS[kind]]
    one = st.sampled_from(pairs).flatmap(
        lambda pair: st.builds(Check, st.just(pair[0]), st.just(pair[2]), values(*pair, now))
    )
    group = st.builds(Group, st.booleans(), st.lists(one, max_size=3).map(tuple))
    return st.one_of(one, group, st.builds(Group, st.booleans(), st.lists(group, max_size=2).map(tuple)))


def test_the_database_and_the_rules_agree(cases, now):
    @settings(max_examples=250, suppress_health_check=list(HealthCheck))
    @given(condition_strategy(now))
    def agree(condition):
        names = [check.field for check in checks_of(condition)]
        facts = facts_of(cases, names, now=now)
        said = {pk for pk in cases if holds(condition, facts[pk], now=now)}
        assert set(Ticket.objects.filter(where(condition, now=now)).values_list("pk", flat=True)) == said

    agree()


BARE = [
    Check(name, op, None if op in WITHOUT_VALUE else ("1",))
    for name, kind in types().items()
    for op in OPS[kind]
    if op in WITHOUT_VALUE or kind in (Type.CHOICE, Type.CHOICES)
]


@pytest.mark.parametrize("check", BARE, ids=lambda check: f"{check.field} {check.op}")
def test_every_field_can_be_asked_both_ways(cases, now, check):
    facts = facts_of(cases, [check.field], now=now)
    said = {pk for pk in cases if holds(check, facts[pk], now=now)}
    assert set(Ticket.objects.filter(where(check, now=now)).values_list("pk", flat=True)) == said


def test_facts_cost_the_same_however_many_cases(cases, now):
    counts = []
    for some in (cases[:1], cases):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            facts_of(some, FIELDS, now=now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
