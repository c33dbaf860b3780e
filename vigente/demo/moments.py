"""Believable instants: when customers write and when technicians answer. Working time is the vendor's own."""

from datetime import UTC, datetime, timedelta
from random import Random

from vigente.rules.periods import day_of
from vigente.rules.worktime import WorkHours, add

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def working_back(hours: WorkHours, now: datetime, minutes: int) -> datetime:
    """The latest instant from which `minutes` of working time lead to `now`; UTC."""
    left, day = minutes * MINUTE, day_of(now, hours.zone)
    while True:
        for shift in reversed(list(hours.shifts(day))):
            closes = min(shift.end, now)
            if closes <= shift.start:
                continue
            if closes - shift.start >= left:
                return (closes - left).astimezone(UTC)
            left -= closes - shift.start
        day -= DAY


def working_on(hours: WorkHours, start: datetime, minutes: int) -> datetime:
    """The instant by which `minutes` of working time have passed since `start`; UTC."""
    return add(hours, start, minutes * MINUTE).astimezone(UTC)


def asked_between(hours: WorkHours, start: datetime, end: datetime, rng: Random) -> datetime:
    """An instant in `[start, end)` at which a customer would write: mostly in working hours, now and then at night."""
    span = max((end - start) // MINUTE, 1)
    at = start + rng.randrange(span) * MINUTE + rng.randrange(60) * timedelta(seconds=1)
    if rng.random() < 0.12:
        return at
    for _ in range(20):
        shifts = [
            shift
            for shift in hours.shifts(day_of(at, hours.zone))
            if start <= shift.start and shift.end <= end
        ]
        if shifts:
            shift = rng.choice(shifts)
            return (
                shift.start
                + rng.randrange((shift.end - shift.start) // MINUTE) * MINUTE
                + rng.randrange(60) * timedelta(seconds=1)
            )
        at = start + rng.randrange(span) * MINUTE
    return at
