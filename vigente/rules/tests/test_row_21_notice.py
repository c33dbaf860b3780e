"""Rows 21 and 22, R5: until when a notice counts, and what it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.periods import Interval, Months, boundary
from vigente.rules.subscriptions import Running, current_term, give_notice, notice_cut_off
from vigente.rules.tests.strategies import MANAGUA, instants, utc, zones

TICK = timedelta(microseconds=1)
MONTHLY = Running(utc("2026-07-01 06:00"), MANAGUA, Interval.MONTH, Months.ANNIVERSARY, 1, None)
YEARLY = replace(MONTHLY, interval=Interval.YEAR)
AUGUST, SEPTEMBER = utc("2026-08-01 06:00"), utc("2026-09-01 06:00")
NEXT_JULY, NEXT_AUGUST = utc("2027-07-01 06:00"), utc("2027-08-01 06:00")


@pytest.mark.parametrize(
    ("days", "last"),
    [(0, AUGUST), (1, utc("2026-07-31 06:00")), (5, utc("2026-07-27 06:00"))],
)
def test_row_21_a_notice_counts_until_the_last_instant_before_the_cut_off(days: int, last: object) -> None:
    got = give_notice(MONTHLY, notice_days=days, now=utc("2026-07-10 12:00"))
    assert (got.effective, got.cut_off, got.on_time) == (AUGUST, last, True)
    assert give_notice(MONTHLY, notice_days=days, now=got.cut_off - TICK).effective == AUGUST
    late = give_notice(MONTHLY, notice_days=days, now=got.cut_off)
    assert late.effective == SEPTEMBER
    assert late.on_time is (days == 0)  # without notice days the cut-off is the next month's first instant


def test_row_21_a_late_notice_costs_a_year_one_period_and_never_another_year() -> None:
    on_time = give_notice(YEARLY, notice_days=5, now=utc("2027-06-26 05:59"))
    assert (on_time.effective, on_time.on_time) == (NEXT_JULY, True)
    late = give_notice(YEARLY, notice_days=5, now=utc("2027-06-26 06:00"))
    assert (late.effective, late.on_time) == (NEXT_AUGUST, False)


def test_row_21_a_bounced_warning_keeps_the_window_open() -> None:
    got = give_notice(YEARLY, notice_days=5, now=utc("2027-06-30 12:00"), bounced_at=utc("2027-06-01 12:00"))
    assert (got.effective, got.on_time) == (NEXT_JULY, True)


def test_row_21_if_the_term_nobody_was_warned_of_has_begun_its_running_period_is_the_last() -> None:
    got = give_notice(YEARLY, notice_days=5, now=utc("2027-07-20 12:00"), bounced_at=utc("2027-06-01 12:00"))
    assert (got.effective, got.on_time) == (NEXT_AUGUST, True)


def test_row_21_a_second_notice_never_postpones_the_first() -> None:
    ending = replace(YEARLY, ends_at=NEXT_AUGUST)
    for now in ("2027-06-26 12:00", "2027-07-10 12:00", "2027-07-31 12:00"):
        assert give_notice(ending, notice_days=5, now=utc(now)).effective == NEXT_AUGUST


def test_row_21_before_it_starts_the_first_term_is_the_one_to_end() -> None:
    assert give_notice(MONTHLY, notice_days=0, now=utc("2026-06-01 12:00")).effective == AUGUST


def test_row_21_the_cut_off_is_a_local_midnight_even_when_clocks_change() -> None:
    end = utc("2026-10-26 23:00")  # 27 October in Madrid; clocks change on the 25th
    assert notice_cut_off(end, zone="Europe/Madrid", notice_days=2) == utc("2026-10-24 22:00")
    assert notice_cut_off(end, zone="Europe/Madrid", notice_days=0) == end


shapes = st.builds(
    Running,
    anchor=instants,
    zone=zones,
    interval=st.sampled_from(Interval),
    months=st.sampled_from(Months),
    periods_opened=st.just(1),
    ends_at=st.none(),
)


@given(shapes, st.integers(0, 31), st.integers(0, 1500), st.booleans())
def test_row_21_a_notice_ends_the_term_or_one_period_later_and_always_in_the_future(
    one: Running, notice_days: int, days: int, window_open: bool
) -> None:
    now = one.anchor + timedelta(days=days)
    got = give_notice(one, notice_days=notice_days, now=now, bounced_at=now if window_open else None)
    paid = current_term(one, now=now)
    starts = [boundary(one.anchor, one.zone, k, one.months) for k in range(75)]
    assert got.effective in starts
    assert now < paid.end <= got.effective  # row 22: nothing paid for is lost
    index = starts.index(paid.end)
    assert got.effective == (starts[index] if got.on_time else starts[index + 1])
    assert got.on_time is (window_open or now < got.cut_off)
    assert got.cut_off <= paid.end
