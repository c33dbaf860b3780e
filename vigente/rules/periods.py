"""Periods and terms, counted from an anchor by the local calendar of the vendor's billing zone.

Here: where a local day begins, the boundaries of a subscription's months, and proration by local days.
Not here: what happens at a boundary (`subscriptions`). Instants are aware UTC; spans are half-open.
Invariant (rows 35 and 51): every boundary is counted from the anchor, never from the one before, so a period is never
empty, never overlaps, never repeats, and an anchor on the 31st never drifts.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from vigente.rules.money import divide


class Months(StrEnum):
    """The rulebook's `months`: the customer's own month, or the calendar's."""

    ANNIVERSARY = "anniversary"
    CALENDAR = "calendar"


class Interval(StrEnum):
    """What one term pays for: 1 period or 12."""

    MONTH = "month"
    YEAR = "year"

    @property
    def periods(self) -> int:
        return 12 if self is Interval.YEAR else 1


@dataclass(frozen=True, slots=True)
class Span:
    """`[start, end)` in UTC."""

    start: datetime
    end: datetime

    def contains(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def days(self, zone: str) -> int:
        """Local days: the day it starts in counts whole, the day it ends in does not, so adjoining spans share none."""
        return (day_of(self.end, zone) - day_of(self.start, zone)).days


def wall_instant(wall: datetime, zone: str) -> datetime:
    """The first instant, in UTC, at which clocks in `zone` read the naive `wall` or, if they skip it, later.

    `wall` is a whole second.
    """
    tz = ZoneInfo(zone)
    instant = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall:
        return instant
    before = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)  # in a gap, fold=1 lands before the clocks jump
    while instant - before > timedelta(seconds=1):  # they jump on a whole second: find it
        middle = before + timedelta(seconds=(instant - before) // timedelta(seconds=2))
        if middle.astimezone(tz).replace(tzinfo=None) < wall:
            before = middle
        else:
            instant = middle
    return instant


@lru_cache(maxsize=10_000)  # the same few days are asked for again and again
def day_start(day: date, zone: str) -> datetime:
    """The first instant of the local day, as UTC; where midnight is skipped, the instant the clocks jump."""
    return wall_instant(datetime.combine(day, time()), zone)


def day_of(at: datetime, zone: str) -> date:
    """The local day `at` falls in: the last one that had started. It never goes back, even where clocks do."""
    day = at.astimezone(ZoneInfo(zone)).date()
    following = day + timedelta(days=1)
    return following if day_start(following, zone) <= at else day


def boundary(anchor: datetime, zone: str, index: int, months: Months = Months.ANNIVERSARY) -> datetime:
    """Where period `index` begins: the anchor itself, then the first instant of its day-of-month `index` months on.

    The day is clamped to the month's end (31 January, 28 February, 31 March); with CALENDAR it is the 1st.
    """
    if index < 0:
        raise ValueError(f"a period is counted from 0, not {index}")
    if index == 0:
        return anchor
    day = day_of(anchor, zone)
    year, month = divmod(day.year * 12 + day.month - 1 + index, 12)
    last = monthrange(year, month + 1)[1]
    return day_start(date(year, month + 1, 1 if months is Months.CALENDAR else min(day.day, last)), zone)


def period(anchor: datetime, zone: str, index: int, months: Months = Months.ANNIVERSARY) -> Span:
    """Period `index` (0, 1, …) of an anchor."""
    return Span(boundary(anchor, zone, index, months), boundary(anchor, zone, index + 1, months))


def period_index(anchor: datetime, zone: str, at: datetime, months: Months = Months.ANNIVERSARY) -> int:
    """Which period `at` falls in. ValueError before the anchor."""
    if at < anchor:
        raise ValueError(f"{at.isoformat()} is before the first period, which starts at {anchor.isoformat()}")
    first, day = day_of(anchor, zone), day_of(at, zone)
    index = (day.year - first.year) * 12 + day.month - first.month
    return index - 1 if at < boundary(anchor, zone, index, months) else index


def term(
    anchor: datetime, zone: str, index: int, interval: Interval, months: Months = Months.ANNIVERSARY
) -> Span:
    """Term `index`: the 1 or 12 periods paid for at once."""
    first = index * interval.periods
    return Span(
        boundary(anchor, zone, first, months), boundary(anchor, zone, first + interval.periods, months)
    )


def term_of_period(index: int, interval: Interval) -> int:
    """The term that pays for period `index`."""
    return index // interval.periods


def month_of(at: datetime, zone: str) -> Span:
    """The whole calendar month around `at`: what a first partial month is a part of."""
    first = day_of(at, zone).replace(day=1)
    return Span(day_start(first, zone), day_start((first + timedelta(days=31)).replace(day=1), zone))


def prorated(cases: int, part: Span, whole: Span, zone: str) -> int:
    """Cases for `part` of `whole` by local days: rounded down once, but at least one of a plan that has any."""
    share = cases * part.days(zone) // _days(whole, zone)
    return max(share, min(cases, 1))


def prorated_price(price_minor: int, cases: int | None, part: Span, whole: Span, zone: str) -> int:
    """Price for `part` of `whole` by local days, rounded half-even once; `cases`: the plan's (None: unlimited).

    Never below the plan's price for the cases that part brings, so a late start is no way to cheap cases.
    """
    price = divide(price_minor * part.days(zone), _days(whole, zone))
    if not cases:
        return price
    return max(price, -(-price_minor * prorated(cases, part, whole, zone) // cases))


def _days(whole: Span, zone: str) -> int:
    days = whole.days(zone)
    if days <= 0:
        raise ValueError("nothing can be prorated over a span without a single local day")
    return days
