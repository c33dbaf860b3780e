"""Which plan fits: what the last six months would have cost under each plan on sale, from the books alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, PlanVersion
from vigente.billing.queries import statement
from vigente.rules.periods import day_of, day_start
from vigente.rules.pricing import Price

MONTHS = 6
PLOT_HEIGHT = 80
BAR, GAP = 36, 9

Priced = tuple[PlanVersion, Price, Price]  # a plan, its price by the month, its pack's price


@dataclass(frozen=True, slots=True)
class Month:
    """Cases used in one calendar month of the billing zone, and its bar's place in the drawing (user units)."""

    day: date
    used: int
    x: int
    y: int
    height: int

    @property
    def label_x(self) -> int:
        return self.x + BAR // 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What the months would have cost under a plan, minor units. `extras`: cases bought on top."""

    version: PlanVersion
    total_minor: int
    extras: int


@dataclass(frozen=True, slots=True)
class Advice:
    """The cheapest plan for what was used, and the next larger one beside it."""

    months: Sequence[Month]
    best: Cost
    other: Cost | None

    @property
    def least(self) -> int:
        return min(month.used for month in self.months)

    @property
    def most(self) -> int:
        return max(month.used for month in self.months)

    @property
    def width(self) -> int:
        return len(self.months) * (BAR + GAP) - GAP


def advise(
    *, organization: Organization, licence: Licence, plans: Sequence[Priced], zone: str, now: datetime
) -> Advice | None:
    """None without plans, or when fewer than two of the months saw a case: too little to say anything."""
    starts = _months(day_of(now, zone))
    used = _used(organization, licence, starts, zone)
    if not plans or sum(1 for count in used if count) < 2:
        return None
    costs = [cost for cost in (_cost(plan, used) for plan in plans) if cost is not None]
    if not costs:
        return None
    best = min(costs, key=lambda cost: (cost.total_minor, -(cost.version.cases or 10**6)))
    larger = [cost for cost in costs if cost.version.price_minor > best.version.price_minor]
    smaller = [cost for cost in costs if cost.version.price_minor < best.version.price_minor]
    other = min(larger, key=lambda c: c.version.price_minor, default=None) or max(
        smaller, key=lambda c: c.version.price_minor, default=None
    )
    return Advice(_drawn(starts[:-1], used), best, other)


def _months(today: date) -> list[date]:
    """The first days of the last whole months, oldest first, and of the running one."""
    count = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(count - MONTHS, count + 1)]


def _used(organization: Organization, licence: Licence, starts: Sequence[date], zone: str) -> list[int]:
    """Cases drawn and not given back, by the month in which they were drawn."""
    edges = [day_start(day, zone) for day in starts]
    counts = [0] * (len(edges) - 1)
    lines = statement(organization=organization, now=edges[-1], since=edges[0], until=edges[-1])
    for line in lines:
        if line.kind in ("draw", "release") and line.cases and line.licence in (None, licence):
            month = next(n for n in range(len(counts)) if line.at < edges[n + 1])
            counts[month] -= line.cases
    return [max(count, 0) for count in counts]


def _cost(plan: Priced, used: Sequence[int]) -> Cost | None:
    version, price, pack = plan
    total, extras = 0, 0
    for count in used:
        over = 0 if version.cases is None else max(count - version.cases, 0)
        if over and not version.pack_price_minor:
            return None
        packs = -(-over // version.pack_cases)
        total += price.total_minor + packs * pack.total_minor
        extras += over
    return Cost(version, total, extras)


def _drawn(starts: Sequence[date], used: Sequence[int]) -> list[Month]:
    most = max(used)
    heights = [round(PLOT_HEIGHT * count / most) for count in used]
    return [
        Month(day, count, n * (BAR + GAP), 14 + PLOT_HEIGHT - height, height)
        for n, (day, count, height) in enumerate(zip(starts, used, heights, strict=True))
    ]
