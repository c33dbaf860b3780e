"""Money billed and collected by month, from the ledger of money; and what is overdue, by its age (row 25)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When

from vigente.billing.models import Invoice, MoneyEntry
from vigente.reports.periods import Month, Period
from vigente.rules.periods import Span

ACCOUNT = MoneyEntry.Account
CASH = (ACCOUNT.BANK.value, ACCOUNT.CARD.value, ACCOUNT.CASH.value)


class Part(StrEnum):
    """A sum of a month."""

    BILLED = "billed"  # before tax, less credit notes
    TAX = "tax"
    COLLECTED = "collected"  # less what was sent back


ACCOUNTS = {Part.BILLED: (ACCOUNT.REVENUE.value,), Part.TAX: (ACCOUNT.TAX.value,), Part.COLLECTED: CASH}


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A month in one currency, minor units."""

    month: Month
    currency: str
    sums: dict[Part, int]


def money(period: Period) -> list[MoneyRow]:
    """The months, oldest first, each with a row for every currency that ever moved in the period."""
    which = Case(
        *(When(at__lt=month.end, then=Value(number)) for number, month in enumerate(period.months)),
        output_field=IntegerField(),
    )
    moved = (
        MoneyEntry.objects.filter(at__gte=period.start, at__lt=period.end)
        .annotate(month=which)
        .order_by()
        .values_list("month", "currency", "debit", "credit")
        .annotate(total=Sum("amount_minor"))
    )
    sums: dict[tuple[int, str], dict[Part, int]] = defaultdict(lambda: dict.fromkeys(Part, 0))
    for month, currency, debit, credit, total in moved:
        for part in Part:
            sums[month, currency][part] += total * _sign(part, debit, credit)
    currencies = sorted({currency for _, currency in sums})
    return [
        MoneyRow(month, currency, dict(sums[number, currency]))
        for number, month in enumerate(period.months)
        for currency in currencies
    ]


def _sign(part: Part, debit: str, credit: str) -> int:
    accounts = ACCOUNTS[part]
    sign = 1 if part is Part.COLLECTED else -1  # income is credited, money that came in is debited
    return sign * ((debit in accounts) - (credit in accounts))


@dataclass(frozen=True, slots=True)
class MoneyMove:
    """One movement behind a sum, with its sign."""

    id: int
    at: datetime
    organization_id: int
    organization: str
    invoice: str
    minor: int
    currency: str


def moves(
    part: Part, span: Span, currency: str, *, after: int | None = None, limit: int = 50
) -> list[MoneyMove]:
    """The movements behind a sum, newest first."""
    touched = Q(debit__in=ACCOUNTS[part]) | Q(credit__in=ACCOUNTS[part])
    rows: QuerySet[MoneyEntry] = MoneyEntry.objects.filter(
        touched, at__gte=span.start, at__lt=span.end, currency=currency
    )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [
        MoneyMove(
            entry.pk,
            entry.at,
            entry.organization_id,
            entry.organization.name,
            entry.invoice.code if entry.invoice else "",
            entry.amount_minor * _sign(part, entry.debit, entry.credit),
            entry.currency,
        )
        for entry in rows.select_related("organization", "invoice").order_by("-pk")[:limit]
    ]


AGES = (30, 60, 90)  # days; and beyond


@dataclass(frozen=True, slots=True)
class Age:
    """What is overdue by more than `over` and at most `most` days (None: and beyond), in one currency."""

    over: int
    most: int | None
    currency: str
    invoices: int
    minor: int


def overdue(*, now: datetime) -> list[Age]:
    """What is open past its date, by currency and age; only ages that have any."""
    edges = [now - timedelta(days=days) for days in AGES]
    which = Case(
        *(When(due_at__gte=edge, then=Value(number)) for number, edge in enumerate(edges)),
        default=Value(len(AGES)),
        output_field=IntegerField(),
    )
    rows = (
        _open(now)
        .annotate(age=which)
        .order_by("currency", "age")
        .values_list("currency", "age")
        .annotate(total=Sum("balance_minor"), many=Sum(Value(1)))
    )
    overs = (0, *AGES)
    return [
        Age(overs[age], AGES[age] if age < len(AGES) else None, currency, many, total)
        for currency, age, total, many in rows
    ]


def overdue_invoices(
    *, now: datetime, after: tuple[datetime, int] | None = None, limit: int = 50
) -> Sequence[Invoice]:
    """The invoices, the oldest date first."""
    rows = _open(now)
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    return list(rows.select_related("organization").order_by("due_at", "pk")[:limit])


def _open(now: datetime) -> QuerySet[Invoice]:
    return Invoice.objects.filter(balance_minor__gt=0, due_at__lt=now)
