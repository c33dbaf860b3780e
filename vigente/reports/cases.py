"""Cases included, used, given back and expired: the ledger month by month (docs/reports.md).

Invariant: what was left, and all movements of the month, make what is left. Grants without limit stand apart, for
nothing is left of them; their draws are counted as used.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigente.billing.numbers import EntryRow, MonthSum, entries, left_at, sums_by_month
from vigente.reports.periods import Month, Period
from vigente.rules.periods import Span
from vigente.rules.quota import Source


class Part(StrEnum):
    """A number of the report; each opens the entries behind it."""

    INCLUDED = "included"  # by plans, old plans and licences
    BOUGHT = "bought"  # extra packs
    GIVEN = "given"  # goodwill
    USED = "used"
    RETURNED = "returned"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNLIMITED = "unlimited"  # used of plans without limit


PLANS = (Source.PERIOD.value, Source.LEGACY.value, Source.LICENCE.value)
BEHIND: dict[Part, tuple[str, tuple[str, ...], bool]] = {
    Part.INCLUDED: ("grant", PLANS, False),
    Part.BOUGHT: ("grant", (Source.PACK.value,), False),
    Part.GIVEN: ("grant", (Source.GOODWILL.value,), False),
    Part.USED: ("draw", (), False),
    Part.RETURNED: ("release", (), False),
    Part.EXPIRED: ("expiry", (), False),
    Part.REVOKED: ("revoke", (), False),
    Part.UNLIMITED: ("draw", (), True),
}
ADDS = frozenset({Part.INCLUDED, Part.BOUGHT, Part.GIVEN, Part.RETURNED})


@dataclass(frozen=True, slots=True)
class CasesRow:
    """One month: `opening` and its movements make `closing`, cases of limited grants."""

    month: Month
    opening: int
    parts: dict[Part, int]

    @property
    def closing(self) -> int:
        return self.opening + sum(
            count if part in ADDS else -count
            for part, count in self.parts.items()
            if part is not Part.UNLIMITED
        )

    @property
    def used(self) -> int:
        """All that was used, less what was given back."""
        return self.parts[Part.USED] + self.parts[Part.UNLIMITED] - self.parts[Part.RETURNED]


def cases(period: Period, *, now: datetime) -> list[CasesRow]:
    """The months of a period, oldest first."""
    sums: dict[int, list[MonthSum]] = defaultdict(list)
    for one in sums_by_month([Span(month.start, month.end) for month in period.months]):
        sums[one.month].append(one)
    left, rows = left_at(period.start), []
    for number, month in enumerate(period.months):
        parts = {part: _count(part, sums[number]) for part in Part}
        rows.append(CasesRow(month, left, parts))
        left = rows[-1].closing
    return rows


def behind(part: Part, span: Span, *, after: int | None = None, limit: int = 50) -> list[EntryRow]:
    """The entries behind one number, newest first."""
    kind, sources, unlimited = BEHIND[part]
    return entries(kinds=[kind], sources=sources, span=span, unlimited=unlimited, after=after, limit=limit)


def _count(part: Part, sums: Sequence[MonthSum]) -> int:
    kind, sources, unlimited = BEHIND[part]
    return sum(
        one.cases
        for one in sums
        if one.kind == kind and one.unlimited == unlimited and (not sources or one.source in sources)
    )
