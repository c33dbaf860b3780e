"""A department's own address: new mail lands in it, what is written goes out from it, replies find their case."""

import pytest

from vigente.mail.outbound import send_due
from vigente.mail.tests.people import make_desk, public
from vigente.tickets.models import Department, HeldRequest, Ticket
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(db):
    return Department.objects.create(name="Ventas")


@pytest.fixture
def desk(now, sales):
    desk = make_desk(now, intake="accept")
    desk.mailbox.department = sales
    desk.mailbox.address = "ventas@sisnorte.test"
    desk.mailbox.save()
    return desk


def test_a_new_case_lands_in_it_and_is_answered_from_it(desk, sales, now, smtp_sink, settings):
    settings.EMAIL_URL = smtp_sink.email_url
    case = desk.write("Quiero otra licencia").ticket
    assert case.department == sales
    drain_all(now=now)
    send_due(now=now)
    told = next(one.message for one in smtp_sink.mails if one.recipients == [case.requester.email])
    assert "<ventas@sisnorte.test>" in told["From"]
    assert told["from"] == told["From"]
    assert told["Reply-To"].startswith("ventas+t")
    row = desk.write("Una más", To=told["Reply-To"], Subject="Sin número")
    assert row.ticket == case
    assert public(case)[-1] == "Una más"
    assert Ticket.objects.count() == 1


def test_what_is_held_waits_for_it_too(now, sales):
    desk = make_desk(now)
    desk.mailbox.department = sales
    desk.mailbox.save()
    desk.write("Quiero otra licencia")
    assert HeldRequest.objects.get().department == sales


def test_one_for_people_with_an_account_refuses_others(desk, sales, now):
    sales.registered_only = True
    sales.save()
    row = desk.write("Hola", sender="nadie@otra.test")
    assert (row.outcome, row.held, row.ticket) == ("refused", None, None)
    assert desk.write("Hola").ticket.department == sales
