"""What "Mi plan" shows: for each licence its meter, its contract, what comes next and what it will cost. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vigente.accounts.models import Organization
from vigente.billing.facts import load
from vigente.billing.models import Licence, PlanVersion, Subscription
from vigente.billing.queries import Meter, meters_of, price_of, sold_versions, subscriptions_of
from vigente.billing.services.subscriptions import notice_preview
from vigente.rules.pricing import Price
from vigente.rules.rulebook import Rulebook
from vigente.rules.subscriptions import Notice, current_term

Status = Subscription.Status
RUNNING = frozenset({Status.ACTIVE, Status.GRACE})
COMING = frozenset({Status.SCHEDULED, Status.AWAITING_PAYMENT})


@dataclass(frozen=True, slots=True)
class Contract:
    """One running or coming contract. `renews_at` None: it ends by itself or by notice. `notice`: what one given
    now would do.
    """

    subscription: Subscription
    price: Price
    period_ends: datetime | None
    term_ends: datetime
    renews_at: datetime | None
    notice: Notice | None
    next_version: PlanVersion | None
    next_price: Price | None

    @property
    def version(self) -> PlanVersion:
        return self.subscription.version

    @property
    def is_legacy(self) -> bool:
        return bool(self.subscription.source == Subscription.Source.LEGACY)

    @property
    def is_included(self) -> bool:
        return bool(self.subscription.source == Subscription.Source.INCLUDED)

    @property
    def is_annual(self) -> bool:
        return bool(self.version.plan.interval == "year")

    @property
    def may_give_notice(self) -> bool:
        """Bought ones that renew; included and earlier plans end by themselves (R11, row 31)."""
        return self.notice is not None


@dataclass(frozen=True, slots=True)
class Panel:
    """One licence, or (licence None) what covers the whole organization."""

    licence: Licence | None
    meter: Meter
    running: Sequence[Contract]
    coming: Sequence[Subscription]
    ended: Sequence[Subscription]
    successor: PlanVersion | None = None
    successor_price: Price | None = None

    @property
    def covered_from_elsewhere(self) -> bool:
        """Nothing of its own runs, and a plan for the whole organization covers it (row 37)."""
        return self.licence is not None and self.meter.is_covered and bool(self.meter.plan)

    @property
    def more_cases_at(self) -> datetime | None:
        """When the next allotment comes, once this one is used up."""
        meter = self.meter
        return meter.renews_at if meter.left == 0 and meter.renews_at != meter.ends_at else None

    @property
    def main(self) -> Contract | None:
        """The contract that gives the rank: a bought one before others, never a sleeping one."""
        awake = [contract for contract in self.running if not contract.subscription.asleep]
        return min(awake, key=lambda c: (c.version.rank, c.is_legacy, c.is_included), default=None)

    @property
    def bought(self) -> Contract | None:
        """The one that may be changed or cancelled."""
        return next((contract for contract in self.running if contract.may_give_notice), None)


def panels(organization: Organization, *, now: datetime) -> list[Panel]:
    """Every active licence of the organization, and the organization-wide plan if there ever was one. Nine queries."""
    facts = load(organization, now=now)
    book = facts.rulebook
    licences = list(
        organization.licences.filter(is_active=True).select_related("edition__product").order_by("id")
    )
    contracts = list(subscriptions_of(organization, now=now).select_related("change_to__plan__edition"))
    for contract in contracts:
        contract.organization = organization
    wide = [contract for contract in contracts if contract.licence_id is None]
    places: list[Licence | None] = [*licences, *([None] if wide or not licences else [])]
    meters = meters_of(organization=organization, licences=places, now=now, facts=facts)
    sold = list(sold_versions(now=now))
    found = []
    for licence in places:
        mine = [
            contract for contract in contracts if contract.licence_id == (licence.pk if licence else None)
        ]
        found.append(
            _panel(organization, licence, mine, meters[licence.pk if licence else None], sold, book, now)
        )
    return found


def _panel(
    organization: Organization,
    licence: Licence | None,
    mine: list[Subscription],
    meter: Meter,
    sold: list[PlanVersion],
    book: Rulebook,
    now: datetime,
) -> Panel:
    running = [contract_of(s, licence, organization, book, now=now) for s in mine if s.status in RUNNING]
    legacy = next((contract for contract in running if contract.is_legacy), None)
    bought = any(contract.may_give_notice or contract.next_version for contract in running)
    next_plan = successor_of(legacy.version, sold) if legacy and not bought else None
    return Panel(
        licence=licence,
        meter=meter,
        running=running,
        coming=[s for s in mine if s.status in COMING],
        ended=[s for s in mine if s.status not in RUNNING | COMING][:5],
        successor=next_plan,
        successor_price=_price(next_plan, licence, organization, book, now) if next_plan else None,
    )


def contract_of(
    subscription: Subscription,
    licence: Licence | None,
    organization: Organization,
    book: Rulebook,
    *,
    now: datetime,
) -> Contract:
    """Dates and prices of one contract. Prices in minor units of the version's currency, with the discount apart
    (R3).
    """
    running = subscription.running()
    term = current_term(running, now=now)
    follows = subscription.change_to
    ends = subscription.ends_at
    renews = ends is None
    can_notify = (
        subscription.source == Subscription.Source.BOUGHT
        and subscription.auto_renew
        and subscription.notice_given_at is None
        and subscription.status in RUNNING
    )
    return Contract(
        subscription=subscription,
        price=_price(subscription.version, licence, organization, book, now),
        period_ends=subscription.next_due_at,
        term_ends=ends if ends is not None else term.end,
        renews_at=term.end if renews else None,
        notice=notice_preview(subscription=subscription, now=now) if can_notify else None,
        next_version=follows,
        next_price=_price(follows, licence, organization, book, now) if follows else None,
    )


def _price(
    version: PlanVersion, licence: Licence | None, organization: Organization, book: Rulebook, now: datetime
) -> Price:
    return price_of(version=version, licence=licence, organization=organization, now=now, book=book)


def successor_of(legacy: PlanVersion, sold: Iterable[PlanVersion]) -> PlanVersion | None:
    """The plan on sale that follows an earlier one: same edition, at least its cases, cheapest; else the largest
    (R11).
    """
    same = [v for v in sold if v.plan.edition_id == legacy.plan.edition_id and v.plan.interval == "month"]
    enough = [v for v in same if v.cases is None or (legacy.cases is not None and v.cases >= legacy.cases)]
    if enough:
        return min(enough, key=lambda v: v.price_minor)
    return max(same, key=lambda v: v.cases or 0, default=None)
