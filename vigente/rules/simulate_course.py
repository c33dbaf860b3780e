"""When the contracts of a customer begin, open periods and end, under rules that are tried out (`simulate`).

Asks `subscriptions` for every boundary, notice and end; here is only which of several contracts waits for which.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from vigente.rules.coverage import NO_RANK, Contract, Status
from vigente.rules.periods import Span, period, period_index
from vigente.rules.rulebook import Activation
from vigente.rules.simulate_history import Books, Customer, Kind, Sold, Terms
from vigente.rules.simulate_money import binds_at_once
from vigente.rules.subscriptions import (
    End,
    OpenPeriod,
    Running,
    StartTerm,
    advance,
    current_term,
    give_notice,
    next_due,
)

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Switch:
    """Other terms from `at` on; `at_once`: in the middle of a term, for the difference (row 23)."""

    at: datetime
    to: Terms
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """One contract under the tried rules: `running.ends_at` is where it ends, if by anything that is known.

    `asleep`: while bought ones of its licence run (row 31). `renews`: it follows another, so what waits is not let in
    by itself when it begins (row 45).
    """

    sold: Sold
    running: Running
    asleep: tuple[Span, ...] = ()
    renews: bool = False
    replaced_at: datetime | None = None
    changes: tuple[Switch, ...] = ()

    def terms(self, at: datetime) -> Terms:
        """The terms that bind at `at`."""
        return next((one.to for one in reversed(self.changes) if one.at <= at), self.sold.terms)

    @property
    def anchor(self) -> datetime:
        return self.running.anchor

    @property
    def ends(self) -> datetime | None:
        return self.running.ends_at

    def sleeps(self, at: datetime) -> bool:
        return any(span.contains(at) for span in self.asleep)

    def steps(self, window: Span) -> tuple[OpenPeriod | StartTerm | End, ...]:
        """What falls due within the window, in order."""
        before = max(window.start, self.anchor)
        opened = 0
        if self.anchor < window.start:
            running = self.running
            opened = period_index(running.anchor, running.zone, before, running.months)
            opened += running.period(opened).start < window.start
        if self.ends is not None and self.ends < window.start:
            return ()
        due = advance(replace(self.running, periods_opened=opened), now=window.end)
        return tuple(step for step in due if window.start <= at_of(step) < window.end)

    def contract(self, at: datetime, *, status: Status = Status.ACTIVE) -> Contract | None:
        """As the decision sees it at `at`; None while nobody knew of it, or when another took its place."""
        if at < self.sold.created_at and at < self.anchor:
            return None
        if self.replaced_at is not None and self.replaced_at <= at:
            return None
        if at < self.anchor:
            status = Status.SCHEDULED
        elif self.ends is not None and self.ends <= at:
            status = Status.ENDED
        return Contract(
            id=self.sold.id,
            licence=self.sold.licence,
            status=status,
            rank=NO_RANK if self.sleeps(at) else self.terms(at).rank,
            starts=self.anchor,
            ends=self.ends,
            next_period=self._next_period(at) if status in (Status.ACTIVE, Status.GRACE) else None,
        )

    def _next_period(self, at: datetime) -> datetime | None:
        running = self.running
        index = period_index(running.anchor, running.zone, at, running.months)
        due = next_due(replace(running, periods_opened=index + 1))
        return None if due == running.ends_at else due


def at_of(step: OpenPeriod | StartTerm | End) -> datetime:
    """When a step falls due."""
    return step.at if isinstance(step, End) else step.span.start


def courses(customer: Customer, books: Books, window: Span) -> list[Course]:
    """Every contract that begins before the window ends, with its own end, the earlier first."""
    found: dict[int, Course] = {}
    busy: dict[int | None, list[Course]] = {}
    for sold in sorted(customer.sold, key=lambda one: (one.anchor, one.created_at, one.id)):
        anchor, renews = _anchor(sold, found, busy, books, window)
        if anchor is None or anchor >= window.end:
            continue
        course = _course(customer, sold, anchor, books, window, renews=renews)
        if sold.follows in found:
            found[sold.follows] = replace(found[sold.follows], replaced_at=anchor)
        found[sold.id] = course
        if sold.kind is Kind.BOUGHT:
            busy.setdefault(sold.licence, []).append(course)
    return [_with_sleep(course, busy) for course in found.values()]


def _course(
    customer: Customer, sold: Sold, anchor: datetime, books: Books, window: Span, *, renews: bool
) -> Course:
    """Its end, and which other terms bind when: a wish at once or at the term's end, as the rules say (row 23)."""
    running = _running(sold, anchor, books, window)
    wish = sold.wish if sold.wish is not None and sold.wish.at >= max(window.start, anchor) else None
    switches, terms = [], sold.terms
    for change in sorted((*sold.changes, *([wish] if wish else ())), key=lambda one: one.at):
        book, at = books.at(change.at), change.at
        if not change.wished or at < window.start:
            switches.append(Switch(at, change.to))
        elif binds_at_once(customer, sold, terms, change, book=book):
            switches.append(Switch(at, change.to, at_once=True))
            if change is wish:  # the one that follows begins with the next term
                open_end = replace(running, ends_at=None)
                running = replace(running, ends_at=current_term(open_end, now=at).end)
        elif change is not wish:
            began = _began(running, at)
            notice = give_notice(running, notice_days=books.at(began).notice_days, now=at)
            switches.append(Switch(notice.effective, change.to))
        terms = change.to
    return Course(sold, running, renews=renews, changes=tuple(switches))


