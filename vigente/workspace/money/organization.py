"""The money of one organization, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vigente.accounts.models import Organization
from vigente.billing.account import Standing, standings
from vigente.billing.models import BillingProfile, Invoice, Order, Payment
from vigente.billing.prices import profile_of

SHOWN = 6


@dataclass(frozen=True, slots=True)
class OrganizationMoney:
    """What is open and in hand by currency, and the latest of each kind."""

    profile: BillingProfile | None
    standings: Sequence[Standing]
    invoices: Sequence[Invoice]
    orders: Sequence[Order]
    review: Sequence[Payment]


def organization_money(organization: Organization, *, now: datetime) -> OrganizationMoney:
    """Read it."""
    waiting = Order.objects.filter(
        organization=organization, status__in=[Order.Status.PREPARED, Order.Status.OPEN]
    )
    review = Payment.objects.filter(organization=organization, status=Payment.Status.REVIEW)
    return OrganizationMoney(
        profile=profile_of(organization),
        standings=standings(organization, now=now),
        invoices=list(Invoice.objects.filter(organization=organization).order_by("-id")[:SHOWN]),
        orders=list(waiting.select_related("version__plan").order_by("-id")[:SHOWN]),
        review=list(review.order_by("id")[:SHOWN]),
    )
