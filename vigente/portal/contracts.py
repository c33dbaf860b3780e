"""What "Mi plan" shows: for each licence its meter, its contract, what comes next and what it will cost. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigente.accounts.models import Organization
from vigente.billing.facts import load
from vigente.billing.models import Licence, Order, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Priced, Terms, price_plan, terms_of
from vigente.billing.purchases import open_orders, under_review
from vigente.billing.queries import Meter, meters_of, sold_versions, subscriptions_of
from vigente.billing.services.arrears import is_held_open
from vigente.billing.services.subscriptions import notice_preview
from vigente.billing.successors import successor_of
from vigente.portal.successors import Sold
from vigente.rules.periods import period_index, term_of_period
from vigente.rules.refusal import Refused
from vigente.rules.subscriptions import Notice, current_term

Status = Subscription.Status
RUNNING = frozenset({Status.ACTIVE, Status.GRACE, Status.SUSPENDED})
COVERING = frozenset({Status.ACTIVE, Status.GRACE})
COMING = frozenset({Status.SCHEDULED, Status.AWAITING_PAYMENT})


@dataclass(frozen=True, slots=True)
class Contract:
    """One running contract. `renews_at` None: it ends by itself or by notice. `notice`: what one given now would do.

    `price`: what the next term costs, tax included; None where nothing is charged or the list has no price.
    `in_review`: unpaid, and money they sent is being looked for. `is_held_open`: its unpaid term is even over.
    """

    subscription: Subscription
    price: Priced | None
    period_ends: datetime | None
    term_ends: datetime
    renews_at: datetime | None
    notice: Notice | None
    next_version: PlanVersion | None
    next_price: Priced | None
    new_terms: PlanVersion | None
    suspends_at: datetime | None
    in_review: bool = False
    is_held_open: bool = False

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
    def is_unpaid(self) -> bool:
        """In grace or suspended: its running term waits to be paid (row 25)."""
        return self.subscription.status in (Status.GRACE, Status.SUSPENDED)

    @property
    def may_buy_packs(self) -> bool:
        """Extra cases hang on a contract that covers; one that rests or waits for a decision does not."""
        stopped = self.subscription.asleep or self.is_held_open or self.subscription.status not in COVERING
        return self.version.pack_price_minor is not None and not stopped

    @property
    def may_give_notice(self) -> bool:
        """Bought ones that renew; included and earlier plans end by themselves (R11, row 31)."""
        return self.notice is not None


@dataclass(frozen=True, slots=True)
class Panel:
    """One licence, or (licence None) what covers the whole organization. `orders`: plans that wait to be paid, by the
    contract that waits with them. `again`: the plan that ended, if it is still sold (row 24).
    """

    licence: Licence | None
    meter: Meter
    running: Sequence[Contract]
    coming: Sequence[Subscription]
    ended: Sequence[Subscription]
    successor: PlanVersion | None = None
    successor_price: Priced | None = None
    again: PlanVersion | None = None
    orders: dict[int, Order] = field(default_factory=dict)

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
    def waiting(self) -> Sequence[tuple[Subscription, Order | None]]:
        """What comes, each with the order that is to be paid for it."""
        return [(one, self.orders.get(one.pk)) for one in self.coming]


def panels(organization: Organization, *, now: datetime) -> list[Panel]:
    """Every active licence of the organization, and the organization-wide plan if there ever was one."""
    facts = load(organization, now=now)
    terms = terms_of(organization, now=now)
    licences = list(
        organization.licences.filter(is_active=True).select_related("edition__product").order_by("id")
    )
    rows = subscriptions_of(organization, now=now).select_related(
        "change_to__plan__edition", "announced_version__plan__edition", "version__plan__tax_category"
    )
    contracts = list(rows)
    for contract in contracts:
        contract.organization = organization
    wide = [contract for contract in contracts if contract.licence_id is None]
    places: list[Licence | None] = [*licences, *([None] if wide or not licences else [])]
    meters = meters_of(organization=organization, licences=places, now=now, facts=facts)
    sold = Sold(list(sold_versions(now=now).select_related("plan__tax_category")))
    orders = {one.subscription_id: one for one in open_orders(organization, now=now) if one.subscription_id}
    found = []
    for licence in places:
        key = licence.pk if licence else None
        mine = [contract for contract in contracts if contract.licence_id == key]
        found.append(_panel(licence, mine, meters[key], sold, terms, orders, now))
    return found


def _panel(
    licence: Licence | None,
    mine: list[Subscription],
    meter: Meter,
    sold: Sold,
    terms: Terms,
    orders: dict[int, Order],
    now: datetime,
) -> Panel:
    running = [contract_of(s, licence, terms, now=now) for s in mine if s.status in RUNNING]
    running.sort(key=lambda contract: contract.subscription.asleep)  # what rests is told last
    legacy = next((contract for contract in running if contract.is_legacy), None)
    bought = any(contract.may_give_notice or contract.next_version for contract in running)
    next_plan = successor_of(legacy.version, sold.versions) if legacy and not bought else None
    ended = [s for s in mine if s.status not in RUNNING | COMING | {Status.CANCELLED}]
    return Panel(
        licence=licence,
        meter=meter,
        running=running,
        coming=[s for s in mine if s.status in COMING],
        ended=ended,
        successor=next_plan,
        successor_price=_price(next_plan, licence, terms, now) if next_plan else None,
        again=sold.again(ended[0]) if ended else None,
        orders=orders,
    )


def contract_of(
    subscription: Subscription, licence: Licence | None, terms: Terms, *, now: datetime
) -> Contract:
    """Dates and prices of one contract, with the discount apart (R3)."""
    running = subscription.running()
    unpaid = subscription.status in (Status.GRACE, Status.SUSPENDED)
    over = is_held_open(subscription, now=now)
    term = current_term(running, now=now)
    follows, ends = subscription.change_to, subscription.last_instant
    can_notify = (
        subscription.source == Subscription.Source.BOUGHT
        and subscription.auto_renew
        and subscription.notice_given_at is None
        and subscription.status in COVERING
        and not over
    )
    renews = subscription.ends_at is None
    renews_at = term.end if renews else None
    version = _renews_on(subscription, term.end)
    charged = subscription.source != Subscription.Source.INCLUDED
    number = 1 + term_of_period(
        period_index(running.anchor, running.zone, max(now, running.anchor), running.months), running.interval
    )
    return Contract(
        subscription=subscription,
        price=_price(version, licence, terms, now, subscription.coupon, number) if charged else None,
        period_ends=subscription.next_due_at,
        term_ends=ends if ends is not None else term.end,
        renews_at=renews_at,
        notice=notice_preview(subscription=subscription, now=now) if can_notify else None,
        next_version=follows,
        next_price=_price(follows, licence, terms, now) if follows else None,
        new_terms=version if version.pk != subscription.version_id else None,
        suspends_at=term.start + timedelta(days=terms.book.grace_days)
        if subscription.status == Status.GRACE
        else None,
        in_review=unpaid and under_review(terms.organization or subscription.organization),
        is_held_open=over,
    )


def _renews_on(subscription: Subscription, at: datetime) -> PlanVersion:
    """The terms of the term that begins at `at`: new ones only if they were announced in time (row 38)."""
    version, announced = subscription.announced_version, subscription.announced_at
    if version is None or announced is None:
        return subscription.version
    in_time = announced + timedelta(days=rulebook_at(announced).announce_days) <= at
    return version if in_time else subscription.version


def _price(
    version: PlanVersion,
    licence: Licence | None,
    terms: Terms,
    now: datetime,
    coupon: str = "",
    term: int = 1,
) -> Priced | None:
    try:
        return price_plan(
            version=version,
            licence=licence,
            organization=terms.organization,
            coupon=coupon,
            term=term,
            terms=terms,
            now=now,
        )
    except Refused:
        return None
