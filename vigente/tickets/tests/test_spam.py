"""What a rule of spam catches is kept, answered to nobody, and enters by one click."""

import pytest

from vigente.accounts.models import AuditEntry, Role
from vigente.factories import make_customer, make_user
from vigente.mail.models import OutboundMessage
from vigente.rules.refusal import Refused
from vigente.tickets.models import HeldRequest, SpamRule, Ticket
from vigente.tickets.services import spam
from vigente.tickets.services.conversation import reply
from vigente.worker.drain import drain_all
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(now):
    return make_customer("El Clavo", now=now)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


def add(agent, now, **wanted):
    return spam.save_rule(
        wanted=spam.Wanted(**{"where": "text", "words": "gane dinero"} | wanted), actor=agent, now=now
    )


def ask(shop, now, **more):
    return shop.ask(now, subject="Gane dinero", **more)


def test_what_is_caught_is_whole_silent_and_draws_nothing(shop, agent, now):
    rule = add(agent, now)
    held = ask(shop, now)
    drain_all(now=now)
    assert (held.status, held.caught_by, held.subject) == ("spam", rule, "Gane dinero")
    assert not Ticket.objects.exists()
    assert not OutboundMessage.objects.filter(kind__startswith="held").exists()
    assert SpamRule.objects.get().caught == 1
    assert list(verify(now=now)) == []


def test_released_it_is_decided_as_any_request(shop, agent, now):
    add(agent, now)
    held = ask(shop, now)
    case = spam.release(held=held, actor=agent, now=now)
    assert isinstance(case, Ticket)
    assert case.drawn
    assert spam.release(held=held, actor=agent, now=now) == case
    assert list(verify(now=now)) == []


def test_released_without_coverage_it_waits_and_its_author_is_told(agent, now):
    shop = make_customer("Sin plan", now=now, plan=False)
    add(agent, now)
    held = spam.release(held=ask(shop, now), actor=agent, now=now)
    assert held.status == "waiting"
    drain_all(now=now)
    assert OutboundMessage.objects.filter(to=shop.manager.email).exists()
    assert list(verify(now=now)) == []


def test_replies_and_what_the_team_files_are_never_spam(shop, agent, now):
    case = shop.ticket(now)
    add(agent, now)
    reply(ticket=case, author=shop.manager, channel="web", text="Gane dinero", now=now)
    assert case.messages.count() == 2
    assert isinstance(shop.ask(now, subject="Gane dinero", opened_by=agent), Ticket)


def test_a_rule_that_is_off_catches_nothing(shop, agent, now):
    add(agent, now, is_on=False)
    assert isinstance(ask(shop, now), Ticket)


def test_blocking_a_sender_throws_the_case_away_and_catches_what_comes_next(shop, agent, now):
    case = shop.ticket(now)
    spam.block_sender(ticket=case, actor=agent, now=now)
    assert not Ticket.objects.exists()
    assert isinstance(shop.ask(now, subject="Otra vez"), HeldRequest)
    with pytest.raises(Refused):
        spam.block_sender(ticket=Ticket(requester=agent), actor=agent, now=now)


def test_a_rule_is_written_down_with_before_and_after(agent, now):
    rule = add(agent, now)
    spam.save_rule(wanted=spam.Wanted("sender", "@x.test"), actor=agent, now=now, rule=rule)
    spam.remove_rule(rule=rule, actor=agent, now=now)
    kinds = list(AuditEntry.objects.order_by("id").values_list("kind", "before__words", "after__words"))
    assert kinds == [
        ("spam.added", None, "gane dinero"),
        ("spam.changed", "gane dinero", "@x.test"),
        ("spam.removed", "@x.test", None),
    ]  # fmt: skip
