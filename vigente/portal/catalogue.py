"""The plan table as the page shows it: prices in the reader's list after *this* licence's discount, with and without
tax, order of attention, promises, what a click does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing.models import Edition, Licence, PlanVersion, PriceList, Subscription
from vigente.billing.prices import Priced, Terms, price_pack, price_plan, terms_of
from vigente.billing.queries import sold_versions
from vigente.billing.services.subscriptions import notice_preview
from vigente.billing.services.upgrades import Change, preview_change
from vigente.portal.advice import Advice, advise
from vigente.portal.words import working_time
from vigente.rules.invoicing import Line
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Upgrade

IN_PLACE = (
    Subscription.Status.ACTIVE,
    Subscription.Status.GRACE,
    Subscription.Status.SUSPENDED,
    Subscription.Status.AWAITING_PAYMENT,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One plan. `action`: order, change, current, pending, waiting or nothing."""

    version: PlanVersion
    price: Priced
    pack: Priced | None
    attention: str
    first_reply: str
    action: str
    from_when: datetime | None = None
    change: Change | None = None  # what changing to it would do at once, where that is possible (row 23)

    @property
    def line(self) -> Line:
        return self.price.lines[0]

    @property
    def shown_minor(self) -> int:
        """As the list says its prices: with or without tax, after the discount."""
        return self.price.total_minor if self.line.includes_tax else self.price.net_minor

    @property
    def monthly_minor(self) -> int | None:
        """A year's price by the month."""
        return self.shown_minor // 12 if self.version.plan.interval == "year" else None

    @property
    def pack_minor(self) -> int | None:
        if self.pack is None:
            return None
        return self.pack.total_minor if self.line.includes_tax else self.pack.net_minor

    @property
    def is_yours(self) -> bool:
        return self.action in ("current", "waiting")


@dataclass(frozen=True, slots=True)
class Table:
    """The plans of one edition, for one licence if one was chosen. `saved_months`: what paying by the year spares,
    if even. `stopped`: its contract covers nothing until it is paid, or until a transfer is decided (row 25).
    """

    edition: Edition
    licence: Licence | None
    interval: str
    rows: Sequence[Row]
    has_years: bool
    saved_months: int | None
    subscription: Subscription | None
    advice: Advice | None
    stopped: bool = False

    @property
    def discount(self) -> Line | None:
        """The discount of these prices, said once over the table (R3)."""
        return next((row.line for row in self.rows if row.line.discount_minor), None)

    @property
    def tax(self) -> Line | None:
        """What says how these prices are taxed; None without a tax."""
        return next((row.line for row in self.rows if row.line.tax_basis_points), None)


def table(
    *,
    edition: Edition,
    licence: Licence | None,
    organization: Organization | None,
    interval: str,
    now: datetime,
    price_list: PriceList | None = None,
) -> Table:
    """Plans on sale for an edition, those that have a price in the list. With a licence its discount, its contract
    and its past months count.
    """
    terms = terms_of(organization, now=now, price_list=price_list)
    if licence is None:
        terms = replace(terms, pairs=())  # for an installation to come, not for those there are
    sold = [
        version
        for version in sold_versions(now=now).select_related("sla_policy__hours", "plan__tax_category")
        if version.plan.edition_id == edition.pk
    ]
    prices = _prices(sold, licence, terms, now)
    sold = sorted((v for v in sold if v.pk in prices), key=lambda v: (prices[v.pk][0].list_minor, v.pk))
    shown = [version for version in sold if version.plan.interval == interval]
    subscription = _contract(licence, organization)
    from_when = _from_when(subscription, now)
    rows = [
        Row(
            version=version,
            price=prices[version.pk][0],
            pack=prices[version.pk][1],
            attention=attention(version, shown),
            first_reply=first_reply(version),
            action=_action(version, subscription, now),
            from_when=from_when,
            change=_change(version, subscription, terms, now),
        )
        for version in shown
    ]
    advice = None
    if licence and organization and interval == "month":
        monthly = [(v, *prices[v.pk]) for v in sold if v.plan.interval == "month"]
        advice = advise(
            organization=organization, licence=licence, plans=monthly, zone=terms.book.billing_zone, now=now
        )
    return Table(
        edition=edition,
        licence=licence,
        interval=interval,
        rows=rows,
        has_years=any(version.plan.interval == "year" for version in sold),
        saved_months=_saved_months(sold, prices),
        subscription=subscription,
        advice=advice,
        stopped=_stopped(subscription, now),
    )


