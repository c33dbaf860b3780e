"""Which months a report tells of: whole calendar months of the billing zone, the last one perhaps still running."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from vigente.rules.periods import day_of, day_start


class Choice(StrEnum):
    """How far back a report looks, the running month included."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {"month": 1, "quarter": 3, "year": 12}[self.value]


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: `first` its first local day; `[start, end)` UTC."""

    first: date
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """As addresses name it: 2026-07."""
        return f"{self.first:%Y-%m}"

    def until(self, now: datetime) -> datetime:
        """Its end, or `now` while it runs."""
        return min(self.end, now)

    def is_over(self, now: datetime) -> bool:
        return self.end <= now


@dataclass(frozen=True, slots=True)
class Period:
    """Months one after the other; `[start, end)` UTC, from the first to the end of the last."""

    choice: Choice
    months: tuple[Month, ...]

    @property
    def start(self) -> datetime:
        return self.months[0].start

    @property
    def end(self) -> datetime:
        return self.months[-1].end


def period_of(choice: Choice, *, now: datetime, zone: str) -> Period:
    """The chosen months up to the one that `now` lies in."""
    last = day_of(now, zone).replace(day=1)
    firsts = [_moved(last, -back) for back in range(choice.months - 1, -2, -1)]
    starts = [day_start(first, zone) for first in firsts]
    months = (Month(first, *span) for first, span in zip(firsts, pairwise(starts), strict=False))
    return Period(choice, tuple(months))


def month_named(name: str, *, now: datetime, zone: str) -> Month | None:
    """The month that an address names, if it has begun and is not before this century."""
    try:
        first = date.fromisoformat(f"{name}-01")
    except ValueError:
        return None
    if len(name) != 7 or not date(2000, 1, 1) <= first <= day_of(now, zone):
        return None
    return Month(first, day_start(first, zone), day_start(_moved(first, 1), zone))


def _moved(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def days_in(month: Month) -> int:
    """Local days of the month."""
    return (_moved(month.first, 1) - month.first) // timedelta(days=1)
