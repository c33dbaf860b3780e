"""Drafts and presence: kept as they are typed, told to others, and seldom written."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.factories import make_customer, make_user
from vigente.rules.refusal import Refused
from vigente.tickets.models import Draft, Presence
from vigente.tickets.queries.company import company, replied_since
from vigente.tickets.services import drafts
from vigente.tickets.services.conversation import add_note, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def beto():
    return make_user("Beto", role=Role.AGENT)


@pytest.fixture
def customer(now):
    return make_customer(now=now)


@pytest.fixture
def case(customer, now):
    return customer.ticket(now)


def save(case, author, now, body="Hola", kind="reply"):
    drafts.save_draft(ticket=case, author=author, kind=kind, body=body, now=now)


def test_a_draft_is_one_per_person_and_goes_when_it_is_empty(case, ana, beto, now):
    save(case, ana, now)
    save(case, ana, now, body="Hola, Rosa", kind="note")
    save(case, beto, now)
    assert list(Draft.objects.visible_to(ana).values_list("body", "kind")) == [("Hola, Rosa", "note")]
    save(case, ana, now, body="  ")
    assert not Draft.objects.visible_to(ana).exists()
    assert Draft.objects.count() == 1


def test_the_same_again_writes_nothing(case, ana, now):
    save(case, ana, now)
    save(case, ana, now + timedelta(minutes=1))
    assert Draft.objects.get().updated_at == now


@pytest.mark.parametrize("body", ["x\0y", "\ud800", "x" * 200_001])
def test_what_no_message_can_be_is_no_draft(case, ana, now, body):
    with pytest.raises(Refused):
        save(case, ana, now, body=body)


def test_a_customer_has_no_drafts_here(case, customer, now):
    with pytest.raises(Refused):
        save(case, customer.manager, now)


def test_others_are_told_who_writes_and_who_left_a_draft(case, ana, beto, now):
    drafts.be_present(ticket=case, user=ana, now=now)
    save(case, ana, now)
    (seen,) = company(case, beto, now=now + timedelta(seconds=5))
    assert (seen.name, seen.typing, seen.here) == ("Ana", True, True)
    (seen,) = company(case, beto, now=now + timedelta(seconds=30))
    assert (seen.typing, seen.here) == (False, True)
    (seen,) = company(case, beto, now=now + timedelta(minutes=5))
    assert (seen.typing, seen.here, seen.draft_at) == (False, False, now)
    assert company(case, ana, now=now) == []


def test_being_there_is_written_seldom(case, ana, now, django_assert_num_queries):
    drafts.be_present(ticket=case, user=ana, now=now)
    for seconds in (5, 10, 15, 20, 25):
        with django_assert_num_queries(1):
            drafts.be_present(ticket=case, user=ana, now=now + timedelta(seconds=seconds))
    with django_assert_num_queries(2):
        drafts.be_present(ticket=case, user=ana, now=now + timedelta(seconds=30))
    assert drafts.tidy_presence(now=now + timedelta(days=2)) == 1
    assert not Presence.objects.exists()


def test_a_reply_of_somebody_else_is_told(case, ana, beto, customer, now):
    seen = case.messages.get().pk
    add_note(ticket=case, author=beto, text="nota", now=now)
    mine = reply(ticket=case, author=ana, text="Hola", channel="web", now=now)
    assert replied_since(case, ana, seen) is None
    assert replied_since(case, beto, seen) == mine
    theirs = reply(ticket=case, author=customer.manager, text="Gracias", channel="web", now=now)
    assert replied_since(case, ana, mine.pk) == theirs
