from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.models import Grant
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.factories import make_customer, make_edition, make_version
from vigente.installation.clock import ClockStands, vendor_now
from vigente.installation.models import Installation
from vigente.worker import clock
from vigente.worker.advancing import advance_to, live_through
from vigente.worker.clock import Job
from vigente.worker.models import JobRun

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def told(kind):
    return [event.occurred_at for event in Event.objects.filter(kind=kind).order_by("id")]


def test_a_month_brings_its_cases_and_takes_those_of_the_last():
    make_customer(now=NOW)
    live_through(NOW, NOW + 32 * DAY)
    first, second = Grant.objects.order_by("start")
    assert (first.remaining, first.expired_at) == (0, first.end)
    assert (second.start, second.remaining) == (first.end, 4)


def test_everything_happens_at_the_instant_it_falls_due():
    make_customer(now=NOW)
    live_through(NOW, NOW + 70 * DAY)
    starts = [grant.start for grant in Grant.objects.order_by("start")]
    assert told(Kind.SUBSCRIPTION_PERIOD_OPENED) == [NOW, *starts[1:]]


def test_a_year_asleep_is_caught_up_period_by_period():
    make_customer(now=NOW)
    clock.run_due(now=NOW + 366 * DAY)
    clock.run_due(now=NOW + 366 * DAY)
    assert Grant.objects.count() == 13
    assert Grant.objects.filter(remaining__gt=0).count() == 1


def test_people_are_reminded_of_a_renewal_once_a_term():
    make_customer(now=NOW)
    live_through(NOW, NOW + 62 * DAY)
    said = told(Kind.SUBSCRIPTION_RENEWAL_NEAR)
    ends = [grant.end for grant in Grant.objects.order_by("start")]
    assert [end - at for end, at in zip(ends, said, strict=False)] == [7 * DAY] * len(said)
    assert len(said) == 2
    assert told(Kind.SUBSCRIPTION_NOTICE_CLOSING) == []


def test_row_21_a_yearly_plan_hears_of_the_cut_off_thirty_days_before():
    make_customer(now=NOW, version=make_version(interval="year", edition=make_edition()))
    live_through(NOW, NOW + 366 * DAY)
    assert len(told(Kind.SUBSCRIPTION_NOTICE_CLOSING)) == 1
    assert len(told(Kind.SUBSCRIPTION_RENEWAL_NEAR)) == 1


def test_unused_cases_are_announced_before_they_expire():
    customer = make_customer(now=NOW, cases=1)
    live_through(NOW, NOW + 32 * DAY)
    assert len(told(Kind.SUBSCRIPTION_CASES_EXPIRING)) == 1
    customer.ticket(NOW + 32 * DAY)
    live_through(NOW + 32 * DAY, NOW + 60 * DAY)
    assert len(told(Kind.SUBSCRIPTION_CASES_EXPIRING)) == 1


def test_row_41_a_request_that_waits_too_long_is_closed_and_its_text_goes_later():
    customer = make_customer(now=NOW, plan=False)
    held = customer.held(NOW)
    live_through(NOW, NOW + 14 * DAY)
    held.refresh_from_db()
    assert (held.status, bool(held.text)) == ("expired", True)
    live_through(NOW + 14 * DAY, NOW + 104 * DAY)
    held.refresh_from_db()
    assert held.text == ""


def test_a_job_that_fails_stops_no_other_and_is_remembered(monkeypatch):
    ran = []

    def bad(*, now):
        raise ValueError("broken")

    def good(*, now):
        ran.append(now)
        return 1

    monkeypatch.setattr(clock, "JOBS", [Job(bad), Job(good)])
    assert clock.run_due(now=NOW) == {"bad": 0, "good": 1}
    assert "broken" in JobRun.objects.get(name="bad").last_error


def test_a_worker_asks_a_job_again_only_after_its_pause(monkeypatch):
    ran = []

    def job(*, now):
        ran.append(now)
        return 0

    monkeypatch.setattr(clock, "JOBS", [Job(job, every=timedelta(minutes=10))])
    last: dict[str, datetime] = {}
    for minute in (0, 5, 10, -30):
        clock.run_due(now=NOW + timedelta(minutes=minute), last=last)
    assert len(ran) == 3


def test_verification_runs_once_a_night_and_says_what_differs():
    customer = make_customer(now=NOW)
    clock.verify_nightly(now=NOW)
    assert clock.verify_nightly(now=NOW + DAY) == 1
    assert clock.verify_nightly(now=NOW + DAY) == 0
    assert not Event.objects.filter(kind=Kind.VERIFY_FAILED).exists()
    Grant.objects.filter(organization=customer.organization).update(remaining=1)
    assert clock.verify_nightly(now=NOW + 2 * DAY) == 1
    event = Event.objects.get(kind=Kind.VERIFY_FAILED)
    assert "remaining is 1, should be 4" in event.data["differences"][0]
    Grant.objects.filter(organization=customer.organization).update(remaining=4)
    clock.verify_nightly(now=NOW + 3 * DAY)
    clock.verify_nightly(now=NOW + 4 * DAY)
    assert Event.objects.filter(kind=Kind.VERIFY_PASSED).count() == 1


def test_a_clock_moved_while_the_books_are_read_is_no_alarm():
    customer = make_customer(now=NOW)
    clock.verify_nightly(now=NOW)
    clock.run_due(now=NOW + 40 * DAY)
    assert clock.verify_nightly(now=NOW + DAY) == 0
    assert not Event.objects.filter(kind=Kind.VERIFY_FAILED).exists()
    Grant.objects.filter(organization=customer.organization).update(remaining=1)
    assert clock.verify_nightly(now=NOW + 41 * DAY) == 1
    assert Event.objects.filter(kind=Kind.VERIFY_FAILED).exists()


def test_a_demonstration_moves_its_clock_through_everything_due():
    Installation.objects.create(id=1, is_demo=True)
    now = vendor_now()
    make_customer(now=now)
    reached = []
    advance_to(now + 40 * DAY, now=now, progress=reached.append)
    assert reached == sorted(reached)
    assert reached[-1] == now + 40 * DAY
    assert now + 40 * DAY <= vendor_now() < now + 40 * DAY + timedelta(minutes=1)
    assert Grant.objects.count() == 2


def test_a_real_vendors_clock_cannot_be_moved():
    Installation.objects.create(id=1, is_demo=False)
    with pytest.raises(ClockStands):
        advance_to(NOW + DAY, now=NOW)
