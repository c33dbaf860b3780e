"""The first page about money: what is owed, for how long, what waits for somebody, what is held for customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from vigente.billing.models import CardRefund, CustomerAccount, Invoice, MissedTerm, Order, Payment
from vigente.billing.models.money import MoneyEntry
from vigente.billing.services.card_refunds import failed as failed_refunds
from vigente.workspace.money.lists import AGES, IN_REVIEW, of_age

SHOWN = 6
RECENT = timedelta(days=30)
IN_ACCOUNTS = (MoneyEntry.Account.BANK, MoneyEntry.Account.CARD, MoneyEntry.Account.CASH)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open in one currency: by age, name of `lists.AGES` → minor units, and altogether."""

    currency: str
    ages: dict[str, int]
    total_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one currency."""

    currency: str
    minor: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class MoneyHome:
    """The page. Sums are by currency; lists are the oldest that wait."""

    owed: Sequence[Owed]
    received: Sequence[Amount]
    transfers: Sequence[Payment]
    transfer_count: int
    order_count: int
    orders: Sequence[Order]
    credit: Sequence[Amount]
    fiscal_count: int
    failed_count: int
    returns: Sequence[CardRefund]
    missed: Sequence[MissedTerm]


def money_home(*, now: datetime) -> MoneyHome:
    """Read it. The number of queries does not depend on how much there is."""
    review = Payment.objects.filter(status=Payment.Status.REVIEW)
    waiting = Order.objects.filter(status__in=[Order.Status.PREPARED, Order.Status.OPEN])
    failed = Payment.objects.filter(
        status__in=[Payment.Status.FAILED, Payment.Status.DISPUTED], created_at__gt=now - RECENT
    )
    orders = waiting.select_related("organization", "version__plan").annotate(in_review=IN_REVIEW)
    missed = MissedTerm.objects.filter(decided_at__isnull=True).select_related(
        "subscription__organization", "subscription__version__plan"
    )
    return MoneyHome(
        owed=_owed(now=now),
        received=_received(now=now),
        transfers=list(review.select_related("organization").order_by("created_at", "id")[:SHOWN]),
        transfer_count=review.count(),
        order_count=waiting.count(),
        orders=list(orders.order_by("in_review", "expires_at")[:SHOWN]),
        credit=_credit(),
        fiscal_count=Invoice.objects.filter(fiscal_status=Invoice.Fiscal.PENDING).count(),
        failed_count=failed.count(),
        returns=list(failed_refunds()[:SHOWN]),
        missed=list(missed.order_by("start")[:SHOWN]),
    )


def _owed(*, now: datetime) -> list[Owed]:
    sums = {name: Sum("balance_minor", filter=of_age(name, now=now), default=0) for name in AGES}
    rows = Invoice.objects.filter(balance_minor__gt=0).order_by("currency").values("currency")
    found: Any = rows.annotate(total=Sum("balance_minor"), count=Count("pk"), **sums)
    return [
        Owed(row["currency"], {name: row[name] for name in AGES}, row["total"], row["count"]) for row in found
    ]


def _received(*, now: datetime) -> list[Amount]:
    """What came in during the last thirty days, less what went back."""
    rows = MoneyEntry.objects.filter(at__gt=now - RECENT).order_by("currency").values("currency")
    found = rows.annotate(
        came=Sum("amount_minor", filter=Q(debit__in=IN_ACCOUNTS), default=0),
        went=Sum("amount_minor", filter=Q(credit__in=IN_ACCOUNTS), default=0),
    )
    return [Amount(row["currency"], row["came"] - row["went"]) for row in found if row["came"] or row["went"]]


def _credit() -> list[Amount]:
    rows = CustomerAccount.objects.filter(credit_minor__gt=0).order_by("currency").values("currency")
    found = rows.annotate(total=Sum("credit_minor"), count=Count("pk"))
    return [Amount(row["currency"], row["total"], row["count"]) for row in found]
