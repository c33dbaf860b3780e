"""Which case is attended when, under an order of attention that is tried out (R10; `simulate`).

Agents answer at the instants at which they really did, each in the department they answered in; which case is first
then is asked of `precedence`. What nobody knows is left out: who would have been faster, what follows the first answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from vigente.rules.coverage import Outcome
from vigente.rules.precedence import Order, is_late, place, sort_key
from vigente.rules.simulate import Replayed
from vigente.rules.simulate_fates import Fate
from vigente.rules.simulate_history import Books, How
from vigente.rules.sla import Happening, Kind, Policy, evaluate

Key = tuple[bool, int, datetime, datetime, int]
Better = tuple[int, datetime, timedelta]  # rank, sold from, head start


@dataclass(frozen=True, slots=True)
class InLine:
    """A case that waits for its first answer. `due_at`: what its plan promises."""

    ref: str
    customer: int
    department: int
    accepted_at: datetime
    rank: int
    severity: int
    due_at: datetime | None
    allowance: timedelta
    floor: timedelta
    ceiling: timedelta | None = None


@dataclass(slots=True)
class Promises:
    """When a first answer is due. Two replays mostly ask the same, so each is worked out once."""

    policies: Mapping[int, Policy]
    better: tuple[Better, ...] = ()
    _known: dict[tuple[int, datetime], datetime | None] = field(default_factory=dict)

    def due(self, policy: int | None, accepted_at: datetime) -> datetime | None:
        if policy is None or policy not in self.policies:
            return None
        key = (policy, accepted_at)
        if key not in self._known:
            happened = [Happening(accepted_at, Kind.ACCEPTED)]
            self._known[key] = evaluate(self.policies[policy], happened).due
        return self._known[key]

    def floor(self, rank: int, accepted_at: datetime) -> timedelta:
        """The head start of the next better plan that was sold then: a raised severity never passes it."""
        ranks = [(r, head) for r, sold_from, head in self.better if r < rank and sold_from <= accepted_at]
        return max(ranks, default=(0, timedelta(0)))[1]

    def ceiling(self, rank: int, accepted_at: datetime) -> timedelta | None:
        """The head start of the next worse plan that was sold then; None: there was none."""
        ranks = [(r, head) for r, sold_from, head in self.better if r > rank and sold_from <= accepted_at]
        return min(ranks)[1] if ranks else None


def in_line(replayed: Replayed, promises: Promises) -> Iterable[InLine]:
    """The cases of a customer that wait for an agent: accepted, and not to be quoted."""
    for fate in replayed.fates:
        decision, asked = fate.decision, fate.asked
        if fate.how is How.NOT or fate.accepted_at is None or not asked.in_line:
            continue
        if decision is not None and decision.outcome is Outcome.QUOTATION:
            continue
        rank, terms = _rank(fate), fate.terms
        yield InLine(
            ref=asked.ref,
            customer=replayed.customer.id,
            department=asked.department,
            accepted_at=fate.accepted_at,
            rank=rank,
            severity=asked.severity,
            due_at=promises.due(terms.policy if terms else None, fate.accepted_at),
            allowance=terms.allowance if terms else timedelta(0),
            floor=promises.floor(rank, fate.accepted_at) if asked.severity > 0 else timedelta(0),
            ceiling=promises.ceiling(rank, fate.accepted_at) if asked.severity < 0 else None,
        )


def _rank(fate: Fate) -> int:
    """As a case gets it: of the decision or, if that is better, of the best plan in force (row 29)."""
    mine = fate.decision.rank if fate.decision is not None else fate.asked.rank
    return min(mine, fate.terms.rank) if fate.terms is not None else mine


def attended(
    cases: Iterable[InLine], answers: Iterable[tuple[datetime, int]], books: Books
) -> dict[str, datetime | None]:
    """When each case gets its first answer; None: not any more. `answers`: when agents did, in which department."""
    found: dict[str, datetime | None] = {}
    shelves: dict[int, _Shelf] = defaultdict(_Shelf)
    coming = sorted(cases, key=lambda case: (case.accepted_at, case.ref))
    arrived = 0
    for at, department in sorted(answers):
        while arrived < len(coming) and coming[arrived].accepted_at <= at:
            case = coming[arrived]
            shelves[case.department].add(arrived, case)
            found[case.ref] = None
            arrived += 1
        book = books.at(at)
        first = shelves[department].take(book.order, at, overdue_first=book.overdue_first)
        if first is not None:
            found[first.ref] = at
    for case in coming[arrived:]:
        found[case.ref] = None
    return found


@dataclass(slots=True)
class _Shelf:
    """The line of one department, kept in the order asked for last; `late`: also by itself, once past its promise."""

    waiting: dict[int, InLine] = field(default_factory=dict)
    order: Order | None = None
    line: list[Key] = field(default_factory=list)
    late: list[Key] = field(default_factory=list)
    dues: list[tuple[datetime, int]] = field(default_factory=list)

    def add(self, number: int, case: InLine) -> None:
        self.waiting[number] = case
        if case.due_at is not None:
            heappush(self.dues, (case.due_at, number))
        if self.order is not None:
            heappush(self.line, _key(case, number, self.order))

    def take(self, order: Order, now: datetime, *, overdue_first: bool) -> InLine | None:
        """The first in line leaves it; None when nobody waits."""
        if order is not self.order:
            self.order = order
            self.line = sorted(_key(case, number, order) for number, case in self.waiting.items())
            self.late = sorted(
                _key(case, number, order)
                for number, case in self.waiting.items()
                if is_late(case.due_at, now=now)
            )
        while self.dues and is_late(self.dues[0][0], now=now):
            _, number = heappop(self.dues)
            if number in self.waiting:
                heappush(self.late, _key(self.waiting[number], number, order))
        return (self._first(self.late) if overdue_first else None) or self._first(self.line)

    def _first(self, heap: list[Key]) -> InLine | None:
        while heap:
            case = self.waiting.pop(heappop(heap)[-1], None)
            if case is not None:
                return case
        return None


def _key(case: InLine, number: int, order: Order) -> Key:
    """`precedence.sort_key` among cases of which all or none are late; ties go by number."""
    where = place(
        order=order,
        rank=case.rank,
        due_at=case.due_at,
        accepted_at=case.accepted_at,
        severity=case.severity,
        allowance=case.allowance,
        floor=case.floor,
        ceiling=case.ceiling,
    )
    return sort_key(where, case.accepted_at, number)
