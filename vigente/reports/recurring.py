"""Monthly recurring revenue and its movement, month by month and customer by customer (docs/reports.md)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vigente.reports.contracts import PlanFlow, flows
from vigente.reports.periods import Month, Period
from vigente.rules.recurring import Change, Movement, changes, first_starts, standing


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in one currency: `opening` plus all `moved` is `closing`. Minor units."""

    month: Month
    currency: str
    opening: int
    moved: dict[Movement, int]
    closing: int
    customers: int

    @property
    def net(self) -> int:
        return self.closing - self.opening


@dataclass(frozen=True, slots=True)
class Recurring:
    """The months of a period, oldest first, each with a row for every currency there is; and who moved."""

    rows: Sequence[MonthRow]
    currencies: Sequence[str]
    changed: dict[str, list[Change]]

    def of(self, currency: str) -> list[MonthRow]:
        return [row for row in self.rows if row.currency == currency]


def recurring(period: Period, *, now: datetime, known: Sequence[PlanFlow] | None = None) -> Recurring:
    """The movement of each month; the running one up to `now`. `known`: the flows, if they were read already."""
    if known is None:
        known = flows(since=period.start, until=period.months[-1].until(now))
    found = [one.flow for one in known]
    firsts = first_starts(found)
    marks = [period.start, *(month.until(now) for month in period.months)]
    stood = [standing(found, at=at) for at in marks]
    currencies = sorted({currency for one in stood for _, currency in one})
    rows: list[MonthRow] = []
    changed: dict[str, list[Change]] = {}
    for month, opening, closing in zip(period.months, stood, stood[1:], strict=False):
        moved = changes(opening, closing, since=month.start, firsts=firsts)
        changed[month.name] = moved
        for currency in currencies:
            sums: dict[Movement, int] = defaultdict(int)
            for one in moved:
                if one.currency == currency:
                    sums[one.movement] += one.minor
            held = [minor for (_, held_in), minor in closing.items() if held_in == currency]
            before = sum(minor for (_, held_in), minor in opening.items() if held_in == currency)
            rows.append(MonthRow(month, currency, before, dict(sums), sum(held), len(held)))
    return Recurring(rows, currencies, changed)
