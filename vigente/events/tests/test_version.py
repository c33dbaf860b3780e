"""The version of what happened: the same while nothing does, another as soon as something does."""

from datetime import UTC, datetime

import pytest

from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.events.queries import WINDOW, version_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


def happen(subject="ticket:1"):
    return record(Kind.TICKET_NOTED, subject=subject, now=NOW)


def test_it_changes_with_what_is_asked_about_and_with_nothing_else(django_assert_num_queries):
    assert version_of("ticket:", "held:") == "0.0"
    happen()
    before = version_of("ticket:", "held:")
    assert version_of("ticket:", "held:") == before
    happen("subscription:1")
    assert version_of("ticket:", "held:") == before
    happen("held:1")
    with django_assert_num_queries(1):
        assert version_of("ticket:", "held:") != before


def test_what_is_committed_late_below_one_already_seen_changes_it_too():
    early, late = happen(), happen()
    Event.objects.filter(pk=early.pk).delete()  # as a reader sees it whose other writer has not committed
    before = version_of("ticket:")
    early.save(force_insert=True)
    assert early.pk < late.pk
    assert version_of("ticket:") != before


def test_it_looks_no_further_back_than_its_window():
    happen()
    Event.objects.bulk_create(
        Event(kind="plan.sold", subject=f"plan:{n}", occurred_at=NOW) for n in range(WINDOW)
    )
    assert version_of("ticket:") == "0.0"
