"""What `rules.sla` is asked and answers: policies, what happened to a case's clocks, and its deadlines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vigente.rules.worktime import WorkHours


class Promise(StrEnum):
    """What is promised."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"


class Kind(StrEnum):
    """What can happen to a case's clocks."""

    ACCEPTED = "accepted"
    CUSTOMER_REPLY = "customer_reply"
    AGENT_REPLY = "agent_reply"
    WAITING = "waiting"  # for the customer, a third party, or on hold
    RESUMED = "resumed"
    SOLVED = "solved"
    REOPENED = "reopened"
    SEVERITY = "severity"  # another urgency: an int
    POLICY = "policy"  # another policy: a Policy
    ADJUSTED = "adjusted"  # a deadline by hand: an Adjustment
    HELD = "held"  # stopped by hand, until released or until the customer's next message
    RELEASED = "released"


class What(StrEnum):
    """Which deadline is meant by hand: of the reply that is owed now, first or next, or of the resolution."""

    REPLY = "reply"
    RESOLUTION = "resolution"


class Change(StrEnum):
    """What is done to it by hand."""

    SET = "set"  # due at an instant
    CLEAR = "clear"  # promised no more
    EXTEND = "extend"  # by working time
    SHORTEN = "shorten"  # by working time, never to before it began
    RESTORE = "restore"  # as if nothing had been done by hand


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`until`: of SET, UTC. `by`: working time of EXTEND and SHORTEN."""

    what: What
    change: Change
    until: datetime | None = None
    by: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Targets:
    """Promises of one urgency in working time; None: the policy's general one."""

    first_reply: timedelta | None = None
    next_reply: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Promises in working time; None promises nothing. `levels`: those of single urgencies. `warn`: how long before a
    deadline it is said aloud, or `warn_percent` of the promised time; neither: as `alerts` has it.
    """

    first_reply: timedelta | None
    next_reply: timedelta | None
    resolution: timedelta | None
    hours: WorkHours
    levels: tuple[tuple[int, Targets], ...] = ()
    warn: timedelta | None = None
    warn_percent: int | None = None

    def promised(self, promise: Promise, severity: int) -> timedelta | None:
        """Of a case of this urgency: its own promise, else the general one."""
        for level, targets in self.levels:
            own: timedelta | None = getattr(targets, promise.value)
            if level == severity and own is not None:
                return own
        general: timedelta | None = getattr(self, promise.value)
        return general


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, at a UTC instant. `change`: what a SEVERITY, POLICY or ADJUSTED brings."""

    at: datetime
    kind: Kind
    change: "int | Policy | Adjustment | None" = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """Deadlines in UTC. `asked_at` is the customer's first unanswered message after the first reply, or when a next
    reply was promised by hand. `waiting_since`: by its status; `held_since`: by hand; `paused_since`: by either.
    `by_hand`: whose deadline people decided; `missed`: of those decided on when one had passed, the one that had.
    """

    first_reply_due: datetime | None = None
    first_replied_at: datetime | None = None
    asked_at: datetime | None = None
    next_reply_due: datetime | None = None
    resolution_due: datetime | None = None
    waiting_since: datetime | None = None
    solved_at: datetime | None = None
    held_since: datetime | None = None
    paused_since: datetime | None = None
    severity: int = 0
    by_hand: frozenset[Promise] = frozenset()
    missed: tuple[tuple[Promise, datetime], ...] = ()

    @property
    def due(self) -> datetime | None:
        """The earliest open deadline. One that stands still is not open: it moves until the case runs again."""
        next_up = self.next_up
        return next_up[1] if next_up else None

    @property
    def next_up(self) -> tuple[Promise, datetime] | None:
        """The earliest open deadline and what it is of."""
        return min(self.running, key=lambda one: one[1], default=None)

    @property
    def running(self) -> list[tuple[Promise, datetime]]:
        """The promises that run and end."""
        if self.solved_at:
            return []
        dues = [(Promise.FIRST_REPLY, None if self.first_replied_at else self.first_reply_due)]
        if not self.paused_since:
            dues += [(Promise.NEXT_REPLY, self.next_reply_due), (Promise.RESOLUTION, self.resolution_due)]
        return [(promise, due) for promise, due in dues if due]

    def held_against(self, promise: Promise) -> datetime | None:
        """The deadline by which a promise is judged: moved when it had passed, it is still the one that counts."""
        due: datetime | None = getattr(self, f"{promise.value}_due")
        return dict(self.missed).get(promise, due)

    def first_reply_breached(self, now: datetime) -> bool:
        at = self.first_replied_at or self.solved_at or now
        return after(at, self.held_against(Promise.FIRST_REPLY))

    def next_reply_breached(self, now: datetime) -> bool:
        return after(self._stopped_at or now, self.held_against(Promise.NEXT_REPLY))

    def resolution_breached(self, now: datetime) -> bool:
        return after(self._stopped_at or now, self.held_against(Promise.RESOLUTION))

    def breached(self, now: datetime) -> bool:
        """Whether any promise is broken."""
        return (
            self.first_reply_breached(now) or self.next_reply_breached(now) or self.resolution_breached(now)
        )

    @property
    def _stopped_at(self) -> datetime | None:
        return self.paused_since or self.solved_at  # never both


def after(at: datetime, due: datetime | None) -> bool:
    return due is not None and at > due
