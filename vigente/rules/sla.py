"""Promises of a case: when an answer is due, what stops the clock, what was broken.

Here: `evaluate(policy, timeline)`, always over the whole timeline, so pauses, reopenings, late mail, other urgencies,
other policies and what people decided cannot corrupt it. Not here: storing the stamp, telling anybody.
Rules: a first reply is promised from acceptance and never paused by our own waiting (row 42: the promise shown is
the one measured). The next reply counts from the customer's first unanswered message; it and the resolution stand
still while the case waits. Nothing runs while the case is solved. A pause moves a deadline by exactly the working
time paused; one that begins after the deadline moves nothing, for the promise was already broken.
Another urgency or policy binds from its instant on: what was broken stays so; a longer promise counts from where the
old one began, a shorter one from the change, and never ends later than the old one; the first reply never ends later
than the one shown before submitting. What people set by hand stands above all that until it is restored; set after
the deadline, it moves the deadline and mends nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigente.rules.periods import Span
from vigente.rules.promises import (
    Adjustment,
    Change,
    Clocks,
    Happening,
    Kind,
    Policy,
    Promise,
    Targets,
    What,
    after,
)
from vigente.rules.worktime import WorkHours, add, between

__all__ = [
    "Adjustment", "Change", "Clocks", "Happening", "Kind", "Policy", "Promise", "Targets", "What", "evaluate"
]  # fmt: skip


def evaluate(policy: Policy, timeline: Iterable[Happening], *, severity: int = 0) -> Clocks:
    """The clocks of a case that began under `policy` with `severity`. The timeline may come in any order; of two at
    one instant, the first given came first.
    """
    story = _Story(policy, severity)
    for happening in sorted(timeline, key=lambda happening: happening.at):
        story.tell(happening)
    return story.clocks()


@dataclass(slots=True)
class _Hand:
    """A deadline decided by hand; `missed`: the first before it that had passed by then."""

    due: datetime | None
    missed: datetime | None


@dataclass(slots=True)
class _Running:
    """A promise that runs. `due`: as policies have it; `shown`: never later than this; `made_by_hand`: nothing else
    asks for it.
    """

    promise: Promise
    since: datetime
    due: datetime | None
    shown: datetime | None = None
    hand: _Hand | None = None
    made_by_hand: bool = False

    @property
    def stands(self) -> datetime | None:
        return self.hand.due if self.hand else self.due

    def move(self, hours: WorkHours, stopped: datetime, pause: Span) -> None:
        """By the working time of a part of a pause that began at `stopped`."""

        def moved(due: datetime | None) -> datetime | None:
            if due is None or stopped >= due:
                return due
            return add(hours, due, between(hours, max(pause.start, self.since), pause.end))

        self.due, self.shown = moved(self.due), moved(self.shown)
        if self.hand:
            self.hand.due = moved(self.hand.due)


@dataclass(slots=True)
class _Stop:
    """What stops some promises, and since when; `counted`: by then they have moved. `spans`: all that has stopped
    them.
    """

    why: set[Kind] = field(default_factory=set)
    since: datetime | None = None
    counted: datetime | None = None
    spans: list[Span] = field(default_factory=list)

    def begin(self, why: Kind, at: datetime) -> None:
        if not self.why:
            self.since = self.counted = at
        self.why.add(why)

    def settle(self, hours: WorkHours, at: datetime, *running: _Running | None) -> None:
        """Move the promises by what has passed of it."""
        if self.since is None or self.counted is None or self.counted == at:
            return
        pause, self.counted = Span(self.counted, at), at
        for one in running:
            if one is not None:
                one.move(hours, self.since, pause)
        self.spans.append(pause)

    def end(self, why: Kind) -> None:
        """Settled before."""
        self.why.discard(why)
        if not self.why:
            self.since = self.counted = None


class _Story:
    """The clocks of a case as its timeline is told."""

    def __init__(self, policy: Policy, severity: int) -> None:
        self.policy, self.severity = policy, severity
        self.first_replied_at: datetime | None = None
        self.waiting_since: datetime | None = None
        self.held_since: datetime | None = None
        self.solved_at: datetime | None = None
        self.first: _Running | None = None
        self.next: _Running | None = None
        self.resolution: _Running | None = None
        self.stop, self.stop_first = _Stop(), _Stop()

    def tell(self, happening: Happening) -> None:
        at, change = happening.at, happening.change
        if self.first is None:
            if happening.kind is Kind.ACCEPTED:
                self._accepted(at)
            return
        match happening.kind:
            case Kind.CUSTOMER_REPLY:
                self._released(at)
                self._asked(at)
            case Kind.AGENT_REPLY:
                self.first_replied_at, self.next = self.first_replied_at or at, None
            case Kind.WAITING if not self.solved_at:
                self.waiting_since = self.waiting_since or at
                self.stop.begin(Kind.WAITING, at)
            case Kind.RESUMED if self.waiting_since:
                self._settle(at)
                self.waiting_since = None
                self.stop.end(Kind.WAITING)
            case Kind.SOLVED if not self.solved_at:
                self._solved(at)
            case Kind.REOPENED if self.solved_at:
                self._settle(at)
                self.solved_at = None
                self.stop.end(Kind.SOLVED)
                self.stop_first.end(Kind.SOLVED)
            case _:
                self._decided(at, happening.kind, change)

    def _decided(self, at: datetime, kind: Kind, change: int | Policy | Adjustment | None) -> None:
        """What people or settings decide."""
        match kind:
            case Kind.HELD if not self.solved_at:
                self.held_since = self.held_since or at
                self.stop.begin(Kind.HELD, at)
            case Kind.RELEASED:
                self._released(at)
            case Kind.SEVERITY if isinstance(change, int):
                self._other_terms(at, self.policy, change)
            case Kind.POLICY if isinstance(change, Policy):
                self._other_terms(at, change, self.severity)
            case Kind.ADJUSTED if isinstance(change, Adjustment) and not self.solved_at:
                self._adjusted(at, change)
            case _:
                pass

    def clocks(self) -> Clocks:
        if self.first is None:
            return Clocks()
        running = [one for one in (self.first, self.next, self.resolution) if one is not None]
        return Clocks(
            first_reply_due=self.first.stands,
            first_replied_at=self.first_replied_at,
            asked_at=self.next.since if self.next else None,
            next_reply_due=self.next.stands if self.next else None,
            resolution_due=self.resolution.stands if self.resolution else None,
            waiting_since=self.waiting_since,
            solved_at=self.solved_at,
            held_since=self.held_since,
            paused_since=None if self.solved_at else self.stop.since,
            severity=self.severity,
            by_hand=frozenset(one.promise for one in running if one.hand),
            missed=tuple((one.promise, one.hand.missed) for one in running if one.hand and one.hand.missed),
        )

    def _settle(self, at: datetime) -> None:
        self.stop.settle(self.policy.hours, at, self.next, self.resolution)
        self.stop_first.settle(self.policy.hours, at, self.first)

    def _accepted(self, at: datetime) -> None:
        due = self._promised(Promise.FIRST_REPLY, at)
        self.first = _Running(Promise.FIRST_REPLY, at, due, shown=due)
        self.resolution = _Running(Promise.RESOLUTION, at, self._promised(Promise.RESOLUTION, at))

    def _promised(self, promise: Promise, since: datetime) -> datetime | None:
        promised = self.policy.promised(promise, self.severity)
        return None if promised is None else add(self.policy.hours, since, promised)

    def _asked(self, at: datetime) -> None:
        """The first unanswered message after the first reply; what was promised by hand before it stands."""
        if self.first_replied_at and (self.next is None or self.next.made_by_hand):
            hand = self.next.hand if self.next else None
            self.next = _Running(Promise.NEXT_REPLY, at, self._promised(Promise.NEXT_REPLY, at), hand=hand)

    def _released(self, at: datetime) -> None:
        if self.held_since:
            self._settle(at)
            self.held_since = None
            self.stop.end(Kind.HELD)

    def _solved(self, at: datetime) -> None:
        self._settle(at)
        self.solved_at, self.waiting_since, self.held_since, self.next = at, None, None, None
        for stop in (self.stop, self.stop_first):
            stop.end(Kind.WAITING)
            stop.end(Kind.HELD)
            stop.begin(Kind.SOLVED, at)

    def _other_terms(self, at: datetime, policy: Policy, severity: int) -> None:
        """Other promises bind from now on those that are open and not broken."""
        self._settle(at)
        self.policy, self.severity = policy, severity
        if self.solved_at:
            return
        for one in (self.first, self.next, self.resolution):
            if one is None or (one is self.first and self.first_replied_at) or one.made_by_hand:
                continue
            if not after(self._counts_at(one, at), one.due):
                one.due = self._under_other_terms(one, at)

    def _under_other_terms(self, one: _Running, at: datetime) -> datetime | None:
        hours, promised = self.policy.hours, self.policy.promised(one.promise, self.severity)
        if promised is None:
            return one.shown
        whole = add(hours, one.since, promised)
        for pause in self.stop_first.spans if one is self.first else self.stop.spans:
            if pause.start < whole:
                whole = add(hours, whole, between(hours, max(pause.start, one.since), pause.end))
        if one.due is not None and whole >= one.due:
            return min(whole, one.shown) if one.shown else whole
        soonest = max(whole, add(hours, at, promised))
        return min(soonest, one.due) if one.due else soonest

    def _adjusted(self, at: datetime, adjustment: Adjustment) -> None:
        hours, change = self.policy.hours, adjustment.change
        one = self.resolution
        if adjustment.what is What.REPLY:
            one = self.next if self.first_replied_at else self.first
            if one is None and change is Change.SET:
                one = self.next = _Running(Promise.NEXT_REPLY, at, None, made_by_hand=True)
        if one is None:
            return
        self._settle(at)
        due = one.stands
        missed = one.hand.missed if one.hand else None
        if missed is None and after(self._counts_at(one, at), due):
            missed = due
        match change:
            case Change.SET:
                one.hand = _Hand(adjustment.until, missed)
            case Change.CLEAR:
                one.hand = _Hand(None, missed)
            case Change.EXTEND if due is not None:
                one.hand = _Hand(add(hours, due, adjustment.by), missed)
            case Change.SHORTEN if due is not None:
                left = max(between(hours, one.since, due) - adjustment.by, timedelta(0))
                one.hand = _Hand(add(hours, one.since, left), missed)
            case Change.RESTORE:
                one.hand = None
                self.next = None if one is self.next and one.made_by_hand else self.next
            case _:
                pass

    def _counts_at(self, one: _Running, at: datetime) -> datetime:
        """The instant that is held against its deadline: when it stopped, if it stands still."""
        return (self.stop_first if one is self.first else self.stop).since or at
