"""What is stored wrongly is named; what is right is not."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from vigente.billing.guards import drop_sql
from vigente.billing.models import Grant, LedgerEntry, Subscription
from vigente.events.models import Event
from vigente.events.queries import ATTEMPTS
from vigente.factories import make_customer, make_edition, make_user, make_version
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.work import change_status, close, solve, take_next
from vigente.worker.advancing import live_through
from vigente.worker.verification import verify

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=32)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    """Two months of two customers: cases taken, answered, paused, solved, closed; a request held."""
    customer, other = (
        make_customer(now=NOW),
        make_customer(now=NOW, version=make_version(interval="year", edition=make_edition())),
    )
    agent = make_user("Ana", role="agent")
    first, second = customer.ticket(NOW), customer.ticket(NOW + HOUR)
    other.ticket(NOW + HOUR, work="guided_session")
    take_next(agent=agent, now=NOW + 2 * HOUR)
    reply(ticket=first, author=agent, text="¿Qué versión?", channel="web", now=NOW + 2 * HOUR)
    reply(ticket=first, author=customer.manager, text="La 9.", channel="web", now=NOW + 3 * HOUR)
    solve(ticket=first, actor=agent, now=NOW + 4 * HOUR)
    change_status(ticket=second, status="on_hold", actor=agent, now=NOW + 4 * HOUR)
    close(ticket=second, actor=customer.manager, now=NOW + 5 * HOUR)
    customer.ticket(NOW + 6 * HOUR)
    customer.held(NOW + 7 * HOUR, work="guided_session")
    live_through(NOW + 7 * HOUR, LATER)
    customer.ticket(LATER)
    return customer


def found():
    return {(difference.subject, difference.what) for difference in verify(now=LATER)}


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_history_made_by_the_services_has_no_difference(history):
    assert [str(difference) for difference in verify(now=LATER)] == []


def test_it_reads_only_and_in_few_queries(history, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        list(verify(now=LATER))


def test_a_grant_that_does_not_follow_from_its_entries(history):
    grant = Grant.objects.filter(subscription=history.subscription).latest("start")
    for what, change in {
        "remaining": {"remaining": 1},
        "drawn": {"drawn": 3},
        "end": {"end": LATER + timedelta(days=90)},
        "left_after_expiry": {"expired_at": LATER},
    }.items():
        with taken_back():
            Grant.objects.filter(pk=grant.pk).update(**change)
            assert (f"grant:{grant.pk}", what) in found()


def test_an_entry_that_was_removed_behind_everybodys_back(history):
    with connection.cursor() as cursor:
        for statement in drop_sql(connection.vendor):
            cursor.execute(statement.replace("DROP FUNCTION IF EXISTS vigente_refuse()", "SELECT 1"))
    draw = LedgerEntry.objects.filter(kind="draw").latest("id")
    LedgerEntry.objects.filter(pk=draw.pk).delete()
    subjects = {subject for subject, _ in found()}
    assert {f"grant:{draw.grant_id}", ":".join(draw.source.split(":")[:2])} <= subjects


def test_a_contract_whose_clock_was_turned(history):
    Subscription.objects.filter(pk=history.subscription.pk).update(next_due_at=LATER, periods_opened=5)
    assert {what for subject, what in found() if subject.startswith("subscription")} == {
        "next_due_at",
        "periods_opened",
        "periods_with_a_grant",
    }


WRONG_CASES = [
    ("rank", {"rank": 1}),
    ("due_at", {"due_at": LATER}),
    ("place_group", {"place_group": 1}),
    ("place_at", {"place_at": NOW}),
    ("first_replied_at", {"first_replied_at": NOW}),
    ("draw_1_in_the_ledger", {"drawn": False}),
    ("draw", {"draw": 0, "drawn": False}),
    ("draw_2_in_the_ledger", {"draw": 2}),
    ("state", {"status": "on_hold"}),
    ("state", {"status": "solved"}),
]


def test_a_case_whose_stamps_do_not_follow_from_its_events(history):
    ticket = Ticket.objects.latest("id")
    for what, change in WRONG_CASES:
        with taken_back():
            Ticket.objects.filter(pk=ticket.pk).update(**change)
            mine = {name for subject, name in found() if subject.startswith(f"ticket:{ticket.number}")}
            assert what in mine, change


def test_a_held_request_in_a_state_that_nothing_brought_about(history):
    held = HeldRequest.objects.get()
    HeldRequest.objects.update(status="withdrawn")
    assert (held.event_subject, "status") in found()


def test_an_event_whose_consequences_never_came(history):
    event = Event.objects.latest("id")
    Event.objects.filter(pk=event.pk).update(
        dispatched_at=None, attempts=ATTEMPTS, last_error="KeyError: 'x'"
    )
    assert f"event:{event.pk}" in {subject for subject, _ in found()}