Prices = dict[int, tuple[Priced, Priced | None]]


def _prices(sold: Sequence[PlanVersion], licence: Licence | None, terms: Terms, now: datetime) -> Prices:
    """Each version's own and its pack's; a version without a price in this list is not on sale here."""
    owner = terms.organization
    found: Prices = {}
    for version in sold:
        try:
            price = price_plan(version=version, licence=licence, organization=owner, now=now, terms=terms)
        except Refused:
            continue
        try:
            pack = price_pack(version=version, licence=licence, organization=owner, now=now, terms=terms)
        except Refused:
            pack = None
        found[version.pk] = (price, pack)
    return found


def attention(version: PlanVersion, others: Sequence[PlanVersion]) -> str:
    """`primero`, or after whom: the order of attention among the plans shown (R10)."""
    better = [other for other in others if other.rank < version.rank]
    if not better:
        return _("primero")
    return _("después de %(plan)s") % {"plan": max(better, key=lambda other: other.rank).plan.name}


def first_reply(version: PlanVersion) -> str:
    """The promise in working time; a dash when nothing is promised."""
    policy = version.sla_policy
    if policy is None or policy.first_reply_minutes is None:
        return "—"
    return working_time(policy.first_reply_minutes, policy.hours.week)


def _contract(licence: Licence | None, organization: Organization | None) -> Subscription | None:
    """The bought contract of this licence, running or waiting to be paid or confirmed."""
    if licence is None or organization is None:
        return None
    bought = Subscription.objects.filter(
        licence=licence, source=Subscription.Source.BOUGHT, status__in=IN_PLACE
    ).select_related("version__plan__edition", "change_to__plan", "licence__edition", "organization")
    return bought.first()


def _stopped(subscription: Subscription | None, now: datetime) -> bool:
    if subscription is None:
        return False
    over = subscription.unpaid_until is not None and subscription.unpaid_until <= now
    return over or subscription.status == Subscription.Status.SUSPENDED


def _action(version: PlanVersion, subscription: Subscription | None, now: datetime) -> str:
    if subscription is None:
        return "order"
    if subscription.version.plan_id == version.plan_id:
        return "waiting" if subscription.status == Subscription.Status.AWAITING_PAYMENT else "current"
    if subscription.status == Subscription.Status.AWAITING_PAYMENT or _stopped(subscription, now):
        return ""
    if subscription.change_to is not None and subscription.change_to.plan_id == version.plan_id:
        return "pending"
    return "change" if subscription.auto_renew else ""


def _from_when(subscription: Subscription | None, now: datetime) -> datetime | None:
    """From when a change asked for now would count (rows 21, 23)."""
    if subscription is None or subscription.status == Subscription.Status.AWAITING_PAYMENT:
        return None
    if subscription.ends_at is not None:
        return subscription.ends_at
    return notice_preview(subscription=subscription, now=now).effective


def _change(
    version: PlanVersion, subscription: Subscription | None, terms: Terms, now: datetime
) -> Change | None:
    if subscription is None or not subscription.is_billed or terms.book.upgrade is not Upgrade.IMMEDIATE:
        return None
    if _action(version, subscription, now) != "change":
        return None
    try:
        change = preview_change(subscription=subscription, version=version, now=now)
    except Refused:
        return None
    return change if change.immediate else None


def _saved_months(sold: Sequence[PlanVersion], prices: Prices) -> int | None:
    """`2` when every yearly price is that many monthly ones less than twelve; None when it differs or is not whole."""
    amounts = {version.pk: prices[version.pk][0].list_minor for version in sold}
    monthly = {
        version.plan.family: amounts[version.pk] for version in sold if version.plan.interval == "month"
    }
    saved = set()
    for version in sold:
        base = monthly.get(version.plan.family)
        if version.plan.interval == "year" and base:
            months, rest = divmod(12 * base - amounts[version.pk], base)
            saved.add(None if rest else months)
    return next(iter(saved)) if len(saved) == 1 and saved != {0} else None
