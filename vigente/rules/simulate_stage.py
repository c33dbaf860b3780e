"""The vendor's side of a replay: contracts, allotments, debts, packs and favours in their order (`simulate`)."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappush
from itertools import count

from vigente.rules import allotments
from vigente.rules.coverage import NO_RANK, Contract, Status
from vigente.rules.periods import Span, period_index
from vigente.rules.quota import Source
from vigente.rules.simulate_books import Account, Purse
from vigente.rules.simulate_course import Course, Switch, at_of, courses, woken
from vigente.rules.simulate_fates import Turn
from vigente.rules.simulate_history import Books, Customer, Gift, Kind, Pack
from vigente.rules.simulate_money import Charge, charge_pack, charge_term, charge_upgrade
from vigente.rules.subscriptions import End, OpenPeriod, StartTerm

TICK = timedelta(microseconds=1)
GRANT_SOURCE = {Kind.BOUGHT: Source.PERIOD, Kind.LEGACY: Source.LEGACY, Kind.INCLUDED: Source.LICENCE}


@dataclass(slots=True)
class Stage(ABC):
    """One customer under `books`. What is to come waits in a heap; `debts`: contracts whose running term is unpaid."""

    customer: Customer
    books: Books
    window: Span
    purse: Purse = field(default_factory=Purse)
    charges: list[Charge] = field(default_factory=list)
    courses: dict[int, Course] = field(default_factory=dict)
    debts: dict[int, Status] = field(default_factory=dict)
    heap: list[tuple[datetime, str, int, Callable[[datetime], None]]] = field(default_factory=list)
    serial: "count[int]" = field(default_factory=count)
    _contracts: tuple[Contract, ...] | None = None

    def begin(self) -> None:
        """Take over what there was, and plan what contracts bring."""
        self.purse.begin(self.customer.opening)
        self.courses = {one.sold.id: one for one in courses(self.customer, self.books, self.window)}
        self._plan_contracts()
        for pack in self.customer.packs:
            self.plan(pack.at, Turn.CASES, partial(self._pack, pack))
        for gift in self.customer.gifts:
            self.plan(gift.at, Turn.CASES, partial(self._gift, gift))

    def plan(self, at: datetime, turn: Turn, act: Callable[[datetime], None]) -> None:
        """To be done at `at`."""
        heappush(self.heap, (at, turn.value, next(self.serial), act))

    @abstractmethod
    def release_waiting(self, at: datetime) -> None:
        """Coverage may have appeared."""

    @abstractmethod
    def ask_to_choose(self, licence: int | None, at: datetime) -> None:
        """A renewal brought cases (row 45)."""

    def contracts(self, at: datetime) -> tuple[Contract, ...]:
        """The contracts as they stand; made anew whenever one of them moves."""
        if self._contracts is None:
            known = (course.contract(at, status=self.status(course)) for course in self.courses.values())
            self._contracts = tuple(one for one in known if one is not None)
        return self._contracts

    def status(self, course: Course) -> Status:
        return self.debts.get(course.sold.id, Status.ACTIVE)

    def _plan_contracts(self) -> None:
        for course in self.courses.values():
            self._plan_course(course)
        for begins in self.books.begins:
            if self.window.contains(begins):
                self.plan(begins, Turn.RULES, self.release_waiting)
        for _, until in self.customer.blocked:
            if until is not None and self.window.contains(until):
                self.plan(until, Turn.RULES, self.release_waiting)

    def _moved(self, at: datetime) -> None:
        self._contracts = None

    def _step(self, course: Course, step: OpenPeriod | StartTerm | End, at: datetime) -> None:
        self._contracts = None
        if isinstance(step, StartTerm):
            if course.sold.kind is Kind.BOUGHT and self._is_billed(step.span):
                book = self.books.at(at)
                self.charges.append(
                    charge_term(
                        self.customer,
                        course.sold,
                        course.terms(at),
                        course.running,
                        step.index,
                        step.span,
                        book=book,
                    )
                )
        elif isinstance(step, OpenPeriod) and not course.sleeps(at):
            self._open(course, step, at)
            if step.index == 0 and not course.renews:
                self.release_waiting(at)
            else:
                self.ask_to_choose(course.sold.licence, at)

    def _switch(self, course: Course, switch: Switch, at: datetime) -> None:
        """Other terms bind; at once, they are charged and bring cases for what is left (row 23)."""
        self._contracts = None
        if not switch.at_once or (course.ends is not None and course.ends <= at):
            return
        before = course.terms(at - TICK)
        charge, cases = charge_upgrade(
            self.customer, course.sold, course.running, before, switch.to, at=at, book=self.books.at(at)
        )
        self.charges.append(charge)
        if cases is None or cases > 0:
            running = course.running
            index = period_index(running.anchor, running.zone, at, running.months)
            self.purse.grant(
                source=Source.PERIOD,
                licence=course.sold.licence,
                cases=cases,
                start=at,
                end=running.period(index).end,
                at=at,
                rank=switch.to.rank,
                work=switch.to.work,
                contract=course.sold.id,
                origin=course.sold.id,
            )
        self.release_waiting(at)

    def _is_billed(self, span: Span) -> bool:
        """Not while the customer is blocked, unless that ended before the term did (rows 20, 40)."""
        return not any(
            since <= span.start and (until is None or span.end <= until)
            for since, until in self.customer.blocked
        )

    def _open(self, course: Course, step: OpenPeriod, at: datetime) -> None:
        sold, terms = course.sold, course.terms(at)
        if (sold.id, step.index) in self.purse.by_period:
            return
        cases = allotments.period_cases(terms.cases, course.running, step.index, step.span)
        if cases is not None:
            cases += self._carried(course, step.index)
        self.purse.grant(
            source=GRANT_SOURCE[sold.kind],
            licence=sold.licence,
            cases=cases,
            start=step.span.start,
            end=step.span.end,
            at=at,
            rank=terms.rank,
            work=terms.work,
            contract=sold.id,
            period=step.index,
            origin=sold.id,
            limit=self._draw_limit(sold.id, at),
        )

    def _draw_limit(self, contract: int, at: datetime) -> int | None:
        status = self.debts.get(contract)
        if status is None:
            return None
        return self.books.at(at).grace_cases if status is Status.GRACE else 0

    def _carried(self, course: Course, index: int) -> int:
        last = self.purse.by_period.get((course.sold.id, index - 1))
        if last is None or last.granted is None:
            return 0
        book = self.books.at(course.running.period(index - 1).start)
        last.carried = allotments.carried(last.unused if last.closed else last.remaining, book)
        return last.carried

    def _wake(self, course: Course, at: datetime) -> None:
        self._contracts = None
        step = woken(course, at)
        if step is None:
            return
        if (course.sold.id, step.index) not in self.purse.by_period:
            self._open(course, step, at)
            if step.index:
                self.ask_to_choose(course.sold.licence, at)
        self.release_waiting(at)

    def _plan_course(self, course: Course) -> None:
        for step in course.steps(self.window):
            self.plan(at_of(step), Turn.CONTRACT, partial(self._step, course, step))
        if course.sold.created_at < course.anchor and self.window.contains(course.sold.created_at):
            self.plan(course.sold.created_at, Turn.CONTRACT, self._moved)
        for switch in course.changes:
            if self.window.contains(switch.at):
                self.plan(switch.at, Turn.PAYMENT, partial(self._switch, course, switch))
        for debt in course.sold.unpaid:
            self._plan_debt(course, debt.term, debt.paid_at)
        for span in course.asleep:
            if self.window.contains(span.end):
                self.plan(span.end, Turn.CONTRACT, partial(self._wake, course))

    def _plan_debt(self, course: Course, term: int, paid_at: datetime | None) -> None:
        span = course.running.term(term)
        if span.start < self.window.start or (course.ends is not None and course.ends <= span.start):
            return
        ends = span.start + timedelta(days=self.books.at(span.start).grace_days)
        self.plan(span.start, Turn.CONTRACT, partial(self._owes, course, Status.GRACE))
        if paid_at is None or ends < paid_at:
            self.plan(ends, Turn.PAYMENT, partial(self._owes, course, Status.SUSPENDED))
        if paid_at is not None:
            self.plan(paid_at, Turn.PAYMENT, partial(self._owes, course, None))

    def _owes(self, course: Course, status: Status | None, at: datetime) -> None:
        """An unpaid term covers little, then nothing, and all again once it is paid (row 25)."""
        self._contracts = None
        if status is None:
            self.debts.pop(course.sold.id, None)
            self.purse.limit(course.sold.id, None, now=at)
            self.release_waiting(at)
            return
        self.debts[course.sold.id] = status
        self.purse.limit(course.sold.id, self._draw_limit(course.sold.id, at), now=at)

    def _pack(self, pack: Pack, at: datetime) -> None:
        book, course = self.books.at(at), self.courses.get(pack.contract or 0)
        contract = course.contract(at, status=self.status(course)) if course else None
        if course is None or contract is None or not contract.in_force(at):
            if not book.sell_packs_without_plan:
                return
            course = None
        account = self.purse.grant(
            source=Source.PACK,
            licence=pack.licence,
            cases=pack.cases,
            start=at,
            end=allotments.pack_end(course.running if course else None, book, now=at),
            at=at,
            rank=course.terms(at).rank if course else NO_RANK,
            work=course.terms(at).work if course else None,
            contract=course.sold.id if course else None,
            origin=pack.id,
        )
        charge = charge_pack(self.customer, pack, book=book)
        if charge is not None:
            self.charges.append(charge)
        hours = timedelta(hours=book.pack_return_hours)
        if pack.returned_at is not None and pack.returned_at <= at + hours:
            self.plan(pack.returned_at, Turn.SETTLED, partial(self._return, account, charge))
        self.release_waiting(at)

    def _return(self, account: Account, charge: Charge | None, at: datetime) -> None:
        if self.purse.revoke(account) and charge is not None:
            self.charges.remove(charge)

    def _gift(self, gift: Gift, at: datetime) -> None:
        self.goodwill(gift.licence, gift.cases, gift.rank, at, origin=gift.id)
        self.release_waiting(at)

    def goodwill(self, licence: int | None, cases: int, rank: int, at: datetime, *, origin: int = 0) -> None:
        self.purse.grant(
            source=Source.GOODWILL,
            licence=licence,
            cases=cases,
            start=at,
            end=allotments.goodwill_end(self.books.at(at), now=at),
            at=at,
            rank=rank,
            work=None,
            origin=origin,
        )
