"""A case in the trash is nowhere; restored it is as it was; emptied, its books still add up."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.billing.queries import meter_of
from vigente.factories import make_customer, make_user
from vigente.installation.files import File
from vigente.rules.refusal import Refused
from vigente.tickets.files import attach, path_of
from vigente.tickets.models import HeldRequest, Message, Ticket, TrashedCase
from vigente.tickets.queries import counts, queue_page
from vigente.tickets.services import conversation, merging, trash, work
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)
STAMPS = ("status", "due_at", "place_group", "place_at", "rank", "assignee_id", "last_activity_at", "drawn")


@pytest.fixture
def shop(now):
    return make_customer("El Clavo", now=now)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def owner():
    return make_user("Oscar", role=Role.OWNER)


def left(shop, now):
    return meter_of(organization=shop.organization, licence=shop.licence, now=now).left


def state(case):
    return {name: getattr(Ticket.objects.get(pk=case.pk), name) for name in STAMPS}


def test_a_case_in_the_trash_is_in_no_list_no_count_and_no_line(shop, agent, now):
    case = shop.ticket(now)
    trash.trash(ticket=case, actor=agent, now=now)
    assert not Ticket.objects.visible_to(agent).exists()
    assert not Message.objects.visible_to(agent).exists()
    assert counts(agent, now=now)["line"] == 0
    assert queue_page(agent, view="line", now=now).rows == []
    assert work.take_next(agent=agent, now=now) is None


def test_nothing_can_be_done_to_it_meanwhile(shop, agent, now):
    case = shop.ticket(now)
    trash.trash(ticket=case, actor=agent, now=now)
    with pytest.raises(Ticket.DoesNotExist):
        conversation.reply(ticket=case, author=agent, channel="web", text="Hola", now=now)
    assert not Message.objects.filter(text="Hola").exists()


def test_restored_it_is_as_it_was(shop, agent, now):
    case = shop.ticket(now)
    work.assign(ticket=case, assignee=agent, actor=agent, now=now)
    before = state(case)
    trash.trash(ticket=case, actor=agent, now=now + LATER)
    trash.restore(ticket=case, actor=agent, now=now + 2 * LATER)
    assert state(case) == before
    assert not TrashedCase.objects.exists()
    assert list(verify(now=now + 2 * LATER)) == []


def test_row_12_spam_gives_the_draw_back_and_restoring_draws_again(shop, agent, now):
    before = left(shop, now)
    case = shop.ticket(now)
    trash.trash(ticket=case, actor=agent, now=now, why="spam")
    assert left(shop, now) == before
    trash.restore(ticket=case, actor=agent, now=now)
    assert left(shop, now) == before - 1
    assert list(verify(now=now)) == []


def test_another_reason_keeps_the_draw(shop, agent, now):
    case = shop.ticket(now)
    drawn = left(shop, now)
    trash.trash(ticket=case, actor=agent, now=now, why="other")
    assert left(shop, now) == drawn
    assert list(verify(now=now)) == []


def test_a_mistake_of_ours_needs_its_reason(shop, agent, now):
    case = shop.ticket(now)
    with pytest.raises(Refused):
        trash.trash(ticket=case, actor=agent, now=now, why="mistake")
    assert not Ticket.everything.get(pk=case.pk).in_trash


def test_restored_without_coverage_it_is_held_whole(shop, agent, now):
    case = shop.ticket(now)
    trash.trash(ticket=case, actor=agent, now=now, why="spam")
    while left(shop, now):
        shop.ticket(now)
    held = trash.restore(ticket=case, actor=agent, now=now)
    assert isinstance(held, HeldRequest)
    assert held.follows_id == case.pk
    assert list(verify(now=now)) == []


def test_twice_is_once(shop, agent, now):
    case = shop.ticket(now)
    assert trash.trash(ticket=case, actor=agent, now=now) == trash.trash(ticket=case, actor=agent, now=now)
    trash.restore(ticket=case, actor=agent, now=now)
    trash.restore(ticket=case, actor=agent, now=now)
    assert Ticket.objects.filter(pk=case.pk).exists()


def test_what_was_merged_into_it_goes_and_comes_back_with_it(shop, agent, now):
    case, other = shop.ticket(now), shop.ticket(now)
    merging.merge(ticket=other, into=case, actor=agent, now=now)
    trash.trash(ticket=case, actor=agent, now=now)
    assert not Ticket.objects.exists()
    with pytest.raises(Refused):
        trash.restore(ticket=other, actor=agent, now=now)
    trash.restore(ticket=case, actor=agent, now=now)
    assert Ticket.objects.count() == 2


def test_emptied_it_says_nothing_any_more_and_the_books_add_up(
    shop, owner, now, django_capture_on_commit_callbacks
):
    case = shop.ticket(now)
    message = case.messages.get()
    (file,) = attach((File("nota.txt", b"secreto"),), now=now, message=message)
    path = path_of(file)
    trash.trash(ticket=case, actor=owner, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert trash.empty(ticket=case, actor=owner, now=now)
    assert not trash.empty(ticket=case, actor=owner, now=now)
    message.refresh_from_db()
    assert (message.text, message.html) == ("", "")
    assert not path.exists()
    assert Ticket.everything.get(pk=case.pk).subject == "—"
    assert not TrashedCase.objects.visible_to(owner).exists()
    assert list(verify(now=now)) == []
    with pytest.raises(Refused):
        trash.restore(ticket=case, actor=owner, now=now)


def test_only_owners_and_time_empty_it(shop, agent, now):
    case = shop.ticket(now)
    trash.trash(ticket=case, actor=agent, now=now)
    with pytest.raises(Refused):
        trash.empty(ticket=case, actor=agent, now=now)
    assert trash.empty_due(before=now - LATER, now=now) == 0
    assert trash.empty_due(before=now, now=now) == 1
