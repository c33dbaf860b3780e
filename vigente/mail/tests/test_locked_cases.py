"""A mail to a locked case: nothing written is lost, nobody outside reads it, and its author is told once."""

import pytest

from vigente.factories import make_user
from vigente.mail.models import OutboundMessage
from vigente.mail.tests.people import make_desk, notes, public
from vigente.mail.tests.test_replies_by_mail import reply_to
from vigente.tickets.services.watching import lock

pytestmark = pytest.mark.django_db


def test_what_comes_by_mail_is_a_private_note_and_its_author_is_told_where_to_go_on(now):
    desk = make_desk(now)
    ticket, sent = desk.answered_case()
    lock(ticket=ticket, actor=make_user("Sofía", role="supervisor"), now=now)
    row = desk.write("Sigue igual", **reply_to(sent))
    desk.write("Sigue igual", **reply_to(sent))
    assert row.outcome == "locked"
    assert notes(ticket) == ["Sigue igual"]
    assert "Sigue igual" not in public(ticket)
    told = OutboundMessage.objects.get(kind="mail.case_locked")
    assert told.to == ticket.requester.email
    assert "Reply-To" not in told.headers
    assert "Sigue igual" not in told.text


def test_a_machine_is_told_nothing(now):
    desk = make_desk(now)
    ticket, sent = desk.answered_case()
    lock(ticket=ticket, actor=make_user("Sofía", role="supervisor"), now=now)
    desk.write("Sigue igual", Precedence="bulk", **reply_to(sent))
    assert not OutboundMessage.objects.filter(kind="mail.case_locked").exists()
