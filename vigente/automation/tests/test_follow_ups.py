"""Follow-ups: a case rests, comes back once at its hour, and is left alone when the customer wrote."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.automation.follow_ups import run_follow_ups
from vigente.automation.services import save_rule, switch
from vigente.events.kinds import Kind
from vigente.factories import make_customer, make_user
from vigente.mail.models import OutboundMessage
from vigente.rules.automation import Act, Action, OnEvent
from vigente.rules.conditions import ALWAYS, Check, Op
from vigente.rules.refusal import Refused
from vigente.tickets.models import FollowUp
from vigente.tickets.services import conversation, work
from vigente.tickets.services.follow_ups import MOST, cancel_follow_up, set_follow_up
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(now):
    return make_customer("El Clavo", now=now, cases=12)


@pytest.fixture
def ana():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def ticket(shop, ana, now):
    made = shop.ticket(now)
    work.assign(ticket=made, assignee=ana, actor=ana, now=now)
    return made


@pytest.fixture
def later(ticket, ana, now):
    def make(hours=2, **more):
        return set_follow_up(ticket=ticket, due_at=now + timedelta(hours=hours), actor=ana, now=now, **more)

    return make


def status_of(ticket):
    ticket.refresh_from_db()
    return ticket.status


def test_it_rests_and_comes_back_once_however_late(ticket, later, ana, now):
    later(status="on_hold", note="Llamar", actions=(Action(Act.SEVERITY, "2"), Action(Act.ASSIGN, "0")))
    assert status_of(ticket) == "on_hold"
    assert run_follow_ups(now=now + timedelta(minutes=119)) == 0
    for days in (3, 3, 4):
        run_follow_ups(now=now + timedelta(days=days))
    assert (status_of(ticket), ticket.severity) == ("open", 2)
    drain_all(now=now + timedelta(days=4))
    mail = OutboundMessage.objects.get(kind=Kind.FOLLOW_UP_DUE.value)
    assert (mail.recipient, "Llamar" in mail.text) == (ana, True)


def test_of_two_that_hold_a_case_the_last_lets_it_go(ticket, later, now):
    later(1, status="on_hold")
    later(2, status="on_hold")
    assert run_follow_ups(now=now + timedelta(hours=1)) == 1
    assert status_of(ticket) == "on_hold"
    assert run_follow_ups(now=now + timedelta(hours=2)) == 1
    assert status_of(ticket) == "open"


def test_the_customers_word_ends_only_those_that_wait_for_it(ticket, shop, later, now):
    gone, kept = later(status="waiting_customer", cancel_on_reply=True), later(3)
    conversation.reply(ticket=ticket, author=shop.manager, text="Ya llegó", channel="web", now=now)
    drain_all(now=now)
    assert list(FollowUp.objects.open()) == [kept]
    gone.refresh_from_db()
    assert gone.cancelled_at == now
    assert status_of(ticket) == "open"


def test_taken_back_the_case_is_as_it_was_and_one_that_is_done_is_let_be(ticket, later, ana, now):
    row = later(status="on_hold")
    assert cancel_follow_up(follow_up=row, actor=ana, now=now)
    assert not cancel_follow_up(follow_up=row, actor=ana, now=now)
    assert status_of(ticket) == "open"
    later()
    work.solve(ticket=ticket, actor=ana, now=now)
    run_follow_ups(now=now + timedelta(days=1))
    assert status_of(ticket) == "solved"
    assert not FollowUp.objects.filter(done_at__isnull=False).exists()


def test_what_cannot_be_is_refused(ticket, later, ana, now):
    for hours, more in ((0, {}), (24 * 366 * 6, {}), (1, {"status": "closed"}), (1, {"note": "x" * 2001})):
        with pytest.raises(Refused):
            later(hours, **more)
    for _one in range(MOST):
        row = later()
    with pytest.raises(Refused):
        later()
    changed = later(5, follow_up=row, note="Otra cosa")
    assert (changed.pk, changed.note) == (row.pk, "Otra cosa")
    work.solve(ticket=ticket, actor=ana, now=now)
    with pytest.raises(Refused):
        later()


def test_a_rule_leaves_one_and_what_it_does_wakes_no_rule(shop, now):
    boss = make_user("Sofía", role=Role.SUPERVISOR)
    changed = OnEvent(frozenset({Kind.TICKET_ACCEPTED.value, Kind.TICKET_STATUS_CHANGED.value}))
    rule = save_rule(
        rule=None, name="Volver", trigger=changed, condition=Check("has_follow_up", Op.NO), stop=False, actor=boss,
        actions=(Action(Act.FOLLOW_UP, "Ver {{ ticket.number }}", to="60:on_hold"),), now=now,
    )  # fmt: skip
    switch(rule=rule, on=True, actor=boss, now=now)
    ticket = shop.ticket(now)
    drain_all(now=now)
    row = FollowUp.objects.get()
    assert (row.note, row.due_at, row.made_by) == (f"Ver {ticket.number}", now + timedelta(hours=1), None)
    for hours in range(1, 4):
        run_follow_ups(now=now + timedelta(hours=hours))
        drain_all(now=now + timedelta(hours=hours))
    assert status_of(ticket) == "open"
    assert FollowUp.objects.count() == 1
    assert ALWAYS.every
