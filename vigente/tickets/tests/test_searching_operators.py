"""What each operator of the search finds, alone, together and turned around."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.factories import make_customer, make_user, make_version
from vigente.rules.searching import read
from vigente.tickets.models import Department, Ticket
from vigente.tickets.queries.searching import found, held_found
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.work import assign, solve

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def ana(db):
    return make_user("Ana Ríos", role="agent")


@pytest.fixture
def shops(db):
    plan = make_version(name="Empresa Anual", rank=1)
    return make_customer("Ferretería El Clavo", now=NOW, version=plan), make_customer(
        "Pulpería Ñandú", now=NOW
    )


@pytest.fixture
def cases(shops, ana):
    """One of the ironmonger's, solved by Ana; two of the shop's, one Ana's too, one late in another department."""
    clavo, nandu = shops
    one = clavo.ticket(NOW, subject="Error al facturar", text="El total no cuadra con el kárdex")
    two = nandu.ticket(NOW + timedelta(days=1), subject="Impresora", text="Cuadra pero no imprime la factura")
    three = nandu.ticket(NOW + timedelta(days=2), subject="Otra", text="Nada que ver")
    reply(ticket=one, author=ana, text="Listo", channel="web", now=NOW)
    solve(ticket=one, actor=ana, now=NOW)
    assign(ticket=two, assignee=ana, actor=ana, now=NOW)
    other = Department.objects.create(name="Facturación")
    Ticket.objects.filter(pk=three.pk).update(department=other, due_at=NOW - timedelta(minutes=1))
    return {one.number: "1", two.number: "2", three.number: "3"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org:clavo", "1"), ("org:nandu", "23"), ("-org:clavo", "23"), ("org:nadie", ""), ('org:"el clavo"', "1"),
        ("plan:empresa", "1"), ("plan:anual", "1"), ("-plan:empresa", "23"),
        ("is:open", "23"), ("is:solved", "1"), ("-is:solved", "23"), ("is:mine", "12"), ("is:unassigned", "3"),
        ("-is:unassigned", "12"), ("is:late", "3"), ("-is:late", "12"), ("-is:held", "123"),
        ("agent:rios", "12"), ("agent:me", "12"), ("-agent:me", "3"), ("técnico:nadie", ""),
        ("dept:facturacion", "3"), ("-depto:facturación", "12"),
        ("before:2026-07-11", "1"), ("after:2026-07-11", "23"), ("after:2026-07-11 before:2026-07-12", "2"),
        ("desde:12/7/2026", "3"), ("after:1d", "123"), ("before:1d", ""),
        ('"no cuadra"', "1"), ('"cuadra no"', ""), ("cuadra", "12"), ('-"no cuadra"', "23"),
        ("cuadra -impresora", "1"), ("factur org:nandu", "2"), ("org:nandu is:late otra", "3"), ("-otra", "12"),
    ],
)  # fmt: skip
def test_each_operator_finds_its_cases(ana, cases, text, expected):
    rows = found(ana, read(text), now=NOW, zone=UTC).order_by("id")
    assert "".join(cases[case.number] for case in rows) == expected


def test_a_number_among_others_narrows_to_that_case(ana, cases):
    first = min(cases)
    assert [case.number for case in found(ana, read(f"#{first} is:solved"), now=NOW, zone=UTC)] == [first]
    assert not found(ana, read(f"#{first} is:open"), now=NOW, zone=UTC)


def test_from_finds_who_asked_by_name_and_address(ana, cases, shops):
    nandu = shops[1]
    address = nandu.manager.email
    rows = found(ana, read(f"de:{address.upper()}"), now=NOW, zone=UTC)
    assert {cases[case.number] for case in rows} == {"2", "3"}


def test_days_begin_in_the_readers_zone(ana, cases):
    from zoneinfo import ZoneInfo

    late = datetime(2026, 7, 11, 3, 0, tzinfo=UTC)  # still the tenth in Managua
    Ticket.objects.filter(number=min(cases)).update(accepted_at=late)
    zone = ZoneInfo("America/Managua")
    assert min(cases) in {c.number for c in found(ana, read("before:2026-07-11"), now=NOW, zone=zone)}
    assert min(cases) not in {c.number for c in found(ana, read("before:2026-07-11"), now=NOW, zone=UTC)}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("kardex", 1), ("kardex -luna", 0), ("org:luna", 1), ("org:clavo", 0), ("#3", 0), ("agent:me", 0),
     ("before:2026-07-11", 1), ("after:2026-07-11", 0), ('"el kardex"', 1), ("is:solved", 0), ("is:open", 1)],
)  # fmt: skip
def test_what_waits_for_coverage_is_found_alike(ana, text, count):
    customer = make_customer("Luz de Luna", now=NOW, plan=False)
    customer.held(NOW, subject="Falla el kárdex", text="Al cerrar el kárdex")
    assert len(held_found(ana, read(f"is:held {text}"), now=NOW, zone=UTC).rows) == count


def test_pages_of_held_requests_follow_one_another(ana):
    customer = make_customer("Luz de Luna", now=NOW, plan=False)
    made = [customer.held(NOW, subject=f"Uno {n}").pk for n in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page = held_found(ana, read("is:held"), now=NOW, zone=UTC, cursor=cursor, limit=2)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
    assert seen == made[::-1]


@given(
    st.text(max_size=40),
    st.sampled_from(["", "-", "org:", "plan:", "de:", "agent:", "dept:", '"', "is:held "]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_typed_breaks_the_database(ana, text, before):
    search = read(before + text)
    list(found(ana, search, now=NOW, zone=UTC).order_by("-id")[:5])
    held_found(ana, search, now=NOW, zone=UTC)
