"""Working time of a case: noted with what was written, corrected with its history, summed on the case."""

import pytest

from vigente.events.models import Event
from vigente.rules.conditions import Check, Op
from vigente.tickets.models import Ticket, TimeSpent
from vigente.tickets.queries import case_page
from vigente.tickets.queries.conditions import where
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db


def total(case):
    return Ticket.objects.get(pk=case.pk).minutes_spent


def test_a_note_and_a_reply_bring_their_minutes_once(ana, shop, now):
    case = shop.ticket(now)
    for _again in range(2):
        ana.post("write", case.number, kind="note", body="Reviso", minutes="20", submission_key="a")
    ana.post(
        "write", case.number, kind="reply", body="Reinicie", after="open", minutes="45", submission_key="b"
    )
    ana.post("write", case.number, kind="note", body="Sin tiempo", minutes="", submission_key="c")
    assert total(case) == 65
    assert "1 h 05" in words(ana.get("case", case.number)).replace("\xa0", " ")
    asked = where(Check("minutes_spent", Op.AT_LEAST, 60), now=now)
    assert list(Ticket.objects.filter(asked)) == [case]


def test_a_reply_taken_back_takes_its_minutes_along(ana, shop, now, settings):
    settings.UNDO_SEND_SECONDS = 10
    case = shop.ticket(now)
    ana.post("write", case.number, kind="reply", body="Reinicie", after="open", minutes="45")
    assert total(case) == 45
    ana.post("message_unsending", case.messages.latest("pk").pk)
    assert total(case) == 0


def test_a_correction_keeps_what_it_was_and_is_ones_own(ana, sofia, shop, now):
    case = shop.ticket(now)
    ana.post("time", case.number, minutes="90")
    entry = TimeSpent.objects.get()
    ana.post("time", case.number, entry=entry.pk, minutes="30")
    assert total(case) == 30
    told = Event.objects.get(kind="ticket.time_corrected").data
    assert (told["before"], told["after"]) == (90, 30)
    TimeSpent.objects.update(user=shop.manager)  # not Ana's any more
    assert ana.post("time", case.number, entry=entry.pk, minutes="5").status_code == 422
    sofia.post("time", case.number, entry=entry.pk, minutes="0")
    assert total(case) == 0


def test_a_customer_reads_nothing_of_it_and_odd_minutes_are_refused_with_the_text_kept(ana, shop, now):
    case = shop.ticket(now)
    answer = ana.post("write", case.number, kind="note", body="Texto que sigue", minutes="5000")
    assert answer.status_code == 422
    assert "Texto que sigue" in answer.content.decode()
    ana.post("time", case.number, minutes="10")
    history = case_page(case.number, shop.manager, now=now).history
    assert not [event for event in history if event.kind.startswith("ticket.time")]
