"""The states of a case, who may change them, and what a reply does (rows 8, 9, 10)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigente.rules.worktime import WorkHours, add_days


class Status(StrEnum):
    """States of a case."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD = "waiting_third"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"


IN_LINE = frozenset({Status.NEW, Status.OPEN})  # waits for an agent
PAUSED = frozenset({Status.WAITING_CUSTOMER, Status.WAITING_THIRD, Status.ON_HOLD})
UNSOLVED = IN_LINE | PAUSED
DONE = frozenset({Status.SOLVED, Status.CLOSED})

# What an agent may choose by hand. Leaving DONE is reopening: a customer's reply asks `after_customer_reply`.
BY_AGENT: dict[Status, frozenset[Status]] = {
    status: frozenset(set(Status) - {status, Status.NEW}) for status in Status if status is not Status.CLOSED
} | {Status.CLOSED: frozenset({Status.OPEN})}


def may_change(before: Status, after: Status) -> bool:
    """Whether an agent may move a case from one state to another."""
    return after in BY_AGENT[before]


class ReplyEffect(StrEnum):
    """What a customer's reply does."""

    CONTINUES = "continues"  # same case, back in line
    REOPENS = "reopens"  # same case, no new draw (row 9)
    FOLLOW_UP = "follow_up"  # a new case linked to the old, decided as any other (row 10)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case was closed (row 9).

    `by_person_at`: when a person last solved or closed it; None: only the clock ever did, which starts no window.
    """

    status: Status
    by_person_at: datetime | None


def after_customer_reply(
    closing: Closing, *, hours: WorkHours, reopen_days: int, now: datetime
) -> ReplyEffect:
    """Always accepted while the case runs (row 8); afterwards by the reopening window in working days (rows 9, 10)."""
    if closing.status not in DONE:
        return ReplyEffect.CONTINUES
    if closing.by_person_at is None or now < reopen_until(
        closing.by_person_at, hours=hours, reopen_days=reopen_days
    ):
        return ReplyEffect.REOPENS
    return ReplyEffect.FOLLOW_UP


def reopen_until(by_person_at: datetime, *, hours: WorkHours, reopen_days: int) -> datetime:
    """The instant from which a reply is a new case: the end of the n-th working day after the closing."""
    return add_days(hours, by_person_at, reopen_days)
