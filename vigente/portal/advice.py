"""Which plan fits: what the last six months would have cost under each plan on sale, from what was really asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, PlanVersion
from vigente.billing.prices import Priced
from vigente.billing.queries import statement
from vigente.rules.periods import day_of, day_start
from vigente.tickets.models import HeldRequest

MONTHS = 6
PLOT_HEIGHT = 80
BAR, GAP = 36, 9
NEVER_ENTERED = (HeldRequest.Status.WAITING, HeldRequest.Status.CHOOSE, HeldRequest.Status.EXPIRED)

Offered = tuple[PlanVersion, Priced, Priced | None]  # a plan, its price by the month, its pack's


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month of the billing zone: cases used, requests held for want of cover, and its bars' places in
    the drawing (user units).
    """

    day: date
    used: int
    held: int
    x: int
    y: int
    height: int
    held_height: int

    @property
    def asked(self) -> int:
        return self.used + self.held

    @property
    def label_x(self) -> int:
        return self.x + BAR // 2

    @property
    def used_y(self) -> int:
        return self.y + self.held_height

    @property
    def label_y(self) -> int:
        return self.y - 4


@dataclass(frozen=True, slots=True)
class Cost:
    """What the months would have cost under a plan, tax included, minor units. `extras`: cases bought on top."""

    version: PlanVersion
    currency: str
    month_minor: int
    total_minor: int
    extras: int


@dataclass(frozen=True, slots=True)
class Advice:
    """The cheapest plan for what was asked for, and the next larger one beside it."""

    months: Sequence[Month]
    best: Cost
    other: Cost | None
    costs: Sequence[Cost]

    @property
    def least(self) -> int:
        return min(month.asked for month in self.months)

    @property
    def most(self) -> int:
        return max(month.asked for month in self.months)

    @property
    def held(self) -> int:
        return sum(month.held for month in self.months)

    @property
    def width(self) -> int:
        return len(self.months) * (BAR + GAP) - GAP


def advise(
    *, organization: Organization, licence: Licence, plans: Sequence[Offered], zone: str, now: datetime
) -> Advice | None:
    """None without plans, or when fewer than two of the months saw a request: too little to say anything."""
    starts = _months(day_of(now, zone))
    edges = [day_start(day, zone) for day in starts]
    used = _used(organization, licence, edges)
    held = _held(organization, licence, edges)
    asked = [a + b for a, b in zip(used, held, strict=True)]
    costs = [cost for cost in (_cost(plan, asked) for plan in plans) if cost is not None]
    if not costs or sum(1 for count in asked if count) < 2:
        return None
    best = min(costs, key=lambda cost: (cost.total_minor, -(cost.version.cases or 10**6)))
    larger = [cost for cost in costs if cost.month_minor > best.month_minor]
    smaller = [cost for cost in costs if cost.month_minor < best.month_minor]
    other = min(larger, key=lambda c: c.month_minor, default=None) or max(
        smaller, key=lambda c: c.month_minor, default=None
    )
    return Advice(_drawn(starts[:-1], used, held), best, other, costs)


def _months(today: date) -> list[date]:
    """The first days of the last whole months, oldest first, and of the running one."""
    count = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(count - MONTHS, count + 1)]


def _used(organization: Organization, licence: Licence, edges: Sequence[datetime]) -> list[int]:
    """Cases drawn and not given back, by the month in which they were drawn."""
    counts = [0] * (len(edges) - 1)
    for line in statement(organization=organization, now=edges[-1], since=edges[0], until=edges[-1]):
        if line.kind in ("draw", "release") and line.cases and line.licence in (None, licence):
            counts[_month_of(line.at, edges)] -= line.cases
    return [max(count, 0) for count in counts]


def _held(organization: Organization, licence: Licence, edges: Sequence[datetime]) -> list[int]:
    """Requests that no plan let in, by the month in which they came; a withdrawn one was not needed."""
    counts = [0] * (len(edges) - 1)
    waiting = HeldRequest.objects.filter(
        organization=organization, licence=licence, status__in=NEVER_ENTERED,
        received_at__gte=edges[0], received_at__lt=edges[-1],
    )  # fmt: skip
    for at in waiting.values_list("received_at", flat=True):
        counts[_month_of(at, edges)] += 1
    return counts


def _month_of(at: datetime, edges: Sequence[datetime]) -> int:
    return next(n for n in range(len(edges) - 1) if at < edges[n + 1])


def _cost(plan: Offered, asked: Sequence[int]) -> Cost | None:
    version, price, pack = plan
    total, extras = 0, 0
    for count in asked:
        over = 0 if version.cases is None else max(count - version.cases, 0)
        if over and pack is None:
            return None
        packs = -(-over // version.pack_cases)
        total += price.total_minor + (packs * pack.total_minor if pack else 0)
        extras += over
    return Cost(version, price.currency, price.total_minor, total, extras)


def _drawn(starts: Sequence[date], used: Sequence[int], held: Sequence[int]) -> list[Month]:
    most = max(a + b for a, b in zip(used, held, strict=True))
    found = []
    for n, (day, count, waiting) in enumerate(zip(starts, used, held, strict=True)):
        whole = round(PLOT_HEIGHT * (count + waiting) / most)
        above = round(PLOT_HEIGHT * waiting / most)
        x, y = n * (BAR + GAP), 14 + PLOT_HEIGHT - whole
        found.append(Month(day, count, waiting, x, y, whole - above, above))
    return found