def _anchor(
    sold: Sold,
    found: dict[int, Course],
    busy: dict[int | None, list[Course]],
    books: Books,
    window: Span,
) -> tuple[datetime | None, bool]:
    """When it begins: after the one it follows, and after any other that still runs for its licence."""
    if sold.follows is not None and sold.follows in found:
        return found[sold.follows].ends, True
    anchor = sold.anchor
    if sold.ordered_at is not None and anchor >= window.start:
        waits = books.at(sold.ordered_at).activate is Activation.ON_PAYMENT
        anchor = anchor if waits else max(sold.ordered_at, window.start)
    if sold.kind is not Kind.BOUGHT or anchor < window.start:
        return anchor, sold.follows is not None
    for other in busy.get(sold.licence, ()):
        if other.ends is None:
            return None, False
        anchor = max(anchor, other.ends)
    return anchor, sold.follows is not None


def _running(sold: Sold, anchor: datetime, books: Books, window: Span) -> Running:
    """Zone and months are those of the rules when it began (row 43); its end follows from its notice or its nature."""
    zone, months = sold.zone, sold.months
    if anchor >= window.start:
        book = books.at(anchor)
        zone, months = book.billing_zone, book.months
    running = Running(anchor, zone, sold.terms.interval, months, 0, None)
    if sold.kind is Kind.BOUGHT and not sold.auto_renew:
        keeps = anchor < window.start or _cut_short(sold)
        return replace(running, ends_at=sold.ends if keeps and sold.ends else running.term(0).end)
    notice_at = sold.notice_at
    if notice_at is None or notice_at < window.start:
        return replace(running, ends_at=sold.ends)
    began = _began(running, max(notice_at, anchor))
    notice = give_notice(
        running, notice_days=books.at(began).notice_days, now=notice_at, bounced_at=sold.bounced_at
    )
    return replace(running, ends_at=notice.effective)


def _cut_short(sold: Sold) -> bool:
    """Whether a contract of one term really ended before it would by itself."""
    natural = Running(sold.anchor, sold.zone, sold.terms.interval, sold.months, 0, None).term(0).end
    return sold.ends is not None and sold.ends < natural


def _began(running: Running, at: datetime) -> datetime:
    """When the period that runs at `at` began: its rules hold for a notice (row 43)."""
    index = period_index(running.anchor, running.zone, at, running.months)
    return running.period(index).start


def _with_sleep(course: Course, busy: dict[int | None, list[Course]]) -> Course:
    sold = course.sold
    if sold.kind is not Kind.INCLUDED or sold.licence is None:
        return course
    spans = tuple(_spans(busy.get(sold.licence, [])))
    return replace(course, asleep=spans) if spans else course


def _spans(bought: list[Course]) -> Iterator[Span]:
    """When any of them runs, joined where one follows another at once."""
    last: Span | None = None
    for course in sorted(bought, key=lambda one: one.anchor):
        ends = course.ends or FOR_EVER
        if last is not None and last.end == course.anchor:
            last = Span(last.start, ends)
            continue
        if last is not None:
            yield last
        last = Span(course.anchor, ends)
    if last is not None:
        yield last


def woken(course: Course, at: datetime) -> OpenPeriod | None:
    """The running period of an included plan that wakes at `at`: what is left of it (row 31)."""
    if at < course.anchor or course.sleeps(at) or (course.ends is not None and course.ends <= at):
        return None
    running = course.running
    index = period_index(running.anchor, running.zone, at, running.months)
    whole = period(running.anchor, running.zone, index, running.months)
    end = whole.end if course.ends is None else min(whole.end, course.ends)
    return OpenPeriod(index, Span(max(whole.start, at), end))
