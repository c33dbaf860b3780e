"""What an organization bought beside its plans, and what it owes: packs with their state, open invoices, open orders.

Reads only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from vigente.accounts.models import Organization
from vigente.billing.models import Grant, Invoice, LedgerEntry, Licence, Order, Payment
from vigente.billing.models.rulebooks import rulebook_at

OPEN_ORDERS = (Order.Status.PREPARED, Order.Status.OPEN)


@dataclass(frozen=True, slots=True)
class Pack:
    """Extra cases that were bought. `returnable_until`: until when they may be given back untouched; None: no more."""

    grant_id: int
    licence: Licence | None
    cases: int
    used: int
    left: int
    bought_at: datetime
    until: datetime
    is_over: bool
    was_returned: bool
    returnable_until: datetime | None


def packs_of(organization: Organization, *, now: datetime, limit: int = 20) -> list[Pack]:
    """The newest packs of an organization (R6, row 26). Three queries."""
    hours = rulebook_at(now).pack_return_hours
    grants = (
        Grant.objects.filter(organization=organization, source=Grant.Source.PACK)
        .select_related("licence__edition__product")
        .order_by("-created_at", "-id")[:limit]
    )
    rows = list(grants)
    revoked = set(
        LedgerEntry.objects.filter(grant__in=rows, kind=LedgerEntry.Kind.REVOKE).values_list(
            "grant", flat=True
        )
    )
    return [_pack(grant, hours, returned=grant.pk in revoked, now=now) for grant in rows]


def _pack(grant: Grant, hours: int, *, returned: bool, now: datetime) -> Pack:
    last = grant.created_at + timedelta(hours=hours)
    untouched = grant.drawn == 0 and grant.remaining == grant.granted and grant.expired_at is None
    return Pack(
        grant_id=grant.pk,
        licence=grant.licence,
        cases=grant.granted or 0,
        used=grant.drawn,
        left=grant.remaining or 0,
        bought_at=grant.created_at,
        until=grant.end,
        is_over=grant.end <= now,
        was_returned=returned,
        returnable_until=last if untouched and now <= last and now < grant.end else None,
    )


def pack_of(grant_id: int, *, organizations: QuerySet[Organization]) -> int | None:
    """The id again if it is a pack of one of these organizations; None for any other."""
    found = Grant.objects.filter(pk=grant_id, source=Grant.Source.PACK, organization__in=organizations)
    return found.values_list("pk", flat=True).first()


def under_review(organization: Organization) -> bool:
    """Whether money they sent is being looked for: until that is decided nothing is held against them (row 25)."""
    return Payment.objects.filter(organization=organization, status=Payment.Status.REVIEW).exists()


def open_invoices(organizations: Iterable[int]) -> QuerySet[Invoice]:
    """What is owed, the longest due first; `in_review`: a transfer for it waits to be confirmed."""
    review = Payment.objects.filter(invoice=OuterRef("pk"), status=Payment.Status.REVIEW)
    rows = Invoice.objects.filter(organization__in=organizations, balance_minor__gt=0)
    return rows.annotate(in_review=Exists(review)).order_by("due_at", "id")


def owed(organization: Organization) -> Sequence[Invoice]:
    """Open invoices of one organization, as `open_invoices` says."""
    return list(open_invoices([organization.pk]))


def waiting_orders(organizations: Iterable[int], *, now: datetime) -> QuerySet[Order]:
    """Orders that wait to be accepted or paid; `in_review`: by transfer, and not expiring meanwhile (row 25)."""
    review = Payment.objects.filter(order=OuterRef("pk"), status=Payment.Status.REVIEW)
    rows = Order.objects.filter(organization__in=organizations, status__in=OPEN_ORDERS)
    rows = rows.annotate(in_review=Exists(review)).filter(Q(expires_at__gt=now) | Q(in_review=True))
    return rows.select_related("version__plan").order_by("-created_at", "-id")


def open_orders(organization: Organization, *, now: datetime) -> Sequence[Order]:
    """Those of one organization, newest first."""
    rows = waiting_orders([organization.pk], now=now)
    return list(rows.select_related("version__plan", "licence__edition__product"))
