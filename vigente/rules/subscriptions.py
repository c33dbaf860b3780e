"""How a subscription moves through time: what is due now, when a notice takes effect.

R2, R5; rows 19 to 22, 24, 51. Not here: the rows a step writes (`billing.services.subscriptions`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from vigente.rules.periods import (
    Interval,
    Months,
    Span,
    boundary,
    day_of,
    day_start,
    period,
    period_index,
    term,
    term_of_period,
)


@dataclass(frozen=True, slots=True)
class Running:
    """A subscription in time. Instants UTC; boundaries by the local calendar of `zone`.

    `periods_opened`: how many periods have their grant. `ends_at`: where it stops, by notice or by its nature; a legacy
    plan may stop within a period, and nothing of it outlives that.
    """

    anchor: datetime
    zone: str
    interval: Interval
    months: Months
    periods_opened: int
    ends_at: datetime | None

    def period(self, index: int) -> Span:
        return self._clip(period(self.anchor, self.zone, index, self.months))

    def term(self, number: int) -> Span:
        return self._clip(term(self.anchor, self.zone, number, self.interval, self.months))

    def _clip(self, span: Span) -> Span:
        if self.ends_at is None or not span.contains(self.ends_at):
            return span
        return Span(span.start, self.ends_at)


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
    """What has fallen due by `now`, in order; asked late, every step there was (row 20).

    Asked again after the periods were opened, it names no period twice; an `End` is named until it is done.
    """
    due: list[Due] = []
    index = running.periods_opened
    while True:
        start = boundary(running.anchor, running.zone, index, running.months)
        if running.ends_at is not None and running.ends_at <= start:
            return (*due, End(running.ends_at)) if running.ends_at <= now else tuple(due)
        if now < start:
            return tuple(due)
        if index % running.interval.periods == 0:
            number = term_of_period(index, running.interval)
            due.append(StartTerm(number, running.term(number), missed=running.term(number).end <= now))
        due.append(OpenPeriod(index, running.period(index)))
        index += 1


def next_due(running: Running) -> datetime:
    """When `advance` will next have something: the next boundary, or the end if that comes first."""
    start = boundary(running.anchor, running.zone, running.periods_opened, running.months)
    return start if running.ends_at is None else min(start, running.ends_at)


def current_term(running: Running, *, now: datetime) -> Span:
    """The term that `now` lies in; before the anchor, the first."""
    return running.term(_term_number(running, now))


def _term_number(running: Running, now: datetime) -> int:
    at = max(now, running.anchor)
    return term_of_period(period_index(running.anchor, running.zone, at, running.months), running.interval)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice given now does. `cut_off`: until when (exclusive) it counts for the running term."""

    effective: datetime
    cut_off: datetime
    on_time: bool


def give_notice(
    running: Running, *, notice_days: int, now: datetime, bounced_at: datetime | None = None
) -> Notice:
    """When a notice to cancel or change takes effect (R5, row 21). It never moves an end that is already nearer.

    Accepted until the last instant before the term's end minus `notice_days` local days. Later, it ends one period
    after the term, monthly or annual: at most one more period, never another year. `bounced_at`: when the warning mail
    bounced, if it did. Nobody was warned, so the notice still counts; and if the term it warned of has already begun,
    the running period is the last one.
    """
    number = _term_number(running, now)
    ends = term(running.anchor, running.zone, number, running.interval, running.months).end
    cut_off = notice_cut_off(ends, zone=running.zone, notice_days=notice_days)
    on_time = now < cut_off or bounced_at is not None
    if bounced_at is not None and _term_number(running, bounced_at) < number:
        index = period_index(running.anchor, running.zone, max(now, running.anchor), running.months)
        ends = boundary(running.anchor, running.zone, index + 1, running.months)
    elif not on_time:
        after = (number + 1) * running.interval.periods + 1
        ends = boundary(running.anchor, running.zone, after, running.months)
    return Notice(min(ends, running.ends_at or ends), cut_off, on_time=on_time)


def notice_cut_off(term_end: datetime, *, zone: str, notice_days: int) -> datetime:
    """The instant from which a notice no longer counts for a term that ends at `term_end`."""
    if notice_days == 0:
        return term_end
    return day_start(day_of(term_end, zone) - timedelta(days=notice_days), zone)
