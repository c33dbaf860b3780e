"""What a case asks its customer: a quotation (row 11), a split (row 14), a draw to dispute (row 15)."""

from datetime import timedelta

import pytest

from vigente.billing.models import Invoice, LedgerEntry, TaxCategory, TaxRate
from vigente.factories import make_user
from vigente.portal.tests.conftest import signed_in, words
from vigente.tickets.models import DrawDispute, HeldRequest, Quotation, SplitProposal, Ticket
from vigente.tickets.services import classification, conversation, disputes, merging, quotations

WHY = "El reporte ya existía y dejó de salir."


@pytest.fixture
def reclassified(shop, agent, now):
    """A covered case an agent took for development."""
    ticket = shop.ticket(now, user=shop.colleague)
    classification.classify(ticket=ticket, work_type=shop.work["development"], actor=agent, now=now)
    return ticket


@pytest.fixture
def quoted(reclassified, supervisor, now):
    quotations.quote(
        ticket=reclassified,
        amount_minor=4_400_000,
        currency="NIO",
        scope="Análisis y entrega.",
        actor=supervisor,
        now=now,
    )
    return reclassified


def url(ticket, noun=""):
    return f"/es/tickets/{ticket.number}/" + (f"{noun}/" if noun else "")


def test_row_11_it_says_why_it_is_not_covered_and_that_the_case_was_given_back(bob, reclassified):
    page = words(bob.get(url(reclassified)))
    assert "Lo que pide es una función nueva" in page
    assert "se lo devolvimos" in page
    assert "¿Cree que su plan sí lo cubre?" in page


def test_row_11_the_manager_accepts_the_price(alice, quoted):
    page = words(alice.get(url(quoted)))
    assert "C$ 44,000.00" in page
    assert "Análisis y entrega." in page
    alice.post(url(quoted, "quotation"), {"answer": "accept"})
    assert Quotation.objects.get().status == "accepted"
    assert (
        LedgerEntry.objects.filter(kind="draw").count() == LedgerEntry.objects.filter(kind="release").count()
    )


def test_row_32_the_price_is_said_with_tax_before_it_is_accepted(alice, quoted):
    category = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=category, basis_points=1500)
    assert "Con impuesto son C$ 50,600.00" in words(alice.get(url(quoted)))
    alice.post(url(quoted, "quotation"), {"answer": "accept"})
    assert Invoice.objects.get().total_minor == 5_060_000


def test_row_11_a_member_does_not_bind_the_company(bob, quoted):
    assert "La acepta la persona responsable" in words(bob.get(url(quoted)))
    page = words(bob.post(url(quoted, "quotation"), {"answer": "accept"}, follow=True))
    assert "Eso lo decide la persona responsable" in page
    assert Quotation.objects.get().status == "quoted"


def test_row_11_declining_closes_the_case(bob, quoted):
    bob.post(url(quoted, "quotation"), {"answer": "decline"})
    assert (Quotation.objects.get().status, Ticket.objects.get().status) == ("declined", "closed")


def test_row_11_the_customer_objects_once(bob, quoted):
    bob.post(url(quoted, "quotation"), {"answer": "object", "text": WHY})
    assert Quotation.objects.get().status == "objected"
    page = words(bob.get(url(quoted)))
    assert "Lo revisa una persona distinta" in page
    assert WHY in page


def test_row_11_once_decided_there_is_no_second_objection(bob, quoted, supervisor, now):
    bob.post(url(quoted, "quotation"), {"answer": "object", "text": WHY})
    quotations.decide_objection(ticket=quoted, covered=False, actor=supervisor, now=now)
    page = bob.get(url(quoted))
    assert "¿Cree que su plan" not in words(page)
    assert "sigue como cotización" in words(page)
    assert "no se puede de nuevo" in words(
        bob.post(url(quoted, "quotation"), {"answer": "object", "text": WHY}, follow=True)
    )


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "z" * 4001])
def test_an_objection_needs_a_reason_and_what_was_typed_stays(bob, quoted, text):
    response = bob.post(url(quoted, "quotation"), {"answer": "object", "text": text})
    assert response.status_code == 422
    assert Quotation.objects.get().status == "quoted"
    assert '<details class="disclosure" open>' in response.content.decode()


