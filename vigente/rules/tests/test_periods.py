"""Rows 4, 35, 51: periods counted from the anchor, by the local calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vigente.rules.periods import (
    Interval,
    Months,
    Span,
    boundary,
    day_of,
    day_start,
    month_of,
    period,
    period_index,
    term,
    term_of_period,
)
from vigente.rules.tests.strategies import MANAGUA, days, instants, month_ends, utc, zones

modes = st.sampled_from(Months)


def local(at: datetime, zone: str = MANAGUA) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_row_35_bought_on_the_31st_never_drifts() -> None:
    anchor = utc("2026-01-31 15:00")
    starts = [boundary(anchor, MANAGUA, k) for k in range(13)]
    assert [local(at).day for at in starts] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    assert starts[0] == anchor
    assert all(local(at).time().isoformat() == "00:00:00" for at in starts[1:])


def test_row_51_a_leap_day_is_kept() -> None:
    anchor = utc("2028-02-29 12:00")
    years = [term(anchor, MANAGUA, k, Interval.YEAR).start for k in range(5)]
    assert [local(at).date().isoformat() for at in years] == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip


def test_row_4_the_last_instant_of_the_last_day_is_the_old_period() -> None:
    anchor = utc("2026-07-01 18:00")
    last = datetime(2026, 7, 31, 23, 59, 59, 999999, ZoneInfo(MANAGUA))
    assert period_index(anchor, MANAGUA, last) == 0
    assert period_index(anchor, MANAGUA, last + timedelta(microseconds=1)) == 1


def test_calendar_months_start_on_the_first_whatever_the_anchor() -> None:
    anchor = utc("2026-01-31 15:00")
    starts = [local(boundary(anchor, MANAGUA, k, Months.CALENDAR)).date() for k in range(4)]
    assert starts == [date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)]


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00"),  # 00:00 to 01:00 skipped
        ("1919-03-31", "America/Toronto", "1919-03-31 04:30"),  # 23:30 to 00:30 skipped
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:00"),  # the whole day skipped
        ("2024-11-03", "America/Havana", "2024-11-03 04:00"),  # midnight twice: the first
        ("2024-03-31", "Europe/Madrid", "2024-03-30 23:00"),
    ],
)
def test_row_35_a_day_starts_at_its_first_instant_even_where_midnight_is_odd(
    day: str, zone: str, starts: str
) -> None:
    assert day_start(date.fromisoformat(day), zone) == utc(starts)


def test_row_35_where_clocks_fall_back_into_yesterday_the_day_that_began_stays() -> None:
    before = datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC)  # 00:00:30 on the 7th
    after = before + timedelta(minutes=30)  # 23:30:30 on the 6th once more
    assert local(after, "America/St_Johns").day == 6
    assert day_of(before, "America/St_Johns") == day_of(after, "America/St_Johns") == date(2010, 11, 7)


@given(days, zones)
def test_no_instant_of_a_day_comes_before_its_start(day: date, zone: str) -> None:
    start = day_start(day, zone)
    assert local(start, zone).date() >= day
    assert local(start - timedelta(microseconds=1), zone).date() < day
    if start != day_start(day + timedelta(days=1), zone):  # Apia had no 30 December 2011
        assert day_of(start, zone) == day


@given(
    days, month_ends, zones, st.booleans(), st.timedeltas(timedelta(0), timedelta(hours=23)), st.data(), modes
)
def test_row_35_every_instant_is_in_exactly_one_period(
    day: date, end: date, zone: str, at_end: bool, into: timedelta, data: st.DataObject, months: Months
) -> None:
    anchor = day_start(end if at_end else day, zone) + into
    at = data.draw(st.datetimes(datetime(2005, 1, 1), datetime(2041, 1, 1), timezones=st.just(UTC)))
    assume(at >= anchor)
    index = period_index(anchor, zone, at, months)
    span = period(anchor, zone, index, months)
    assert span.contains(at)
    assert span.contains(span.start)
    assert not span.contains(span.end)
    assert span.start < span.end
    assert span.end == period(anchor, zone, index + 1, months).start
    assert index == 0 or not period(anchor, zone, index - 1, months).contains(at)


@given(instants, zones, st.integers(1, 400))
def test_row_35_the_anchor_day_is_kept_or_clamped_never_lost(anchor: datetime, zone: str, index: int) -> None:
    day, at = day_of(anchor, zone), boundary(anchor, zone, index)
    got = day_of(at, zone)
    assert got.day == day.day or (got + timedelta(days=1)).day == 1 or zone == "Pacific/Apia"
    assert got.day <= day.day or zone == "Pacific/Apia"
    assert at == day_start(got, zone)


@given(instants, zones, st.integers(0, 60), modes, st.sampled_from(Interval))
def test_a_term_is_its_periods_end_to_end(
    anchor: datetime, zone: str, index: int, months: Months, of: Interval
) -> None:
    whole = term(anchor, zone, index, of, months)
    parts = [period(anchor, zone, k, months) for k in range(index * of.periods, (index + 1) * of.periods)]
    assert (whole.start, whole.end) == (parts[0].start, parts[-1].end)
    assert sum(part.days(zone) for part in parts) == whole.days(zone)
    assert {term_of_period(period_index(anchor, zone, part.start, months), of) for part in parts} == {index}


@given(instants, zones)
def test_the_month_around_an_instant_is_a_whole_calendar_month(at: datetime, zone: str) -> None:
    month = month_of(at, zone)
    assert month.contains(at)
    assert 28 <= month.days(zone) <= 31
    assert day_of(month.start, zone).day == day_of(month.end, zone).day == 1


def test_a_month_is_one_period_and_a_year_twelve() -> None:
    assert (Interval.MONTH.periods, Interval.YEAR.periods) == (1, 12)


def test_before_the_anchor_there_is_no_period() -> None:
    anchor = utc("2026-07-01 18:00")
    with pytest.raises(ValueError, match="before the first period"):
        period_index(anchor, MANAGUA, anchor - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="counted from 0"):
        boundary(anchor, MANAGUA, -1)
    assert not Span(anchor, anchor).contains(anchor)
