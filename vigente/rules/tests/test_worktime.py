"""Working time: what shifts, holidays and clock changes do to a deadline."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigente.rules.periods import day_of, day_start
from vigente.rules.tests.strategies import MANAGUA, durations, instants, utc, work_hours, zones
from vigente.rules.worktime import ALWAYS, NoWorkingHours, WorkHours, add, add_days, between

HOUR = timedelta(hours=1)
OFFICE = WorkHours(
    MANAGUA, (((480, 720), (780, 1020)),) * 5 + (((480, 720),), ()), frozenset({date(2026, 9, 14)})
)


def managua(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MANAGUA)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-07-01 09:00", 2, "2026-07-01 11:00"),
        ("2026-07-01 11:00", 2, "2026-07-01 14:00"),  # over lunch
        ("2026-07-01 08:00", 4, "2026-07-01 12:00"),  # done by noon, not after lunch
        ("2026-07-01 12:30", 1, "2026-07-01 14:00"),  # asked at lunch
        ("2026-07-01 20:00", 1, "2026-07-02 09:00"),  # asked at night
        ("2026-07-04 11:00", 2, "2026-07-06 09:00"),  # Saturday noon to Monday
        ("2026-09-12 11:00", 2, "2026-09-15 09:00"),  # Monday is a holiday
        ("2026-07-05 10:00", 0, "2026-07-05 10:00"),  # nothing promised: at once, even on Sunday
    ],
)
def test_a_deadline_counts_shifts_only(start: str, hours: int, due: str) -> None:
    assert add(OFFICE, managua(start), hours * HOUR) == managua(due)


def test_a_shift_lasts_as_long_as_it_does_on_the_night_clocks_change() -> None:
    night = WorkHours("Europe/Madrid", (((0, 360),),) * 7)
    whole = WorkHours("Europe/Madrid", (((0, 1440),),) * 7)
    for day, slept in ((date(2026, 3, 29), -1), (date(2026, 10, 25), 1)):
        a = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
        assert between(night, a, a + 12 * HOUR) == (6 + slept) * HOUR
        assert between(whole, a - 48 * HOUR, a + 96 * HOUR) == 144 * HOUR


def test_a_week_that_begins_where_midnight_is_skipped_is_an_hour_short() -> None:
    havana = WorkHours("America/Havana", ALWAYS.week)
    sunday = utc("2007-03-11 05:00")  # clocks jump from 00:00 to 01:00
    assert between(havana, sunday, sunday + timedelta(days=7)) == timedelta(days=7)


@given(work_hours(), instants, durations)
def test_adding_then_measuring_gives_back_the_span(
    hours: WorkHours, start: datetime, span: timedelta
) -> None:
    due = add(hours, start, span)
    assert between(hours, start, due) == span
    if span:  # and no earlier instant would have done
        assert between(hours, start, due - timedelta(microseconds=1)) < span


@given(work_hours(), instants, durations, durations)
def test_adding_twice_is_adding_the_sum(
    hours: WorkHours, start: datetime, a: timedelta, b: timedelta
) -> None:
    assert add(hours, add(hours, start, a), b) == add(hours, start, a + b)


@given(work_hours(), instants, durations, durations)
def test_measuring_in_two_parts_is_measuring_the_whole(
    hours: WorkHours, start: datetime, a: timedelta, b: timedelta
) -> None:
    middle, end = start + a, start + a + b
    assert between(hours, start, middle) + between(hours, middle, end) == between(hours, start, end)
    assert between(hours, start, end) <= a + b
    assert between(hours, end, start) == timedelta(0)


@given(work_hours(), instants, st.integers(0, 60), st.frozensets(st.integers(0, 60), max_size=4))
def test_weeks_at_once_are_their_days_one_by_one(
    hours: WorkHours, start: datetime, length: int, off: frozenset[int]
) -> None:
    first = day_of(start, hours.zone)
    hours = replace(hours, holidays=frozenset(first + timedelta(days=k) for k in off))
    edges = [start, *(day_start(first + timedelta(days=k), hours.zone) for k in range(1, length + 1))]
    one_by_one = sum((between(hours, a, b) for a, b in pairwise(edges)), timedelta(0))
    assert between(hours, start, edges[-1]) == one_by_one
    if one_by_one:
        assert add(hours, start, one_by_one) <= edges[-1]


@given(zones, instants, durations)
def test_round_the_clock_is_wall_time_in_any_zone(zone: str, start: datetime, span: timedelta) -> None:
    for hours in (ALWAYS, WorkHours(zone, ALWAYS.week)):
        assert add(hours, start, span) == start + span
        assert between(hours, start, start + span) == span


@given(
    zones,
    st.integers(0, 23),
    instants,
    st.integers(0, 24 * 12),
    st.frozensets(st.integers(0, 12), max_size=4),
)
@settings(max_examples=40)
def test_measuring_agrees_with_looking_at_the_clock_every_quarter(
    zone: str, opens: int, start: datetime, length: int, holidays: frozenset[int]
) -> None:
    start = start.replace(minute=0, second=0, microsecond=0)
    off = frozenset(start.date() + timedelta(days=k) for k in holidays)
    if zone in {"America/St_Johns", "Pacific/Apia"}:  # their oddities are the subject of test_periods
        zone = MANAGUA
    hours = WorkHours(zone, (((opens * 60, 1440),),) * 4 + ((),) + (((0, 1440),),) * 2, off)
    tz, quarter, worked = ZoneInfo(zone), timedelta(minutes=15), timedelta(0)
    for k in range(length * 4):
        here = (start + k * quarter).astimezone(tz)
        shifts = hours.week[here.weekday()] if here.date() not in off else ()
        worked += quarter * any(a <= here.hour * 60 + here.minute < b for a, b in shifts)
    # a shift that opens within the hour that happens twice opens the first time
    assert timedelta(0) <= between(hours, start, start + length * timedelta(hours=1)) - worked <= HOUR


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-07-01 10:00", 7, "2026-07-10 00:00"),  # Wednesday: Thu Fri Sat Mon Tue Wed Thu
        ("2026-07-01 23:59", 1, "2026-07-03 00:00"),
        ("2026-07-05 10:00", 1, "2026-07-07 00:00"),  # from Sunday: Monday, whole
        ("2026-09-12 10:00", 1, "2026-09-16 00:00"),  # from Saturday: Monday is a holiday
        ("2026-07-01 10:00", 0, "2026-07-02 00:00"),
    ],
)
def test_row_9_working_days_end_with_their_local_midnight(start: str, days: int, end: str) -> None:
    assert add_days(OFFICE, managua(start), days) == managua(end)


@given(work_hours(), instants, st.integers(1, 30))
def test_row_9_n_working_days_hold_n_working_days(hours: WorkHours, start: datetime, days: int) -> None:
    first, last = (
        day_of(start, hours.zone),
        day_of(add_days(hours, start, days), hours.zone) - timedelta(days=1),
    )
    passed = [first + timedelta(days=k) for k in range(1, (last - first).days + 1)]
    assert sum(map(hours.works, passed)) == days
    assert hours.works(last)


def test_ten_years_are_measured_in_no_time() -> None:
    start, began = utc("2026-01-01 12:00"), time.perf_counter()
    worked = between(OFFICE, start, start + timedelta(days=3650))
    assert add(OFFICE, start, worked) <= start + timedelta(days=3650)
    assert time.perf_counter() - began < 0.5  # about 0.01 on an idle machine


def test_hours_without_a_shift_say_so() -> None:
    never = WorkHours(MANAGUA, ((),) * 7)
    start = utc("2026-07-01 12:00")
    assert between(never, start, start + 100 * HOUR) == timedelta(0)
    assert add(never, start, timedelta(0)) == start
    with pytest.raises(NoWorkingHours, match="no shift in the whole week"):
        add(never, start, HOUR)
    with pytest.raises(NoWorkingHours, match="no shift in the whole week"):
        add_days(never, start, 1)


@pytest.mark.parametrize(
    "shifts", [((600, 540),), ((0, 1441),), ((0, 60), (30, 90)), ((-5, 60),), ((60, 60),)]
)
def test_impossible_shifts_say_so(shifts: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="in order, without overlap"):
        WorkHours(MANAGUA, (shifts,) + ((),) * 6)
    with pytest.raises(ValueError, match="7 days"):
        WorkHours(MANAGUA, (shifts,))


def test_time_is_never_taken_away() -> None:
    with pytest.raises(ValueError, match="never taken away"):
        add(OFFICE, utc("2026-07-01 12:00"), -HOUR)
    with pytest.raises(ValueError, match="never taken away"):
        add_days(OFFICE, utc("2026-07-01 12:00"), -1)