def test_who_asked_for_something_new_cannot_object_that_it_is_covered(alice, shop, now):
    ticket = shop.ticket(now, work="development")
    assert "¿Cree que su plan" not in words(alice.get(url(ticket)))


@pytest.fixture
def split(shop, agent, now):
    ticket = shop.ticket(now)
    second = conversation.reply(
        ticket=ticket, author=shop.manager, text="Y no imprime.", channel="web", now=now
    )
    return merging.propose_split(
        ticket=ticket, messages=[second], subject="No imprime", actor=agent, new_problem=True, now=now
    )


def answer(client, split, yes):
    return client.post(url(split.ticket, f"splits/{split.pk}"), {"answer": "yes" if yes else "no"})


def test_row_14_the_customer_is_told_first_and_yes_parts_the_case(alice, split):
    assert "Si acepta, sigue en un caso propio y usa uno de su plan" in words(alice.get(url(split.ticket)))
    assert LedgerEntry.objects.filter(kind="draw").count() == 1
    response = answer(alice, split, True)
    child = Ticket.objects.latest("id")
    assert response.url == url(child)
    assert LedgerEntry.objects.filter(kind="draw").count() == 2


def test_row_14_no_leaves_everything_as_it_is(alice, split):
    answer(alice, split, False)
    assert (Ticket.objects.count(), SplitProposal.objects.get().status) == (1, "declined")
    assert "usa uno de su plan. Si no" not in words(alice.get(url(split.ticket)))


def test_row_14_too_late_is_a_no(split, shop, clock, now):
    clock.move_to(now + timedelta(days=6))
    client = signed_in(shop.manager)
    assert "¿Lo tratamos como un caso aparte?" not in words(client.get(url(split.ticket)))
    answer(client, split, True)
    assert Ticket.objects.count() == 1


def test_row_14_without_a_case_left_the_child_is_held(alice, split, shop, now):
    for _ in range(3):
        shop.ticket(now)
    response = answer(alice, split, True)
    assert response.url == f"/es/held/{HeldRequest.objects.get().token}/"


def test_row_14_a_proposal_of_another_case_is_not_found(alice, split, shop, now):
    other = shop.ticket(now)
    assert alice.post(url(other, f"splits/{split.pk}"), {"answer": "yes"}).status_code == 404


@pytest.fixture
def opened(shop, agent, now):
    return shop.ticket(now, user=shop.colleague, opened_by=agent)


def test_row_15_a_case_opened_for_them_may_be_disputed(bob, opened):
    page = words(bob.get(url(opened)))
    assert "Ana Robleto abrió este caso por usted" in page
    assert "Usó un caso de su plan" in page
    bob.post(url(opened, "dispute"), {"text": "No lo pedí."})
    assert DrawDispute.objects.get().status == "open"
    assert "objetó que usara un caso" in words(bob.get(url(opened)))


def test_row_15_a_second_person_decides_and_the_page_says_it(bob, opened, now):
    bob.post(url(opened, "dispute"), {"text": "No lo pedí."})
    disputes.decide_dispute(ticket=opened, upheld=True, actor=make_user("Denis", role="agent"), now=now)
    assert "Revisamos su objeción y le dimos la razón" in words(bob.get(url(opened)))


def test_row_15_after_the_days_it_is_too_late(opened, shop, clock, now):
    clock.move_to(now + timedelta(days=6))
    client = signed_in(shop.colleague)
    assert "No debió usar un caso" not in words(client.get(url(opened)))
    client.post(url(opened, "dispute"), {"text": "No lo pedí."})
    assert DrawDispute.objects.get().status == "possible"


def test_an_ordinary_case_has_nothing_to_dispute(alice, shop, now):
    ticket = shop.ticket(now)
    assert "No debió usar un caso" not in words(alice.get(url(ticket)))
    page = words(alice.post(url(ticket, "dispute"), {"text": "x"}, follow=True))
    assert "Mientras tanto cambió" in page
