"""The page of the trash: thrown away with a reason, seen, restored, erased by the owner."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vigente.tickets.models import Ticket, TrashedCase
from vigente.tickets.services import trash
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now, subject="Gane dinero")


def test_thrown_away_with_undo_and_gone_from_its_page(ana, case):
    response = ana.post("trashing", case.number, why="spam")
    assert f"Caso {case.number} en la papelera." in said(response)
    assert ana.get("case", case.number).status_code == 404
    assert ana.client.post(f"/es/desk/cases/{case.number}/restoration/").status_code == 302
    assert ana.get("case", case.number).status_code == 200


def test_a_mistake_without_its_note_keeps_what_was_chosen(ana, case):
    response = ana.post("trashing", case.number, why="mistake")
    assert response.status_code == 422
    assert Ticket.objects.filter(pk=case.pk).exists()


def test_the_page_shows_what_lies_there_and_only_the_owner_erases(ana, oscar, case, agent, now):
    trash.trash(ticket=case, actor=agent, now=now, why="other", note="No es nuestro")
    seen = words(ana.get("trash"))
    assert "Gane dinero" in seen
    assert "No es nuestro" in seen
    assert "Borrar…" not in seen
    assert oscar.post("emptying", case.number).status_code == 422
    oscar.post("emptying", case.number, sure="on")
    assert TrashedCase.objects.get().emptied_at == now
    assert "La papelera está vacía" in words(oscar.get("trash"))


def test_the_page_asks_the_same_for_one_and_for_many(ana, shop, agent, now):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            ana.get("trash")
        return len(seen)

    trash.trash(ticket=shop.ticket(now, work="outage"), actor=agent, now=now)
    ana.get("trash")
    first = asked()
    for _ in range(29):
        trash.trash(ticket=shop.ticket(now, work="outage"), actor=agent, now=now)
    assert asked() == first
