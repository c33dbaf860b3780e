"""One invoice or credit note with everything that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.billing.models import Invoice, InvoiceLine, MoneyEntry, Payment
from vigente.billing.services.invoices import uncorrected
from vigente.ui.invoice_words import credit_reason_text, discount_text, label_text, licence_words, tax_text


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its words in the reader's language."""

    line: InvoiceLine
    text: str
    discount: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """The page. `left_minor`: what no credit note has taken back."""

    invoice: Invoice
    lines: Sequence[ShownLine]
    taxes: Sequence[tuple[str, int]]
    payments: Sequence[Payment]
    notes: Sequence[Invoice]
    entries: Sequence[MoneyEntry]
    left_minor: int
    reason: str
    is_late: bool


def invoice_page(invoice: Invoice, *, now: datetime) -> InvoicePage:
    """Read it."""
    language = get_language() or "es"
    rows = list(invoice.lines.all())
    licences = licence_words([row.label for row in rows])
    lines = [
        ShownLine(
            row,
            label_text(row.label, language, licences),
            discount_text(row.discount_code, row.discount_basis_points, language)
            if row.discount_minor
            else "",
        )
        for row in rows
    ]
    entries = list(MoneyEntry.objects.filter(invoice=invoice).order_by("at", "id")[:200])
    settled = [entry.at for entry in entries if entry.source.startswith("settle:")]
    payments = Payment.objects.filter(
        Q(invoice=invoice)
        | Q(order__invoice=invoice)
        | Q(organization=invoice.organization_id, status="confirmed", direction="in", decided_at__in=settled)
    ).distinct()
    return InvoicePage(
        invoice=invoice,
        lines=lines,
        taxes=_taxes(rows, language),
        payments=list(payments.order_by("created_at", "id")),
        notes=list(invoice.credit_notes.order_by("id")),
        entries=entries,
        left_minor=sum(uncorrected(invoice)),
        reason=credit_reason_text(invoice.reason, language) if invoice.reason else "",
        is_late=bool(invoice.balance_minor) and invoice.due_at < now,
    )


def _taxes(rows: Sequence[InvoiceLine], language: str) -> list[tuple[str, int]]:
    """What is taxed at each rate, as issued."""
    sums: dict[int, int] = {}
    for row in rows:
        if row.tax_minor:
            sums[row.tax_basis_points] = sums.get(row.tax_basis_points, 0) + row.tax_minor
    return [
        (tax_text(points, language) if points else _("Impuesto"), amount)
        for points, amount in sorted(sums.items())
    ]
