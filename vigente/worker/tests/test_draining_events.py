from datetime import UTC, datetime, timedelta

import pytest

from vigente.accounts.models import Organization
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.events.queries import ATTEMPTS, dead_letters
from vigente.factories import make_organization
from vigente.worker import drain
from vigente.worker.consumers import Consumer

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def consume(monkeypatch):
    """Replace the list of consumers; all of them follow from a note in a case."""

    def install(*runs):
        consumers = tuple(Consumer.of(run, Kind.TICKET_NOTED) for run in runs)
        monkeypatch.setattr(drain, "CONSUMERS", consumers)

    return install


def note():
    return record(Kind.TICKET_NOTED, subject="ticket:1", now=NOW)


def fail(event, *, now):
    raise ValueError("no")


def test_each_event_is_consumed_once_and_in_order(consume):
    seen = []
    consume(lambda event, *, now: seen.append(event.pk))
    events = [note(), note()]
    assert drain.drain_events(now=NOW) == 2
    assert drain.drain_events(now=NOW) == 0
    assert seen == [event.pk for event in events]


def test_an_event_that_nothing_follows_is_done_without_a_consumer(consume):
    consume()
    record(Kind.HELD_ERASED, subject="held:1", now=NOW)
    assert drain.drain_events(now=NOW) == 1
    assert not Event.objects.filter(dispatched_at__isnull=True).exists()


def test_a_consumer_that_fails_stops_no_other_and_writes_nothing(consume):
    seen = []

    def write_and_fail(event, *, now):
        make_organization()
        raise ValueError("no")

    consume(write_and_fail, lambda event, *, now: seen.append(event.pk))
    event = note()
    assert drain.drain_events(now=NOW) == 0
    event.refresh_from_db()
    assert seen == [event.pk]
    assert "ValueError: no" in event.last_error
    assert not Organization.objects.exists()


def test_a_failed_event_is_tried_again_after_a_pause(consume):
    consume(fail)
    event = note()
    drain.drain_events(now=NOW)
    consume(lambda event, *, now: None)
    assert drain.drain_events(now=NOW + drain.PAUSES[0] - timedelta(seconds=1)) == 0
    assert drain.drain_events(now=NOW + drain.PAUSES[0]) == 1
    event.refresh_from_db()
    assert (event.attempts, event.last_error) == (2, "")


def test_a_failure_does_not_keep_the_next_event_waiting(consume):
    seen = []

    def only_the_first_fails(event, *, now):
        if event.subject == "ticket:1":
            raise ValueError
        seen.append(event.subject)

    consume(only_the_first_fails)
    note()
    record(Kind.TICKET_NOTED, subject="ticket:2", now=NOW)
    assert drain.drain_events(now=NOW) == 1
    assert seen == ["ticket:2"]


def test_what_fails_too_often_is_a_dead_letter_that_can_be_revived(consume):
    consume(fail)
    event, now = note(), NOW
    for _ in range(ATTEMPTS + 3):
        drain.drain_events(now=now)
        now += timedelta(days=1)
    event.refresh_from_db()
    assert event.attempts == ATTEMPTS
    assert list(dead_letters()) == [event]
    consume(lambda event, *, now: None)
    drain.revive(event)
    assert drain.drain_events(now=now) == 1


def test_an_event_claimed_by_another_worker_is_left_to_it_until_the_lease_ends(consume):
    consume(lambda event, *, now: None)
    event = note()
    Event.objects.filter(pk=event.pk).update(claimed_until=NOW + drain.LEASE)
    assert drain.claim([event], now=NOW) == []
    assert drain.drain_events(now=NOW) == 0
    assert drain.drain_events(now=NOW + drain.LEASE) == 1


def test_two_workers_share_what_waits_and_nothing_is_done_twice(consume):
    consume(fail)
    events = [note() for _ in range(4)]
    assert drain.claim(events[:2], now=NOW) == events[:2]
    assert drain.claim(events, now=NOW) == events[2:]


def test_nothing_waiting_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        drain.drain_events(now=NOW)
