"""A case's place in line (R10, "Order of attention").

Here: the stamp a queue sorts by, and the place shown to the customer. Not here: who takes the case (skills, claims).
Ranks: 1 is attended first. Severity is set by the staff only (0 normal, above it more severe, below it less) and never
leaves its rank.
Invariants: strict, no case of a worse rank goes before one of a better; fair, a case is overtaken only by cases
accepted within the difference of the two allowances, so nobody waits for ever and no stamp changes as time passes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LAST_RANK = 1_000  # a case that hangs on no plan (goodwill, a pack sold alone) goes after every plan
MOST_SEVERE, LEAST_SEVERE = 6, -3
STEPS = MOST_SEVERE - LEAST_SEVERE + 1  # levels there may be within a rank
NOTHING_WORSE = timedelta(days=1)  # how far less severe cases may step back where no plan is worse
NO_DUE = datetime(9999, 1, 1, tzinfo=UTC)  # without a promise: after every promise of its group


class Order(StrEnum):
    """The rulebook's order of attention."""

    STRICT = "strict"
    FAIR = "fair"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The stamp: smaller goes first. Ties go by acceptance, then by id (`sort_key`)."""

    group: int
    at: datetime


def place(
    *,
    order: Order,
    rank: int,
    due_at: datetime | None,
    accepted_at: datetime,
    severity: int,
    allowance: timedelta,
    floor: timedelta = timedelta(0),
    ceiling: timedelta | None = None,
) -> Place:
    """Strict: rank, then severity, then the promise due first. Fair: acceptance plus the plan's allowance.

    Under fair order severity takes away a part (see `_share`) of what separates `allowance` from `floor`, the allowance
    of the next better plan: a severe case comes closer to it and never passes it. One below normal steps back likewise
    towards `ceiling`, the allowance of the next worse plan (None: there is none).
    """
    if not LEAST_SEVERE <= severity <= MOST_SEVERE:
        raise ValueError(f"severity goes from {LEAST_SEVERE} to {MOST_SEVERE}, not {severity}")
    if not 0 <= rank <= LAST_RANK:
        raise ValueError(f"a rank goes from 0 to {LAST_RANK}, not {rank}")
    if order is Order.STRICT:
        return Place(rank * STEPS + MOST_SEVERE - severity, due_at or NO_DUE)
    if allowance < timedelta(0):
        raise ValueError("an allowance is never negative: a case cannot go before it came")
    gap = max(allowance - floor, timedelta(0))
    if severity < 0:
        gap = max(ceiling - allowance, timedelta(0)) if ceiling is not None else NOTHING_WORSE
    part, of = _share(abs(severity))
    moved = gap * part // of
    return Place(0, accepted_at + allowance - (moved if severity > 0 else -moved))


def _share(steps: int) -> tuple[int, int]:
    """How much of the way to the neighbouring plan: a third, two thirds, then half of what is left with each step."""
    if steps < 3:
        return steps, 3
    of: int = 3 * 2 ** (steps - 2)
    return of - 1, of


def sort_key(
    place: Place, accepted_at: datetime, case_id: int, *, late: bool = False, overdue_first: bool = False
) -> tuple[bool, int, datetime, datetime, int]:
    """The whole order. With `overdue_first`, cases past their own promise (`late`) go before all others."""
    return (overdue_first and not late, place.group, place.at, accepted_at, case_id)


def is_late(due_at: datetime | None, *, now: datetime) -> bool:
    """Past its own promise; a case without one is never late."""
    return due_at is not None and due_at < now


def position_range(ahead: int, could_overtake: int) -> tuple[int, int]:
    """The place in line as shown (row 42): with `ahead` before it now, and `could_overtake` that still may come."""
    if ahead < 0 or could_overtake < 0:
        raise ValueError("nobody stands in line less than zero times")
    return ahead + 1, ahead + 1 + could_overtake


def best_rank(ranks: Iterable[int]) -> int:
    """The best of the ranks in force for a licence (row 29); LAST_RANK when no plan is."""
    return min(ranks, default=LAST_RANK)
