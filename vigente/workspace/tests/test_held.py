"""Held requests: why each waits, what would let it in, answering, overriding (rows 2, 3, 15, 41, 46, 50)."""

import pytest

from vigente.billing.queries import statement
from vigente.factories import make_customer, make_version, publish
from vigente.tickets.files import File
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.held import expire_due
from vigente.workspace.tests.conftest import Desk, said, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare(now):
    """A customer without a plan; one is on sale for their edition."""
    make_version(name="Tienda", cases=4)
    return make_customer("Taller Rivas", now=now, plan=False)


@pytest.fixture
def held(bare, now):
    return bare.held(
        now, subject="No imprime", text="Desde ayer no imprime nada.", files=(File("a.txt", b"x"),)
    )


def test_the_list_says_why_each_waits_longest_first(ana, bare, held, now):
    make_customer("Óptica", now=now, plan=False).held(now)
    seen = words(ana.get("held"))
    assert seen.index("No imprime") < seen.index("Óptica")
    assert "Sin plan" in seen or "plan" in seen.lower()


def test_the_page_shows_it_whole_with_offers_and_what_becomes_of_it(ana, held):
    seen = words(ana.get("held_request", held.pk))
    assert "Desde ayer no imprime nada." in seen
    assert "Tienda · C$ 2,100.00" in seen
    assert "Se guarda hasta el 24 de julio" in seen
    assert "a.txt" in seen


def test_row_3_an_exhausted_customer_is_offered_a_pack_and_the_plan_up(ana, now):
    shop = make_customer(now=now, cases=1)
    make_version(name="Empresa", cases=10, rank=1, price_minor=440_000)
    shop.ticket(now)
    seen = words(ana.get("held_request", shop.held(now).pk))
    assert "1 caso extra · C$ 380.00" in seen
    assert "Empresa · C$ 4,400.00" in seen


def test_row_50_staff_answer_with_a_link_or_ask_for_data_and_it_stays_held(ana, held):
    response = ana.post("held_answer", held.pk, text="¿Qué impresora es?")
    assert "sigue en espera" in said(response)
    held.refresh_from_db()
    assert (held.answer, held.status) == ("¿Qué impresora es?", "waiting")
    assert "¿Qué impresora es?" in words(ana.get("held_request", held.pk))


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\0b"])
def test_an_answer_that_says_nothing_is_refused(ana, held, text):
    assert ana.post("held_answer", held.pk, text=text).status_code == 422


def test_row_15_a_supervisor_lets_it_in_with_a_reason_and_the_books_balance(sofia, bare, held, now):
    assert sofia.post("held_override", held.pk, reason="  ").status_code == 422
    response = sofia.post("held_override", held.pk, reason="Cliente nuevo, primera vez")
    ticket = Ticket.objects.get()
    assert f"Aceptado como caso {ticket.number}." in said(response)
    assert [line.kind for line in statement(organization=bare.organization, now=now)] == ["grant", "draw"]
    assert sofia.get("held_case", held.pk).url == f"/es/desk/cases/{ticket.number}/"


def test_an_agent_does_not_override(ana, held):
    assert ana.post("held_override", held.pk, reason="por favor").status_code == 403
    assert not Ticket.objects.exists()


def test_it_is_let_in_once(sofia, held):
    sofia.post("held_override", held.pk, reason="Cliente nuevo")
    response = sofia.post("held_override", held.pk, reason="Otra vez")
    assert response.status_code in (302, 422)
    assert Ticket.objects.count() == 1


def test_row_41_one_that_waited_too_long_moves_to_its_own_tab(ana, held, now):
    later = held.hold_until
    expire_due(now=later)
    assert "No imprime" not in words(ana.get("held"))
    assert "No imprime" in words(ana.get("held", query="?view=expired"))
    assert "El texto se borra el" in words(ana.get("held_request", held.pk))


def test_row_46_one_that_a_manager_must_approve_says_so(ana, shop, now):
    publish(draw_by="approve")
    held = shop.held(now, user=shop.colleague)
    assert "La persona responsable de la organización la aprueba." in words(ana.get("held_request", held.pk))


def test_pages_follow_one_another(ana, bare, now):
    for _ in range(55):
        bare.held(now)
    first = ana.get("held")
    assert len(first.context["rows"]) == 50
    second = ana.get("held", query=first.context["more"])
    assert len(second.context["rows"]) == 5


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_queries_for_one_and_for_thirty(ana, now, count, django_assert_num_queries):
    for _ in range(count):
        make_customer(now=now, plan=False).held(now)
    with django_assert_num_queries(6):
        ana.get("held")


def test_an_unknown_view_is_not_found_and_an_export_is_safe(ana, bare, now):
    bare.held(now, subject="@SUM(1)")
    assert ana.get("held", query="?view=x").status_code == 404
    text = b"".join(ana.get("held", query="?format=csv").streaming_content).decode()
    assert "'@SUM(1)" in text


def test_one_from_nobody_we_know_offers_no_override(sofia, now):
    held = HeldRequest.objects.create(
        token="t", email="x@y.test", subject="Hola", html="<p>Hola</p>", text="Hola", channel="email", received_at=now,
        hold_until=now, decision={"outcome": "not_covered", "reasons": [{"code": "requester_unknown"}]},
    )  # fmt: skip
    seen = words(sofia.get("held_request", held.pk))
    assert "Aceptar sin cobertura" not in seen
    assert sofia.post("held_override", held.pk, reason="x").status_code == 422


def test_markup_in_what_was_held_does_not_run(bare, held, agent):
    HeldRequest.objects.update(html="<script>alert(1)</script><p>hola</p>")
    assert "<script>alert" not in Desk(agent).get("held_request", held.pk).content.decode()
