"""Was a case with a better right waiting when another was taken? The fairness report (R10).

Here: the line replayed moment by moment, and a verdict for each taking. Not here: how events become moments.
Invariant: agents who always take the first case they may take are never found to have passed one over, and who takes
another while a better one waits for them always is.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

TOGETHER = timedelta(seconds=2)  # what came this shortly before could not be seen by who was choosing
Key: TypeAlias = tuple[int, datetime, int]
Shelf: TypeAlias = tuple[str, int]


class How(StrEnum):
    """How a case came to be attended."""

    LINE = "line"  # "next case"
    HAND = "hand"  # the agent chose it, or answered it first
    GIVEN = "given"  # a supervisor gave it, or chose it


class Verdict(StrEnum):
    """What is found about a taking. Only PASSED_OVER is out of order; two are reasons allowed."""

    IN_ORDER = "in_order"
    SUPERVISOR = "supervisor"  # a better one waited, and a supervisor chose
    DEPARTMENT = "department"  # a better one waited in a department the agent does not serve
    PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a case stands from `at` on; `group` and `place_at` are its stamp in the order of attention."""

    at: datetime
    case: int
    waits: bool
    group: int
    place_at: datetime
    department: int
    assignee: int | None = None
    due_at: datetime | None = None

    @property
    def key(self) -> Key:
        return (self.group, self.place_at, self.case)

    @property
    def shelf(self) -> Shelf:
        return ("free", self.department) if self.assignee is None else ("own", self.assignee)


@dataclass(frozen=True, slots=True)
class Taking:
    """An agent began to attend a case at `at`."""

    at: datetime
    case: int
    agent: int
    how: How


@dataclass(frozen=True, slots=True)
class Ordered:
    """From `at` on, cases past their promise go first, or no longer do (setting `overdue_first`)."""

    at: datetime
    overdue_first: bool


Moment: TypeAlias = Stands | Taking | Ordered


@dataclass(frozen=True, slots=True)
class Judged:
    """`passed`: the case with the best right among those passed over; `waited`: how long it had been in line."""

    taking: Taking
    verdict: Verdict
    passed: int | None = None
    waited: timedelta = timedelta(0)


def judge(moments: Iterable[Moment], *, departments: Mapping[int, frozenset[int]]) -> Iterator[Judged]:
    """A verdict for each taking of a case in line. `moments` in the order they happened.

    `departments`: those each agent serves; none means all. A taking comes before the change of its case that it causes.
    """
    line = _Line()
    for moment in moments:
        match moment:
            case Ordered():
                line.overdue_first = moment.overdue_first
            case Stands():
                line.put(moment)
            case Taking():
                found = line.verdict(moment, departments.get(moment.agent, frozenset()))
                if found is not None:
                    yield found


class _Line:
    """Who waits where: the free cases of each department and each agent's own, every shelf in order."""

    def __init__(self) -> None:
        self.overdue_first = False
        self.standing: dict[int, Stands] = {}
        self.since: dict[int, datetime] = {}
        self.shelves: dict[Shelf, list[Key]] = {}

    def put(self, now: Stands) -> None:
        before = self.standing.get(now.case)
        if before is not None and before.waits:
            shelf = self.shelves[before.shelf]
            del shelf[bisect_left(shelf, before.key)]
        if now.waits:
            insort(self.shelves.setdefault(now.shelf, []), now.key)
            if before is None or not before.waits:
                self.since[now.case] = now.at
        self.standing[now.case] = now

    def verdict(self, taking: Taking, serves: frozenset[int]) -> Judged | None:
        mine = self.standing.get(taking.case)
        if mine is None or not mine.waits:
            return None  # a quotation, or one that waits for its customer: not of the line
        free = [shelf for shelf in self.shelves if shelf[0] == "free"]
        theirs = [shelf for shelf in free if not serves or shelf[1] in serves]
        better = self._first(mine, taking, [("own", taking.agent), *theirs])
        if better is not None:
            verdict = Verdict.SUPERVISOR if taking.how is How.GIVEN else Verdict.PASSED_OVER
        else:
            better = self._first(mine, taking, [shelf for shelf in free if shelf not in theirs])
            verdict = Verdict.DEPARTMENT
        if better is None:
            return Judged(taking, Verdict.IN_ORDER)
        return Judged(taking, verdict, better, taking.at - self.since[better])

    def _first(self, mine: Stands, taking: Taking, shelves: list[Shelf]) -> int | None:
        """The case with the best right of all on these shelves that goes before `mine`."""
        found: list[tuple[bool, Key]] = []
        own = (self._behind(mine, taking.at), mine.key)
        for shelf in shelves:
            for key in self.shelves.get(shelf, ()):
                if key >= mine.key and not self.overdue_first:
                    break
                other = self.standing[key[2]]
                place = (self._behind(other, taking.at), key)
                if place < own and taking.at - other.at >= TOGETHER:
                    found.append(place)
                    if not self.overdue_first:
                        break
        return min(found)[1][2] if found else None

    def _behind(self, case: Stands, at: datetime) -> bool:
        """Whether it stands behind those past their promise."""
        return self.overdue_first and not (case.due_at is not None and case.due_at < at)
