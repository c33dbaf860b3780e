"""Promises of a case: when an answer is due, what stops the clock, what was broken.

Here: `evaluate(policy, timeline)`, always over the whole timeline, so pauses, reopenings and late mail cannot
corrupt it. Not here: storing the stamp, telling anybody.
Rules: a first reply is promised from acceptance and never paused by our own waiting (row 42: the promise shown is
the one measured). The next reply counts from the customer's first unanswered message; it and the resolution stand
still while the case waits. Nothing runs while the case is solved. A pause moves a deadline by exactly the working
time paused; one that begins after the deadline moves nothing, for the promise was already broken.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vigente.rules.periods import Span
from vigente.rules.worktime import WorkHours, add, between


class Kind(StrEnum):
    """What can happen to a case's clocks."""

    ACCEPTED = "accepted"
    CUSTOMER_REPLY = "customer_reply"
    AGENT_REPLY = "agent_reply"
    WAITING = "waiting"  # for the customer, a third party, or on hold
    RESUMED = "resumed"
    SOLVED = "solved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, at a UTC instant."""

    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Policy:
    """Promises in working time; None promises nothing."""

    first_reply: timedelta | None
    next_reply: timedelta | None
    resolution: timedelta | None
    hours: WorkHours


@dataclass(frozen=True, slots=True)
class Clocks:
    """Deadlines in UTC. `asked_at` is the customer's first unanswered message after the first reply."""

    first_reply_due: datetime | None = None
    first_replied_at: datetime | None = None
    asked_at: datetime | None = None
    next_reply_due: datetime | None = None
    resolution_due: datetime | None = None
    waiting_since: datetime | None = None
    solved_at: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The earliest open deadline. One that stands still is not open: it moves until the case runs again."""
        if self.solved_at:
            return None
        open_dues = [None if self.first_replied_at else self.first_reply_due]
        if not self.waiting_since:
            open_dues += [self.next_reply_due, self.resolution_due]
        return min((due for due in open_dues if due), default=None)

    def first_reply_breached(self, now: datetime) -> bool:
        return _after(self.first_replied_at or self.solved_at or now, self.first_reply_due)

    def next_reply_breached(self, now: datetime) -> bool:
        return _after(self._stopped_at or now, self.next_reply_due)

    def resolution_breached(self, now: datetime) -> bool:
        return _after(self._stopped_at or now, self.resolution_due)

    def breached(self, now: datetime) -> bool:
        """Whether any promise is broken."""
        return (
            self.first_reply_breached(now) or self.next_reply_breached(now) or self.resolution_breached(now)
        )

    @property
    def _stopped_at(self) -> datetime | None:
        return self.waiting_since or self.solved_at  # never both


def evaluate(policy: Policy, timeline: Iterable[Happening]) -> Clocks:
    """The clocks of a case. The timeline may come in any order; of two at one instant, the first given came first."""
    accepted_at = first_replied_at = asked_at = waiting_since = solved_at = None
    solved: list[Span] = []
    paused: list[Span] = []  # waiting or solved, never overlapping
    for happening in sorted(timeline, key=lambda happening: happening.at):
        at, kind = happening.at, happening.kind
        if accepted_at is None:
            accepted_at = at if kind is Kind.ACCEPTED else None
            continue
        match kind:
            case Kind.CUSTOMER_REPLY if first_replied_at:
                asked_at = asked_at or at
            case Kind.AGENT_REPLY:
                first_replied_at, asked_at = first_replied_at or at, None
            case Kind.WAITING if not solved_at:
                waiting_since = waiting_since or at
            case Kind.RESUMED if waiting_since:
                paused, waiting_since = [*paused, Span(waiting_since, at)], None
            case Kind.SOLVED if not solved_at:
                paused += [Span(waiting_since, at)] if waiting_since else []
                solved_at, waiting_since, asked_at = at, None, None
            case Kind.REOPENED if solved_at:
                solved, paused, solved_at = (
                    [*solved, Span(solved_at, at)],
                    [*paused, Span(solved_at, at)],
                    None,
                )
            case _:
                pass
    return Clocks(
        first_reply_due=_due(policy.hours, accepted_at, policy.first_reply, solved),
        first_replied_at=first_replied_at,
        asked_at=asked_at,
        next_reply_due=_due(policy.hours, asked_at, policy.next_reply, paused),
        resolution_due=_due(policy.hours, accepted_at, policy.resolution, paused),
        waiting_since=waiting_since,
        solved_at=solved_at,
    )


def _due(
    hours: WorkHours, start: datetime | None, promise: timedelta | None, pauses: list[Span]
) -> datetime | None:
    if start is None or promise is None:
        return None
    due = add(hours, start, promise)
    for pause in pauses:
        if pause.start < due:
            due = add(hours, due, between(hours, max(pause.start, start), pause.end))
    return due


def _after(at: datetime, due: datetime | None) -> bool:
    return due is not None and at > due
