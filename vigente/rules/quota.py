"""Grants and which of them pays (R2, R6, rows 7, 37, 48). Balances themselves are kept by the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Where a grant came from."""

    PERIOD = "period"
    PACK = "pack"
    LEGACY = "legacy"
    GOODWILL = "goodwill"
    LICENCE = "licence"


BOUGHT = frozenset({Source.PACK})


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """A grant as the rules see it: usable in `[start, end)`, UTC.

    `remaining` None: unlimited. `licence` None: any of the organization's.
    """

    id: int
    source: Source
    licence: int | None
    remaining: int | None
    start: datetime
    end: datetime
    created_at: datetime
    rank: int
    work: frozenset[str] | None  # None: any covered work
    subscription: int | None = None

    def in_force(self, now: datetime) -> bool:
        return self.start <= now < self.end

    def serves(self, licence: int | None) -> bool:
        return self.licence is None or self.licence == licence

    def covers(self, work: str) -> bool:
        return self.work is None or work in self.work

    def can_pay(self, units: int) -> bool:
        return self.remaining is None or self.remaining >= units


def burn_key(grant: GrantFacts) -> tuple[bool, datetime, bool, bool, datetime, int]:
    """Unlimited first; soonest expiry; the licence's own before the organization's; included before bought; oldest."""
    return (
        grant.remaining is not None,
        grant.end,
        grant.licence is None,
        grant.source in BOUGHT,
        grant.created_at,
        grant.id,
    )


def payers(
    grants: Iterable[GrantFacts], *, licence: int | None, work: str, units: int, now: datetime
) -> list[GrantFacts]:
    """The grants that may pay this work now, in burn order. A draw is whole or nothing (row 48)."""
    eligible = [
        g for g in grants if g.in_force(now) and g.serves(licence) and g.covers(work) and g.can_pay(units)
    ]
    return sorted(eligible, key=burn_key)


def left(
    grants: Iterable[GrantFacts], *, licence: int | None, now: datetime, work: str | None = None
) -> int | None:
    """Cases usable now for this licence, of those that cover `work` if it is named; None: unlimited."""
    serving = [
        g for g in grants if g.in_force(now) and g.serves(licence) and (work is None or g.covers(work))
    ]
    if any(g.remaining is None for g in serving):
        return None
    return sum(g.remaining or 0 for g in serving)
