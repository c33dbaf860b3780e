"""How a subscription moves through time (R2, R5; rows 19–22, 24, 51): what is due now, and when a notice takes effect."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from vigente.rules.periods import Interval, Months, Span, boundary, day_start, period, term


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription in time. `periods_opened`: how many periods have their grant. `ends_at`: where it stops, by notice or by
    its nature (legacy, not renewing); always a period boundary. Instants UTC; boundaries by the local calendar of `zone`."""

    anchor: datetime
    zone: str
    interval: Interval
    months: Months
    periods_opened: int
    ends_at: datetime | None

    @property
    def periods_per_term(self) -> int:
        return 12 if self.interval is Interval.YEAR else 1


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A new allotment is due for `span`."""

    index: int
    span: Span


@dataclass(frozen=True, slots=True)
class StartTerm:
    """A new term begins (R5). `missed`: it is already over, so it is listed for a person instead of billed (row 20)."""

    index: int
    span: Span
    missed: bool


@dataclass(frozen=True, slots=True)
class End:
    """It ends at `at`."""

    at: datetime


Due: TypeAlias = OpenPeriod | StartTerm | End


def advance(running: Running, *, now: datetime) -> tuple[Due, ...]:
    """What has fallen due by `now`, in order. Asking again after doing it gives nothing; asking late gives every step (row 20)."""
    due: list[Due] = []
    index = running.periods_opened
    while True:
        start = boundary(running.anchor, running.zone, index, running.months)
        if running.ends_at is not None and running.ends_at <= start:
            if running.ends_at <= now:
                due.append(End(running.ends_at))
            return tuple(due)
        if now < start:
            return tuple(due)
        if index % running.periods_per_term == 0:
            number = index // running.periods_per_term
            span = term(running.anchor, running.zone, number, running.interval, running.months)
            due.append(StartTerm(number, span, missed=span.end <= now))
        due.append(OpenPeriod(index, period(running.anchor, running.zone, index, running.months)))
        index += 1


def next_due(running: Running) -> datetime:
    """When `advance` will next have something: the next boundary, or the end if that comes first."""
    start = boundary(running.anchor, running.zone, running.periods_opened, running.months)
    return start if running.ends_at is None else min(start, running.ends_at)


def current_term(running: Running, *, now: datetime) -> Span:
    """The term that `now` lies in; before the anchor, the first."""
    number = 0
    while (span := term(running.anchor, running.zone, number, running.interval, running.months)).end <= now:
        number += 1
    return span


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice given now does. `cut_off`: until when (exclusive) it counts for the running term."""

    effective: datetime
    cut_off: datetime
    on_time: bool


def give_notice(running: Running, *, notice_days: int, now: datetime, window_open: bool = False) -> Notice:
    """When a notice to cancel or change takes effect (R5, row 21).

    Accepted until the last instant before the term's end minus `notice_days` local days. Later, a monthly plan ends one period
    on, an annual one too: at most one more period, never another year. `window_open`: the warning mail bounced, so it still counts.
    """
    running_term = current_term(running, now=now)
    cut_off = notice_cut_off(running_term.end, zone=running.zone, notice_days=notice_days)
    if now < cut_off or window_open:
        return Notice(running_term.end, cut_off, on_time=True)
    periods = 1
    while boundary(running.anchor, running.zone, periods, running.months) <= running_term.end:
        periods += 1
    return Notice(boundary(running.anchor, running.zone, periods, running.months), cut_off, on_time=False)


def notice_cut_off(term_end: datetime, *, zone: str, notice_days: int) -> datetime:
    """The instant from which a notice no longer counts for a term that ends at `term_end`."""
    if notice_days == 0:
        return term_end
    local = term_end.astimezone(ZoneInfo(zone))
    return day_start((local - timedelta(days=notice_days)).date(), zone)
