"""Where an agent goes after a reply, as they chose last; and why a case went to another department."""

import pytest

from vigente.events.models import Event
from vigente.tickets.models import Department, Ticket
from vigente.workspace.tests.conftest import address, words

pytestmark = pytest.mark.django_db


def send(ana, case, **more):
    return ana.post("write", case.number, kind="reply", body="Reinicie", after="waiting_customer", **more)


def test_to_the_next_case_which_is_then_theirs_and_remembered(ana, agent, shop, now):
    first, second = shop.ticket(now), shop.ticket(now)
    assert send(ana, first, go="next").url == address("case", second.number)
    assert Ticket.objects.get(pk=second.pk).assignee == agent
    page = ana.get("case", second.number).content.decode()
    assert '<option value="next" selected>' in page
    assert send(ana, second, go="next").url.startswith(address("case", second.number))  # nothing waits


def test_to_the_list_or_on_here_and_a_note_goes_nowhere(ana, shop, now):
    case = shop.ticket(now)
    assert send(ana, case, go="list").url == address("home")
    assert send(ana, case, go="stay").url.startswith(address("case", case.number))
    note = ana.post("write", case.number, kind="note", body="Ojo", go="list")
    assert note.url.startswith(address("case", case.number))


def test_the_reply_goes_to_the_requester_alone_when_it_says_so(ana, shop, now):
    case = shop.ticket(now)
    ana.post("copying", case.number, email="compras@otra.test")
    assert "compras@otra.test" in words(ana.get("case", case.number))
    send(ana, case, to="requester")
    assert Event.objects.filter(kind="ticket.replied").latest("pk").data["copies"] is False
    ana.post("uncopying", case.number, email="compras@otra.test")
    assert not case.copies.exists()


def test_why_a_case_went_to_another_department_stands_in_its_history(ana, shop, now):
    case = shop.ticket(now)
    other = Department.objects.create(name="Facturación")
    ana.post("department", case.number, department=other.pk, why="Es de la factura")
    assert "Es de la factura" in words(ana.get("case", case.number))
