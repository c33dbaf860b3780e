"""What a case costs against what its plan brings in (docs/reports.md).

Nobody notes time yet, so it is estimated: a case takes the minutes that the owner set for its kind of work, or
`DEFAULT_MINUTES`. An hour costs what the rate in force on the day the case was accepted says. A case belongs to the
plan whose grant paid for it; one that nothing paid for, to the plan whose rank it has in its edition.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from vigente.billing.models import PlanVersion
from vigente.billing.numbers import payers
from vigente.reports.contracts import PlanFlow, flows
from vigente.reports.models import CostRate, WorkMinutes
from vigente.reports.periods import Period, days_in
from vigente.rules.money import divide
from vigente.rules.periods import day_of
from vigente.tickets.models import Ticket

DEFAULT_MINUTES = 30


@dataclass(frozen=True, slots=True)
class CaseCost:
    """One case: estimated minutes, and their cost in minor units; None while no rate was in force."""

    id: int
    number: int
    subject: str
    organization: str
    accepted_at: datetime
    work: str
    family: str
    minutes: int
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class PlanCost:
    """One plan in the period; `family` empty: cases of no plan. Money in minor units of the rate's currency."""

    family: str
    plan: str
    cases: int
    minutes: int
    cost_minor: int
    revenue: dict[str, int]
    currency: str

    @property
    def per_case(self) -> int | None:
        return divide(self.cost_minor, self.cases) if self.cases and self.currency else None

    @property
    def revenue_minor(self) -> int | None:
        """Of the rate's currency; None when the plan is sold in others only."""
        return self.revenue.get(self.currency, None if self.revenue else 0)

    @property
    def margin_minor(self) -> int | None:
        """What is left; None where there is no rate, or revenue in another currency cannot be compared."""
        if not self.currency or set(self.revenue) - {self.currency}:
            return None
        return (self.revenue_minor or 0) - self.cost_minor

    @property
    def margin(self) -> int | None:
        """Basis points of the revenue."""
        if self.margin_minor is None or not self.revenue_minor:
            return None
        return divide(10_000 * self.margin_minor, self.revenue_minor)


@dataclass(frozen=True, slots=True)
class Costs:
    """Every plan, what brings most first. `rate`: the newest; None: the owner named none, so minutes are all there is.

    `assumed`: how many cases were counted at `DEFAULT_MINUTES`, for nobody said how long their kind of work takes.
    """

    plans: Sequence[PlanCost]
    cases: Sequence[CaseCost]
    rate: CostRate | None
    assumed: int

    @property
    def currency(self) -> str:
        return self.rate.currency if self.rate else ""

    @property
    def per_case(self) -> int | None:
        """The average case, minor units of the rate's currency."""
        priced = [one.cost_minor for one in self.cases if one.cost_minor is not None]
        return divide(sum(priced), len(priced)) if priced else None

    def of(self, family: str) -> list[CaseCost]:
        return [one for one in self.cases if one.family == family]


def costs(period: Period, *, now: datetime, zone: str, known: Sequence[PlanFlow] | None = None) -> Costs:
    """The cases accepted in the period, and the recurring revenue of its months; `known`: flows read already."""
    rates = list(CostRate.objects.order_by("valid_from"))
    found, names, assumed = _cases(period, rates, zone)
    if known is None:
        known = flows(since=period.start, until=period.months[-1].until(now))
    revenue = _revenue(period, known, now=now)
    by_family: dict[str, list[CaseCost]] = defaultdict(list)
    for one in found:
        by_family[one.family].append(one)
    currency = rates[-1].currency if rates else ""
    plans = [
        PlanCost(
            family=family,
            plan=names.get(family, family),
            cases=len(by_family[family]),
            minutes=sum(one.minutes for one in by_family[family]),
            cost_minor=sum(one.cost_minor or 0 for one in by_family[family]),
            revenue=revenue.get(family, {}),
            currency=currency,
        )
        for family in sorted({*by_family, *revenue})
    ]
    plans.sort(key=lambda plan: (not plan.family, -sum(plan.revenue.values()), plan.plan))
    return Costs(plans, found, rates[-1] if rates else None, assumed)


def _cases(
    period: Period, rates: Sequence[CostRate], zone: str
) -> tuple[list[CaseCost], dict[str, str], int]:
    """The cases, newest first; the plans' names; how many were counted at the default."""
    rows = list(
        Ticket.objects.filter(
            accepted_at__gte=period.start, accepted_at__lt=period.end, merged_into__isnull=True
        )
        .order_by("-pk")
        .values_list(
            "pk", "number", "subject", "organization__name", "accepted_at", "work_type", "work_type__code",
            "decision__grant", "rank", "licence__edition",
        )
    )  # fmt: skip
    paid = payers(int(row[7]) for row in rows if row[7] is not None)
    ranked, names = _plans()
    minutes = dict(WorkMinutes.objects.values_list("work_type", "minutes"))
    found: list[CaseCost] = []
    assumed = 0
    for pk, number, subject, organization, at, work, code, grant, rank, edition in rows:
        payer = paid.get(int(grant)) if grant is not None else None
        family = (payer.family if payer else "") or ranked.get((edition, rank), "")
        assumed += work not in minutes
        taken = minutes.get(work, DEFAULT_MINUTES)
        cost = _cost(taken, at, rates, zone)
        found.append(CaseCost(pk, number, subject, organization or "", at, code, family, taken, cost))
    return found, names, assumed


def _cost(minutes: int, at: datetime, rates: Sequence[CostRate], zone: str) -> int | None:
    day = day_of(at, zone)
    rate = next((rate for rate in reversed(rates) if rate.valid_from <= day), None)
    if rate is None or rate.currency != rates[-1].currency:
        return None
    return divide(minutes * rate.hour_minor, 60)


def _plans() -> tuple[dict[tuple[int, int], str], dict[str, str]]:
    """The family of each edition and rank, and the name of each family: of what was sold last."""
    versions = PlanVersion.objects.order_by("sold_from", "-plan__interval", "pk").values_list(
        "plan__edition", "rank", "plan__family", "plan__name", "plan__edition__code"
    )
    ranked: dict[tuple[int, int], str] = {}
    names: dict[str, str] = {}
    for edition, rank, family, name, code in versions:
        ranked[edition, rank] = family
        names[family] = f"{name} · {code}"
    return ranked, names


def _revenue(period: Period, all_flows: Sequence[PlanFlow], *, now: datetime) -> dict[str, dict[str, int]]:
    """Recurring revenue by family and currency: of each month what runs as it ends, of the running one its part."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month in period.months:
        for one in _running(all_flows, month.until(now)):
            minor = one.flow.monthly_minor
            if not month.is_over(now):
                part, whole = (now - month.start).days + 1, days_in(month)
                minor = divide(minor * min(part, whole), whole)
            found[one.family][one.flow.currency] += minor
    return {family: dict(sorted(sums.items(), key=itemgetter(0))) for family, sums in found.items()}


def _running(all_flows: Sequence[PlanFlow], at: datetime) -> list[PlanFlow]:
    return [one for one in all_flows if one.flow.runs(at) and one.flow.monthly_minor]
