"""The plan table as the page shows it: prices after *this* licence's discount, order of attention, promises, what a
click does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing.models import Edition, Licence, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import price_of, sold_versions
from vigente.billing.services.subscriptions import notice_preview
from vigente.portal.advice import Advice, advise
from vigente.portal.words import working_time
from vigente.rules.pricing import Price

IN_PLACE = (Subscription.Status.ACTIVE, Subscription.Status.GRACE, Subscription.Status.AWAITING_PAYMENT)


@dataclass(frozen=True, slots=True)
class Row:
    """One plan. `action`: order, change, current, pending, waiting or nothing. `monthly_minor`: a year's price by
    the month.
    """

    version: PlanVersion
    price: Price
    pack: Price | None
    attention: str
    first_reply: str
    action: str
    from_when: datetime | None = None

    @property
    def monthly_minor(self) -> int | None:
        return self.price.total_minor // 12 if self.version.plan.interval == "year" else None

    @property
    def is_yours(self) -> bool:
        return self.action in ("current", "waiting")


@dataclass(frozen=True, slots=True)
class Table:
    """The plans of one edition, for one licence if one was chosen. `saved_months`: what paying by the year spares,
    if even.
    """

    edition: Edition
    licence: Licence | None
    interval: str
    rows: Sequence[Row]
    has_years: bool
    saved_months: int | None
    subscription: Subscription | None
    advice: Advice | None

    @property
    def discount(self) -> Price | None:
        """The discount of these prices, said once over the table (R3)."""
        return next((row.price for row in self.rows if row.price.discount_minor), None)


def table(
    *,
    edition: Edition,
    licence: Licence | None,
    organization: Organization | None,
    interval: str,
    now: datetime,
) -> Table:
    """Plans on sale for an edition. With a licence its discount, its contract and its past months count. Seven
    queries.
    """
    book = rulebook_at(now)
    sold = [
        version
        for version in sold_versions(now=now).select_related("sla_policy__hours")
        if version.plan.edition_id == edition.pk
    ]
    shown = [version for version in sold if version.plan.interval == interval]
    subscription = _contract(licence, organization)

    def price(version: PlanVersion, is_pack: bool = False) -> Price:
        owner = organization if licence else None
        return price_of(
            version=version, licence=licence, organization=owner, now=now, is_pack=is_pack, book=book
        )

    rows = [
        Row(
            version=version,
            price=price(version),
            pack=price(version, is_pack=True) if version.pack_price_minor else None,
            attention=attention(version, shown),
            first_reply=first_reply(version),
            action=_action(version, licence, subscription),
            from_when=_from_when(version, subscription, now),
        )
        for version in shown
    ]
    monthly = [version for version in sold if version.plan.interval == "month"]
    advice = None
    if licence and organization and interval == "month":
        priced = [(version, price(version), price(version, is_pack=True)) for version in monthly]
        advice = advise(
            organization=organization, licence=licence, plans=priced, zone=book.billing_zone, now=now
        )
    return Table(
        edition=edition,
        licence=licence,
        interval=interval,
        rows=rows,
        has_years=any(version.plan.interval == "year" for version in sold),
        saved_months=_saved_months(sold),
        subscription=subscription,
        advice=advice,
    )


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
    """The bought contract of this licence, running or waiting for confirmation."""
    if licence is None or organization is None:
        return None
    bought = Subscription.objects.filter(
        licence=licence, source=Subscription.Source.BOUGHT, status__in=IN_PLACE
    ).select_related("version__plan", "change_to__plan")
    return bought.first()


def _action(version: PlanVersion, licence: Licence | None, subscription: Subscription | None) -> str:
    if licence is None:
        return ""
    if subscription is None:
        return "order"
    if subscription.version.plan_id == version.plan_id:
        return "waiting" if subscription.status == Subscription.Status.AWAITING_PAYMENT else "current"
    if subscription.status == Subscription.Status.AWAITING_PAYMENT:
        return ""
    if subscription.change_to is not None and subscription.change_to.plan_id == version.plan_id:
        return "pending"
    return "change" if subscription.auto_renew else ""


def _from_when(version: PlanVersion, subscription: Subscription | None, now: datetime) -> datetime | None:
    """From when a change asked for now would count (rows 21, 23)."""
    if subscription is None or subscription.status == Subscription.Status.AWAITING_PAYMENT:
        return None
    if subscription.ends_at is not None:
        return subscription.ends_at
    return notice_preview(subscription=subscription, now=now).effective


def _saved_months(sold: Sequence[PlanVersion]) -> int | None:
    """`2` when every yearly price is that many monthly ones less than twelve; None when it differs or is not whole."""
    monthly = {
        version.plan.family: version.price_minor for version in sold if version.plan.interval == "month"
    }
    saved = set()
    for version in sold:
        base = monthly.get(version.plan.family)
        if version.plan.interval == "year" and base:
            months, rest = divmod(12 * base - version.price_minor, base)
            saved.add(None if rest else months)
    return next(iter(saved)) if len(saved) == 1 and saved != {0} else None
