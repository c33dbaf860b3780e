"""Who else is written our replies: colleagues who take part, and addresses that only read."""

import pytest

from vigente import factories as make
from vigente.accounts.models import Role
from vigente.mail.models import OutboundMessage
from vigente.mail.tests.people import make_desk, notes, public
from vigente.mail.tests.test_replies_by_mail import reply_to
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket
from vigente.tickets.queries import case_page
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.copies import add_copy, remove_copy
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
OUTSIDE, HIDDEN = "compras@otra.test", "jefe@otra.test"


@pytest.fixture
def desk(now):
    return make_desk(now)


@pytest.fixture
def ana():
    return make.make_user("Ana", role=Role.AGENT)


def sent(case):
    mails = OutboundMessage.objects.filter(ticket=case, kind="ticket.replied").order_by("id")
    return {mail.to: mail for mail in mails}


def test_each_is_written_once_and_a_hidden_copy_is_told_to_nobody(desk, ana, now):
    shop, case = desk.customer, desk.customer.ticket(now)
    assert add_copy(ticket=case, email=OUTSIDE.upper(), actor=ana, now=now)
    assert not add_copy(ticket=case, email=OUTSIDE, actor=ana, now=now)
    add_copy(ticket=case, email=HIDDEN, hidden=True, actor=ana, now=now)
    add_copy(ticket=case, email=shop.colleague.email, actor=ana, now=now)
    reply(ticket=case, author=ana, text="Reinicie", channel="web", now=now)
    drain_all(now=now)
    mails = sent(case)
    assert set(mails) == {shop.manager.email, shop.colleague.email, OUTSIDE, HIDDEN}
    for mail in mails.values():
        assert HIDDEN not in mail.text + mail.html + str(mail.headers)
    assert OUTSIDE in mails[shop.manager.email].text
    assert f"/{case.number}/" not in mails[OUTSIDE].text  # no page opens to them
    page = case_page(case.number, shop.manager, now=now)
    assert [copy.email for copy in page.copies] == [OUTSIDE]
    assert not {event.kind for event in page.history} & {"ticket.copy_added", "ticket.copy_removed"}


def test_a_reply_to_the_requester_alone_and_one_after_the_copy_was_taken_out(desk, ana, now):
    case = desk.customer.ticket(now)
    add_copy(ticket=case, email=OUTSIDE, actor=ana, now=now)
    reply(ticket=case, author=ana, text="Solo a usted", channel="web", copies=False, now=now)
    drain_all(now=now)
    assert set(sent(case)) == {desk.customer.manager.email}
    assert remove_copy(ticket=case, email=OUTSIDE, actor=ana, now=now)
    reply(ticket=case, author=ana, text="A todos", channel="web", now=now)
    drain_all(now=now)
    assert OUTSIDE not in sent(case)


def test_what_a_copy_answers_is_a_private_note_and_never_the_customers_word(desk, ana, now):
    case = desk.customer.ticket(now)
    add_copy(ticket=case, email=OUTSIDE, actor=ana, now=now)
    reply(ticket=case, author=ana, text="Reinicie", channel="web", now=now)
    drain_all(now=now)
    row = desk.write("Cierren el caso", sender=OUTSIDE, **reply_to(sent(case)[OUTSIDE]))
    assert row.outcome == "staff_note"
    assert notes(case) == ["Cierren el caso"]
    assert "Cierren el caso" not in public(case)


def test_a_colleague_takes_part_and_a_stranger_sees_no_page(desk, ana, now):
    shop, case = desk.customer, desk.customer.ticket(now)
    assert not Ticket.objects.visible_to(shop.colleague).filter(pk=case.pk).exists()
    add_copy(ticket=case, email=shop.colleague.email, actor=shop.manager, now=now)
    assert Ticket.objects.visible_to(shop.colleague).filter(pk=case.pk).exists()
    stranger = make.make_user("Zoe")
    add_copy(ticket=case, email=stranger.email, actor=ana, now=now)
    assert not Ticket.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("email", ["zoe@otra.test", "ana"])
def test_a_customer_adds_colleagues_only_and_learns_nothing_of_others(desk, ana, now, email):
    case = desk.customer.ticket(now)
    address = ana.email if email == "ana" else email
    with pytest.raises(Refused) as refusal:
        add_copy(ticket=case, email=address, actor=desk.customer.manager, now=now)
    assert refusal.value.code is RefusalCode.COLLEAGUES_ONLY
    with pytest.raises(Refused):
        add_copy(ticket=case, email=ana.email, actor=ana, now=now)
