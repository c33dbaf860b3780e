"""The supervisor's page: who waits past their promise (R10), favours (row 39), missed terms (row 20)."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from vigente.billing.models import MissedTerm
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.factories import make_customer, make_version
from vigente.reports import fairness
from vigente.rules.reasons import Release
from vigente.tickets.models import Ticket
from vigente.tickets.services.classification import classify, release
from vigente.tickets.services.disputes import dispute
from vigente.tickets.services.quotations import object_to
from vigente.tickets.services.work import take_next
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


def test_an_empty_place_says_that_nothing_waits(sofia):
    seen = words(sofia.get("overview"))
    assert "Nadie espera." in seen
    assert "Nada espera su decisión." in seen
    assert "sin revisar" in seen
    assert "Todavía" in seen or "Nadie" in seen


def test_r10_who_waits_past_the_promise_is_counted_by_rank(sofia, now):
    better = make_customer(now=now, version=make_version(name="Empresa", rank=1))
    lesser = make_customer(now=now, version=make_version(name="Básico", rank=3))
    first = better.ticket(now)
    late = lesser.ticket(now)
    Ticket.objects.filter(pk=late.pk).update(due_at=now - timedelta(hours=3))
    seen = words(sofia.get("overview"))
    assert "1 · Empresa 1 0" in seen
    assert "3 · Básico 1 1" in seen
    assert "Pasaron su plazo 1 de 2 en la fila" in seen
    page = sofia.get("overview").content.decode()
    for query in ("late=1", "rank=1", "late=1&amp;rank=3"):  # each number opens its rows
        assert f"/desk/queue/line/?{query}&amp;department=all" in page
    seen = words(sofia.get("queue", "line", query="?late=1&department=all"))
    assert "Solo los que pasaron su plazo." in seen
    assert str(late.number) in seen
    assert str(first.number) not in seen
    rows = sofia.get("queue", "line", query="?rank=1&format=csv")
    assert b"".join(rows.streaming_content).decode().count("\n") == 2


def test_row_39_favours_are_listed_by_person_with_their_reasons(sofia, agent, shop, now):
    case = shop.ticket(now)
    release(ticket=case, reason=Release.VENDOR_FAULT, actor=agent, note="Error de la versión 4.2", now=now)
    seen = words(sofia.get("overview"))
    assert "Ana Robleto · 1 de 5" in seen
    assert "Error de la versión 4.2" in seen
    assert str(case.number) in seen


def test_row_20_a_missed_term_is_decided_once(sofia, shop, now):
    term = MissedTerm.objects.create(
        subscription=shop.subscription, number=1, start=now - timedelta(days=60), end=now
    )
    assert "eriodos que pasaron sin facturar" in words(sofia.get("overview"))
    sofia.post("missed_term", term.pk)
    term.refresh_from_db()
    assert term.decided_at == now
    assert "ya no se puede" in said(sofia.post("missed_term", term.pk))


def test_what_waits_for_a_second_person_and_for_confirmation_is_listed(sofia, agent, shop, now):
    make_customer("Esperando", now=now, activate=False)
    opened = shop.ticket(now, opened_by=agent)
    dispute(ticket=opened, user=shop.manager, text="No", now=now)
    quoted = shop.ticket(now)
    classify(ticket=quoted, work_type=shop.work["development"], actor=agent, now=now)
    object_to(ticket=quoted, user=shop.manager, text="Antes sí", now=now)
    seen = words(sofia.get("overview"))
    assert "Esperando ·" in seen
    assert f"{opened.number} ·" in seen
    assert f"{quoted.number} ·" in seen
    assert "Por decidir 3" in seen


def test_books_that_do_not_add_up_are_said_loudly(sofia, now):
    record(Kind.VERIFY_FAILED, subject="verify", now=now, count=1, differences=["grant 7: 3 is not 4"])
    seen = words(sofia.get("overview"))
    assert "con diferencias" in seen
    assert "grant 7: 3 is not 4" in seen
    record(Kind.VERIFY_PASSED, subject="verify", now=now)
    assert "con diferencias" not in words(sofia.get("overview"))


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_costs_the_same_queries_however_much_there_is(
    sofia, agent, now, count, django_assert_num_queries
):
    for n in range(count):
        shop = make_customer(now=now, rank=1 + n % 3)
        release(ticket=shop.ticket(now), reason=Release.SPAM, actor=agent, now=now)
        shop.ticket(now)
        make_customer(now=now, plan=False).held(now)
        MissedTerm.objects.create(subscription=shop.subscription, number=1, start=now, end=now)
    with django_assert_num_queries(35):
        sofia.get("overview")


def test_what_takes_long_to_count_is_filled_in_and_then_kept(sofia, agent, now, monkeypatch):
    """Of many cases the page comes without the order kept, says so, and asks for it apart."""
    cache.clear()
    case = make_customer(now=now - timedelta(days=2)).ticket(now - timedelta(hours=2))
    assert take_next(agent=agent, now=now - timedelta(hours=1)) == case
    monkeypatch.setattr(fairness, "MANY", 1)
    counted = []
    recount = fairness.recount
    monkeypatch.setattr(fairness, "recount", lambda *span: counted.append(span) or recount(*span))
    page = sofia.get("overview")
    assert "Tomados en su orden … Se está contando" in words(page)
    assert 'hx-get="/es/desk/overview/order/"' in page.content.decode()
    assert counted == []
    figure = sofia.get("overview_order")
    assert "Tomados en su orden 100" in words(figure)
    assert "hx-get" not in figure.content.decode()
    assert len(counted) == 1
    assert "Tomados en su orden 100" in words(sofia.get("overview"))
    assert len(counted) == 1
    cache.clear()
