"""Rows 19, 20, 24, 35, 51: what time makes due, safe to ask late and twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Interval, Months, Span, boundary
from vigente.rules.subscriptions import (
    Due,
    End,
    OpenPeriod,
    Running,
    StartTerm,
    advance,
    current_term,
    next_due,
)
from vigente.rules.tests.strategies import MANAGUA, instants, utc, zones

TICK = timedelta(microseconds=1)


def running(anchor: str = "2026-01-31 15:00", **facts: Any) -> Running:
    defaults: dict[str, Any] = {
        "zone": MANAGUA,
        "interval": Interval.MONTH,
        "months": Months.ANNIVERSARY,
        "periods_opened": 0,
        "ends_at": None,
    }
    return Running(anchor=utc(anchor), **defaults | facts)


def done(one: Running, due: tuple[Due, ...]) -> Running:
    """The subscription after its services did what was due."""
    return replace(one, periods_opened=one.periods_opened + sum(isinstance(step, OpenPeriod) for step in due))


def opened(due: tuple[Due, ...]) -> list[int]:
    return [step.index for step in due if isinstance(step, OpenPeriod)]


def terms(due: tuple[Due, ...]) -> list[StartTerm]:
    return [step for step in due if isinstance(step, StartTerm)]


def test_row_20_a_month_begins_at_its_instant_and_not_before() -> None:
    one = running(periods_opened=1)
    second = boundary(one.anchor, MANAGUA, 1)
    assert advance(one, now=second - TICK) == ()
    assert next_due(one) == second
    due = advance(one, now=second)
    assert [type(step) for step in due] == [StartTerm, OpenPeriod]
    assert due[0] == StartTerm(1, Span(second, boundary(one.anchor, MANAGUA, 2)), missed=False)


def test_row_20_three_months_asleep_open_every_period_and_bill_only_the_running_term() -> None:
    due = advance(running(periods_opened=1), now=utc("2026-05-10 12:00"))
    assert opened(due) == [1, 2, 3]
    assert [(step.index, step.missed) for step in terms(due)] == [(1, True), (2, True), (3, False)]
    assert terms(due)[-1].span == current_term(running(), now=utc("2026-05-10 12:00"))


def test_row_19_a_year_is_one_term_and_twelve_periods() -> None:
    year = running(interval=Interval.YEAR)
    due = advance(year, now=utc("2027-02-27 12:00"))
    assert opened(due) == list(range(13))
    assert [(step.index, step.missed) for step in terms(due)] == [(0, True), (1, False)]
    assert opened(advance(replace(year, periods_opened=1), now=utc("2026-02-28 06:00"))) == [1]


def test_row_19_a_missed_year_is_billed_as_long_as_it_runs() -> None:
    due = advance(running(interval=Interval.YEAR, periods_opened=1), now=utc("2026-11-10 12:00"))
    assert terms(due) == []
    assert opened(due) == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_row_22_it_ends_at_its_instant_and_opens_nothing_after() -> None:
    end = boundary(utc("2026-01-31 15:00"), MANAGUA, 2)
    one = running(periods_opened=2, ends_at=end)
    assert advance(one, now=end - TICK) == ()
    assert advance(one, now=end) == (End(end),)
    assert advance(one, now=end + timedelta(days=400)) == (End(end),)
    assert next_due(one) == end


def test_row_20_asleep_over_the_end_opens_what_was_paid_for_then_ends() -> None:
    end = boundary(utc("2026-01-31 15:00"), MANAGUA, 3)
    due = advance(running(periods_opened=1, ends_at=end), now=utc("2026-12-01 00:00"))
    assert opened(due) == [1, 2]
    assert due[-1] == End(end)


def test_r11_nothing_of_a_legacy_plan_outlives_its_own_expiry() -> None:
    end = utc("2026-03-15 06:00")  # within a period
    due = advance(running(ends_at=end), now=utc("2026-03-15 06:00"))
    assert opened(due) == [0, 1]
    assert [step.span.end for step in due if isinstance(step, OpenPeriod)][-1] == end
    assert due[-1] == End(end)
    assert next_due(done(running(ends_at=end), due)) == end


def test_row_21_one_more_period_of_a_year_is_a_term_of_one_period() -> None:
    anchor = utc("2026-01-31 15:00")
    end = boundary(anchor, MANAGUA, 13)
    due = advance(
        running(interval=Interval.YEAR, periods_opened=12, ends_at=end), now=utc("2027-02-01 12:00")
    )
    assert due[0] == StartTerm(1, Span(boundary(anchor, MANAGUA, 12), end), missed=False)
    assert (
        current_term(running(interval=Interval.YEAR, ends_at=end), now=utc("2027-02-01 12:00"))
        == terms(due)[0].span
    )


def test_row_24_activated_again_counts_from_its_new_anchor() -> None:
    again = running("2026-05-10 15:00")
    assert advance(again, now=utc("2026-05-10 14:59")) == ()
    assert current_term(again, now=utc("2026-01-01 00:00")).start == again.anchor
    assert opened(advance(again, now=utc("2026-06-10 06:00"))) == [0, 1]


shapes = st.builds(
    Running,
    anchor=instants,
    zone=zones,
    interval=st.sampled_from(Interval),
    months=st.sampled_from(Months),
    periods_opened=st.just(0),
    ends_at=st.none(),
)


@given(shapes, st.lists(st.integers(0, 1500), min_size=1, max_size=8), st.none() | st.integers(1, 40))
def test_row_20_waking_often_or_rarely_opens_the_same_periods_once_each(
    one: Running, wakes: list[int], ends_after: int | None
) -> None:
    if ends_after:
        one = replace(one, ends_at=boundary(one.anchor, one.zone, ends_after, one.months))
    last = one.anchor + timedelta(days=max(wakes))
    at_once = [step for step in advance(one, now=last) if isinstance(step, OpenPeriod)]
    often: list[OpenPeriod] = []
    for days in sorted(wakes):
        due = advance(one, now=one.anchor + timedelta(days=days))
        often += [step for step in due if isinstance(step, OpenPeriod)]
        one = done(one, due)
        assert opened(advance(one, now=one.anchor + timedelta(days=days))) == []
    assert often == at_once
    assert [step.index for step in often] == list(range(len(often)))
    for before, after in zip(often, often[1:], strict=False):
        assert before.span.start < before.span.end == after.span.start
    if often and last < (one.ends_at or last + TICK):
        assert often[-1].span.contains(last)


@given(shapes, st.integers(0, 60), st.integers(0, 40), st.integers(1, 40))
def test_row_20_exactly_the_running_term_is_billed(
    one: Running, days: int, opened_before: int, ends_after: int
) -> None:
    one = replace(
        one, periods_opened=opened_before, ends_at=boundary(one.anchor, one.zone, ends_after, one.months)
    )
    now = boundary(one.anchor, one.zone, opened_before + 1, one.months) + timedelta(days=days)
    for step in terms(advance(one, now=now)):
        assert step.missed is (step.span.end <= now)
        assert step.missed or step.span.contains(now)


@given(shapes, st.integers(0, 1500))
def test_next_due_is_the_first_instant_at_which_something_is_due(one: Running, days: int) -> None:
    one = done(one, advance(one, now=one.anchor + timedelta(days=days)))
    at = next_due(one)
    assert advance(one, now=at - TICK) == ()
    assert advance(one, now=at) != ()


@pytest.mark.parametrize("interval", Interval)
def test_row_35_a_century_of_renewals_stays_on_the_day(interval: Interval) -> None:
    one = running("2028-02-29 18:00", interval=interval)
    due = advance(one, now=datetime(2128, 3, 1, tzinfo=UTC))
    days = {step.span.start.day for step in due if isinstance(step, OpenPeriod)}
    assert days == {28, 29}
