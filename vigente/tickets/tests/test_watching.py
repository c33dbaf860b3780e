"""Watching a case, and locking it."""

from datetime import timedelta

import pytest

from vigente import factories as make
from vigente.accounts.models import Role
from vigente.events.models import Event
from vigente.mail.models import OutboundMessage
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Message, Watch
from vigente.tickets.queries import case_page, queue_page
from vigente.tickets.services import conversation, work
from vigente.tickets.services.watching import lock, unlock, unwatch, watch
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(now):
    return make.make_customer(now=now, cases=9)


@pytest.fixture
def ana():
    return make.make_user("Ana", role=Role.AGENT)


@pytest.fixture
def beto():
    return make.make_user("Beto", role=Role.AGENT)


def letters(user):
    return list(OutboundMessage.objects.filter(to=user.email).order_by("id").values_list("kind", flat=True))


def test_who_watches_is_written_what_others_say_and_nothing_of_their_own(shop, ana, beto, now):
    case = shop.ticket(now)
    assert watch(ticket=case, user=beto, actor=beto, now=now)
    assert not watch(ticket=case, user=beto, actor=beto, now=now)
    conversation.add_note(ticket=case, author=ana, text="Ojo con esto", now=now)
    conversation.add_note(ticket=case, author=beto, text="Ya vi", now=now)
    conversation.reply(ticket=case, author=ana, text="¿Desde cuándo?", channel="web", now=now)
    conversation.reply(ticket=case, author=shop.manager, text="Desde ayer", channel="web", now=now)
    drain_all(now=now)
    assert letters(beto) == ["ticket.noted", "ticket.replied", "ticket.replied"]
    assert unwatch(ticket=case, user=beto, actor=beto, now=now)
    work.solve(ticket=case, actor=ana, now=now)
    drain_all(now=now)
    assert len(letters(beto)) == 3


def test_a_customer_never_watches_and_is_told_of_nobody_who_does(shop, ana, now):
    case = shop.ticket(now)
    with pytest.raises(Refused):
        watch(ticket=case, user=shop.manager, actor=ana, now=now)
    assert not Watch.objects.exists()
    watch(ticket=case, user=ana, actor=ana, now=now)
    page = case_page(case.number, shop.manager, now=now)
    assert not page.watchers
    assert "ticket.watched" not in {event.kind for event in page.history}


def test_lists_and_the_case_say_it_to_whoever_watches(shop, ana, beto, now):
    case = shop.ticket(now)
    watch(ticket=case, user=ana, actor=beto, now=now)
    assert case_page(case.number, ana, now=now).is_watched
    assert not case_page(case.number, beto, now=now).is_watched
    shown = {u: queue_page(u, view="line", now=now).rows[0].ticket.is_watched for u in (ana, beto)}
    assert shown == {ana: True, beto: False}


def test_a_locked_case_takes_no_reply_of_anybody_and_notes_as_before(shop, ana, now):
    case = shop.ticket(now)
    assert lock(ticket=case, actor=ana, now=now)
    assert not lock(ticket=case, actor=ana, now=now)
    for author in (ana, shop.manager):
        with pytest.raises(Refused) as refusal:
            conversation.reply(ticket=case, author=author, text="Hola", channel="api", now=now)
        assert refusal.value.code is RefusalCode.CASE_LOCKED
    assert Message.objects.filter(ticket=case).count() == 1
    conversation.add_note(ticket=case, author=ana, text="Terminado", now=now)
    assert unlock(ticket=case, actor=ana, now=now)
    conversation.reply(ticket=case, author=shop.manager, text="Hola", channel="web", now=now)
    kinds = list(Event.objects.filter(subject=case.event_subject).values_list("kind", flat=True))
    assert kinds.count("ticket.locked") == kinds.count("ticket.unlocked") == 1


def test_a_customer_does_not_reopen_a_locked_case_but_may_go_on_in_a_new_one(shop, ana, now):
    case = shop.ticket(now)
    work.close(ticket=case, actor=ana, now=now)
    lock(ticket=case, actor=ana, now=now)
    with pytest.raises(Refused):
        conversation.reopen(ticket=case, actor=shop.manager, now=now)
    later = now + timedelta(days=40)
    said = conversation.reply(ticket=case, author=shop.manager, text="Volvió", channel="web", now=later)
    assert not isinstance(said, Message)
    assert said.follows == case
