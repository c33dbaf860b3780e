"""Working time: add it to an instant, measure it between two. Local shifts and holidays in; UTC instants out.

Not here: promises (`sla`). A shift lasts as long as it really does on the day the clocks change.
Invariants: `between(a, add(a, span)) == span`; adding twice is adding the sum; time outside shifts counts nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from vigente.rules.periods import Span, day_of, day_start, wall_instant

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
NONE = timedelta(0)
MINUTES_A_DAY = 24 * 60

Shift = tuple[int, int]  # minutes of the local day, half-open: (540, 1080) is 09:00 to 18:00


class NoWorkingHours(ValueError):
    """These hours have no shift in any week, so no deadline can ever be reached."""


@dataclass(frozen=True, slots=True)
class WorkHours:
    """Shifts by weekday, Monday first, in the local time of `zone`; no work on holidays."""

    zone: str
    week: tuple[tuple[Shift, ...], ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError(f"a week has 7 days, Monday first, not {len(self.week)}")
        for shifts in self.week:
            edges = [minute for shift in shifts for minute in shift]
            if any(a >= b for a, b in shifts) or edges != sorted(edges) or not set(edges) <= set(range(1441)):
                raise ValueError(
                    f"shifts go from 0 to {MINUTES_A_DAY} minutes, in order, without overlap: {shifts}"
                )

    def works(self, day: date) -> bool:
        return bool(self.week[day.weekday()]) and day not in self.holidays

    def shifts(self, day: date) -> Iterator[Span]:
        """The shifts of a local day as instants."""
        if self.works(day):
            for opens, closes in self.week[day.weekday()]:
                yield Span(self._instant(day, opens), self._instant(day, closes))

    def _instant(self, day: date, minute: int) -> datetime:
        return wall_instant(datetime.combine(day, time()) + timedelta(minutes=minute), self.zone)

    def _plain_week(self, day: date) -> timedelta | None:
        """Working time of the 7 days from `day`, if neither the clocks change nor a holiday falls within them."""
        ends = day + WEEK
        if any(day <= holiday < ends for holiday in self.holidays):
            return None
        if day_start(ends, self.zone) - day_start(day, self.zone) != WEEK:
            return None
        return timedelta(minutes=sum(closes - opens for shifts in self.week for opens, closes in shifts))


def is_open(hours: WorkHours, at: datetime) -> bool:
    """Whether `at` falls into a shift; its end does not."""
    return any(shift.start <= at < shift.end for shift in hours.shifts(day_of(at, hours.zone)))


ALWAYS = WorkHours("UTC", (((0, MINUTES_A_DAY),),) * 7)


def add(hours: WorkHours, start: datetime, span: timedelta) -> datetime:
    """The first instant by which `span` of working time has passed since `start`; a span of 0 is `start` itself."""
    if span < NONE:
        raise ValueError("working time is added, never taken away")
    if not span:
        return start
    _require(hours)
    day, left = day_of(start, hours.zone), span
    while True:
        week = hours._plain_week(day) if day_start(day, hours.zone) >= start else None
        if week is not None and week < left:
            left, day = left - week, day + WEEK
            continue
        for shift in hours.shifts(day):
            opens = max(shift.start, start)
            worked = max(shift.end - opens, NONE)
            if worked >= left:
                return opens + left
            left -= worked
        day += DAY


def subtract(hours: WorkHours, end: datetime, span: timedelta, *, floor: datetime) -> datetime:
    """The last instant from which `span` of working time passes until `end`; `floor` if that would be before it."""
    if not span:
        return max(end, floor)
    day, left = day_of(end, hours.zone), span
    while day_start(day + DAY, hours.zone) > floor:
        for shift in reversed(list(hours.shifts(day))):
            closes = min(shift.end, end)
            worked = max(closes - shift.start, NONE)
            if worked >= left:
                return max(closes - left, floor)
            left -= worked
        day -= DAY
    return floor


def between(hours: WorkHours, a: datetime, b: datetime) -> timedelta:
    """Working time in `[a, b)`; none if `b` is not later."""
    total, day = NONE, day_of(a, hours.zone)
    while (begins := day_start(day, hours.zone)) < b:
        week = hours._plain_week(day) if begins >= a and day_start(day + WEEK, hours.zone) <= b else None
        if week is not None:
            total, day = total + week, day + WEEK
            continue
        total += sum((max(min(s.end, b) - max(s.start, a), NONE) for s in hours.shifts(day)), NONE)
        day += DAY
    return total


def add_days(hours: WorkHours, start: datetime, days: int) -> datetime:
    """The end of the `days`-th working day after the day of `start`: its local midnight (row 9). Not included."""
    if days < 0:
        raise ValueError("working days are added, never taken away")
    _require(hours)
    day = day_of(start, hours.zone)
    while days:
        day += DAY
        days -= hours.works(day)
    return day_start(day + DAY, hours.zone)


def _require(hours: WorkHours) -> None:
    if not any(hours.week):
        raise NoWorkingHours(
            "these working hours have no shift in the whole week; give at least one day a shift"
        )
