"""The rows an invoice is made of, not written yet; and the numbers of its series. For the services beside."""

from datetime import datetime

from django.db.models import F

from vigente.accounts.models import Organization, User
from vigente.billing.models import (
    BillingProfile,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    MoneyEntry,
    SellerProfile,
    Subscription,
)
from vigente.billing.prices import Priced
from vigente.billing.services.money import ACCOUNT, entry
from vigente.events.kinds import Kind
from vigente.events.models import Event, happening
from vigente.rules.invoicing import Line


def draft(
    *,
    key: str,
    organization: Organization,
    priced: Priced,
    purpose: str,
    due_at: datetime,
    subscription: Subscription | None = None,
    term: int | None = None,
    note: str = "",
) -> Invoice:
    """An invoice without number, date and parties, not written yet: all of it is open."""
    return Invoice(
        key=key,
        organization=organization,
        subscription=subscription,
        term=term,
        purpose=purpose,
        note=note[:300],
        due_at=due_at,
        currency=priced.currency,
        net_minor=priced.net_minor,
        tax_minor=priced.tax_minor,
        total_minor=priced.total_minor,
        balance_minor=priced.total_minor,
    )


def date_and_name(
    invoice: Invoice,
    profile: BillingProfile | None,
    seller: dict[str, str],
    *,
    now: datetime,
    actor: User | None = None,
) -> None:
    """Say when it is issued, by whom and to whom, as of today, and in which language."""
    invoice.issued_at, invoice.issued_by, invoice.seller = now, actor, seller
    invoice.buyer = {
        "name": profile.legal_name if profile and profile.legal_name else invoice.organization.name,
        "tax_id": profile.tax_id if profile else "",
        "address": profile.address if profile else "",
        "country": profile.country if profile else "",
    }
    invoice.language = profile.language if profile else BillingProfile.Language.ES


def give_number(invoice: Invoice, series: InvoiceSeries, number: int) -> None:
    """Number it; the number was taken in this transaction."""
    invoice.series, invoice.number = series, number
    invoice.code = f"{series.prefix}{number:0{series.digits}d}"


def line_row(invoice: Invoice, position: int, line: Line, *, tax_minor: int | None = None) -> InvoiceLine:
    """The row of a line; `tax_minor` where it is a part of another's and no rate gives it."""
    tax = line.tax_minor if tax_minor is None else tax_minor
    return InvoiceLine(
        invoice=invoice,
        position=position,
        label=line.label.to_json(),
        quantity=line.quantity,
        unit_minor=line.unit_minor,
        discount_minor=line.discount_minor,
        discount_code=line.discount_code,
        discount_basis_points=line.discount_basis_points,
        tax_basis_points=line.tax_basis_points,
        includes_tax=line.includes_tax,
        net_minor=line.net_minor,
        tax_minor=tax,
        total_minor=line.net_minor + tax,
    )


def receivables(invoice: Invoice, *, now: datetime) -> list[MoneyEntry]:
    """What an issued invoice is in the ledger of money: owed for what was sold, and for its tax."""
    parts = ((ACCOUNT.REVENUE, invoice.net_minor), (ACCOUNT.TAX, invoice.tax_minor))
    return [
        entry(
            debit=ACCOUNT.RECEIVABLE,
            credit=account,
            amount_minor=amount,
            currency=invoice.currency,
            organization=invoice.organization,
            source=f"invoice:{invoice.pk}",
            invoice=invoice,
            now=now,
        )
        for account, amount in parts
        if amount
    ]


def said_of(invoice: Invoice, *, now: datetime, actor: User | None = None) -> Event:
    """That an invoice was issued."""
    return happening(
        Kind.INVOICE_ISSUED,
        subject=f"invoice:{invoice.pk}",
        now=now,
        actor=actor,
        organization_id=invoice.organization_id,
        code=invoice.code,
        currency=invoice.currency,
        purpose=invoice.purpose,
        total=invoice.total_minor,
    )


def seller() -> dict[str, str]:
    """Who issues it, as of today."""
    return SellerProfile.current().to_json()


def default_series(kind: str) -> InvoiceSeries:
    """The series new invoices, or credit notes, are numbered in; made on first use."""
    series = InvoiceSeries.objects.filter(kind=kind, is_default=True).first()
    if series is not None:
        return series
    code, prefix = ("A", "A-") if kind == InvoiceSeries.Kind.INVOICE else ("NC", "NC-")
    return InvoiceSeries.objects.get_or_create(
        code=code, defaults={"kind": kind, "prefix": prefix, "is_default": True}
    )[0]


def take_number(series: InvoiceSeries, *, count: int = 1) -> int:
    """The first of the next `count` numbers; the row stays locked to the end of the transaction, so none is lost."""
    InvoiceSeries.objects.filter(pk=series.pk).update(next_number=F("next_number") + count)
    return InvoiceSeries.objects.values_list("next_number", flat=True).get(pk=series.pk) - count
