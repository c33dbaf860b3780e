"""Monthly recurring revenue, and why it moved (docs/reports.md).

Here: what each customer's contracts come to at an instant, and the five movements between two. Not here: what a
contract costs (`pricing`), which contracts count (`reports.recurring`).
Invariant: opening + new + expansion + contraction + churn + reactivation = closing, per currency, always; and the
closing of a month is the opening of the next. An instant counts what runs *just before* it, so a contract that ends as
August begins is still in July's closing, and one that begins then is new in August.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from vigente.rules.money import divide
from vigente.rules.periods import Interval

Holder: TypeAlias = tuple[int, str]  # a customer in one currency


class Movement(StrEnum):
    """Why a customer's recurring revenue is another than it was."""

    NEW = "new"
    REACTIVATION = "reactivation"  # had none at the opening, but had some before
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"


@dataclass(frozen=True, slots=True)
class Flow:
    """A contract's monthly amount (minor, after discount, before tax) in `[start, end)`; None: no end in sight."""

    customer: int
    currency: str
    monthly_minor: int
    start: datetime
    end: datetime | None = None

    def runs(self, at: datetime) -> bool:
        """Whether it runs just before `at`."""
        return self.start < at and (self.end is None or at <= self.end)


@dataclass(frozen=True, slots=True)
class Change:
    """How one customer's amount moved. `minor` carries its sign."""

    customer: int
    currency: str
    movement: Movement
    before: int
    after: int

    @property
    def minor(self) -> int:
        return self.after - self.before


def monthly(total_minor: int, interval: Interval) -> int:
    """A term's price as a month's: an annual one divided by twelve, half to even."""
    return divide(total_minor, interval.periods)


def standing(flows: Iterable[Flow], *, at: datetime) -> dict[Holder, int]:
    """What each customer's contracts come to just before `at`; nothing for who has none."""
    found: dict[Holder, int] = defaultdict(int)
    for flow in flows:
        if flow.runs(at) and flow.monthly_minor:
            found[flow.customer, flow.currency] += flow.monthly_minor
    return dict(found)


def first_starts(flows: Iterable[Flow]) -> dict[Holder, datetime]:
    """When each customer first had any recurring revenue."""
    found: dict[Holder, datetime] = {}
    for flow in flows:
        holder = (flow.customer, flow.currency)
        if flow.monthly_minor and (holder not in found or flow.start < found[holder]):
            found[holder] = flow.start
    return found


def changes(
    opening: Mapping[Holder, int],
    closing: Mapping[Holder, int],
    *,
    since: datetime,
    firsts: Mapping[Holder, datetime],
) -> list[Change]:
    """Every customer whose amount at the closing is another than at the opening (`since`), by customer."""
    found: list[Change] = []
    for holder in sorted({*opening, *closing}):
        before, after = opening.get(holder, 0), closing.get(holder, 0)
        if before != after:
            movement = _movement(before, after, first=firsts[holder], since=since)
            found.append(Change(*holder, movement, before, after))
    return found


def _movement(before: int, after: int, *, first: datetime, since: datetime) -> Movement:
    if not before:
        return Movement.NEW if first >= since else Movement.REACTIVATION
    if not after:
        return Movement.CHURN
    return Movement.EXPANSION if after > before else Movement.CONTRACTION
