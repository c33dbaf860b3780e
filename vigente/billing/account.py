"""A customer's account in money: what was charged, paid, corrected and sent back, and what is open. Reads only.

From the entries alone, so it always adds up: what a customer owes is what is receivable less what they have in hand.
"""

from dataclasses import dataclass
from datetime import datetime

from vigente.accounts.models import Organization
from vigente.billing.models import CustomerAccount, Invoice, MoneyEntry, Order, Payment

RECEIVABLE, CREDIT = MoneyEntry.Account.RECEIVABLE, MoneyEntry.Account.CREDIT


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One thing that happened to what they owe: positive is charged, negative paid. `owed_after`: the balance then.

    Negative balances are money in hand. One of `invoice` (also a credit note) and `payment` says what it was.
    """

    at: datetime
    amount_minor: int
    owed_after: int
    invoice: Invoice | None = None
    payment: Payment | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one currency: what is open on invoices, what of it is overdue, and what the customer has in hand."""

    currency: str
    open_minor: int
    overdue_minor: int
    credit_minor: int


def account(
    organization: Organization,
    currency: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[int, list[AccountLine]]:
    """What was owed before `since`, and every line from there, the oldest first. Instants: [since, until)."""
    entries = MoneyEntry.objects.filter(organization=organization, currency=currency).order_by("at", "id")
    if until is not None:
        entries = entries.filter(at__lt=until)
    moves: dict[str, tuple[datetime, int]] = {}
    for source, debit, credit, amount, at in entries.values_list(
        "source", "debit", "credit", "amount_minor", "at"
    ):
        owed = amount * ((debit in (RECEIVABLE, CREDIT)) - (credit in (RECEIVABLE, CREDIT)))
        first, sum_of = moves.get(source, (at, 0))
        moves[source] = first, sum_of + owed
    invoices, payments = _named(moves)
    before, owed_now, lines = 0, 0, []
    for source, (at, amount) in moves.items():
        owed_now += amount
        if since is not None and at < since:
            before = owed_now
        elif amount:
            invoice, payment = invoices.get(source), payments.get(source)
            lines.append(AccountLine(at, amount, owed_now, invoice, payment))
    return before, lines


def standings(organization: Organization, *, now: datetime) -> list[Standing]:
    """What is open and in hand now, for every currency that has either, by currency."""
    opened: dict[str, tuple[int, int]] = {}
    for currency, balance, due in Invoice.objects.filter(
        organization=organization, balance_minor__gt=0
    ).values_list("currency", "balance_minor", "due_at"):
        total, late = opened.get(currency, (0, 0))
        opened[currency] = total + balance, late + (balance if due < now else 0)
    held = dict(
        CustomerAccount.objects.filter(organization=organization, credit_minor__gt=0).values_list(
            "currency", "credit_minor"
        )
    )
    return [
        Standing(currency, *opened.get(currency, (0, 0)), held.get(currency, 0))
        for currency in sorted({*opened, *held})
    ]


def missing(target: Order | Invoice) -> int:
    """What is still to be paid of an order or invoice, after the money in hand; 0 when nothing can be paid there."""
    if isinstance(target, Invoice):
        return target.balance_minor
    if target.status != Order.Status.OPEN:
        return 0
    held = CustomerAccount.objects.filter(organization=target.organization_id, currency=target.currency)
    return max(target.total_minor - (held.values_list("credit_minor", flat=True).first() or 0), 0)


def currencies_of(organization: Organization) -> list[str]:
    """Every currency money of theirs ever moved in."""
    found = MoneyEntry.objects.filter(organization=organization).order_by("currency")
    return list(found.values_list("currency", flat=True).distinct())


def _named(sources: dict[str, tuple[datetime, int]]) -> tuple[dict[str, Invoice], dict[str, Payment]]:
    """What the sources of entries name, by one query each."""
    wanted: dict[str, dict[int, str]] = {"invoice": {}, "payment": {}}
    for source in sources:
        kind, _, pk = source.partition(":")
        number = pk.partition(":")[0]
        if kind in wanted and number.isdigit():
            wanted[kind][int(number)] = source
    invoices = Invoice.objects.filter(pk__in=wanted["invoice"]).select_related("corrects")
    payments = Payment.objects.filter(pk__in=wanted["payment"])
    return (
        {wanted["invoice"][row.pk]: row for row in invoices},
        {wanted["payment"][row.pk]: row for row in payments},
    )
