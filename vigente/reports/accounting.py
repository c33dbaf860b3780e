"""Files an accountant works with: invoices with their lines, payments, credit notes, the ledger by account, balances.

Read from what was issued and from the entries, never from stamps, so a file says the same whenever it is asked.
Amounts are bare numbers; every sum is per currency. `since` and `until`: instants, `[since, until)`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Case, F, Q, Sum, Value, When
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing.models import Invoice, InvoiceLine, MoneyEntry, Payment
from vigente.ui.exports import Number, amount_cell
from vigente.ui.invoice_words import credit_reason_text, label_text, licence_words

Rows = Iterator[Iterable[object]]
ACCOUNT = MoneyEntry.Account
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A file as it is asked for. `comma`: decimals after a comma; None: as the reader writes them."""

    since: datetime
    until: datetime
    comma: bool | None = None

    def amount(self, minor: int, currency: str) -> Number:
        return amount_cell(minor, currency, comma=self.comma)


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of file: its title, what it is good for, its columns and rows."""

    title: Any
    lead: Any
    columns: Callable[[], list[str]]
    rows: Callable[[Asked], Rows]


def _issued(asked: Asked) -> Any:
    rows = Invoice.objects.filter(issued_at__gte=asked.since, issued_at__lt=asked.until)
    return rows.select_related("organization", "corrects").order_by("issued_at", "id")


def _invoice_columns() -> list[str]:
    return [_("Número"), _("Fecha"), _("Vence"), _("Cliente"), _("Identificación fiscal"), _("Referencia"),
            _("Línea"), _("Concepto"), _("Cantidad"), _("Precio"), _("Descuento"), _("Antes de impuestos"),
            _("Impuesto %"), _("Impuesto"), _("Total"), _("Moneda"), _("Número fiscal")]  # fmt: skip


def _invoice_rows(asked: Asked) -> Rows:
    """A row for each line, so that a spreadsheet adds them up by rate or by kind."""
    lines = InvoiceLine.objects.filter(
        invoice__issued_at__gte=asked.since,
        invoice__issued_at__lt=asked.until,
        invoice__corrects__isnull=True,
    )
    found = lines.select_related("invoice__organization").order_by(
        "invoice__issued_at", "invoice_id", "position"
    )
    licences: dict[int, str] = {}
    for line in _ahead(found.iterator(chunk_size=AT_ONCE), licences):
        invoice, currency = line.invoice, line.invoice.currency
        yield (
            invoice.code, invoice.issued_at, invoice.due_at, invoice.buyer.get("name", ""),
            invoice.buyer.get("tax_id", ""), invoice.organization.external_ref, line.position + 1,
            label_text(line.label, get_language() or "es", licences), line.quantity,
            asked.amount(line.unit_minor, currency), asked.amount(line.discount_minor, currency),
            asked.amount(line.net_minor, currency), asked.amount(line.tax_basis_points, "USD"),
            asked.amount(line.tax_minor, currency), asked.amount(line.total_minor, currency), currency,
            invoice.fiscal_number,
        )  # fmt: skip


def _ahead(lines: Iterable[InvoiceLine], licences: dict[int, str]) -> Iterator[InvoiceLine]:
    """The lines, with the names of their licences read for many at a time."""
    every = iter(lines)
    while some := list(islice(every, AT_ONCE)):
        licences.clear()
        licences.update(licence_words(line.label for line in some))
        yield from some


def _note_columns() -> list[str]:
    return [_("Número"), _("Fecha"), _("Corrige"), _("Motivo"), _("Cliente"), _("Identificación fiscal"),
            _("Antes de impuestos"), _("Impuesto"), _("Total"), _("Moneda"), _("Nota"),
            _("Número fiscal")]  # fmt: skip


def _note_rows(asked: Asked) -> Rows:
    for note in _issued(asked).filter(corrects__isnull=False).iterator(chunk_size=AT_ONCE):
        yield (
            note.code, note.issued_at, note.corrects.code, credit_reason_text(note.reason, get_language() or "es"),
            note.buyer.get("name", ""), note.buyer.get("tax_id", ""), asked.amount(note.net_minor, note.currency),
            asked.amount(note.tax_minor, note.currency), asked.amount(note.total_minor, note.currency),
            note.currency, note.note, note.fiscal_number,
        )  # fmt: skip


def _payment_columns() -> list[str]:
    return [_("Fecha"), _("Cliente"), _("Sentido"), _("Medio"), _("Monto"), _("Moneda"), _("Referencia"),
            _("Factura"), _("Estado"), _("Quién"), _("Nota")]  # fmt: skip


def _payment_rows(asked: Asked) -> Rows:
    """What was decided in the period; money that went back is negative."""
    rows = Payment.objects.filter(decided_at__gte=asked.since, decided_at__lt=asked.until).exclude(
        status__in=[Payment.Status.FAILED, Payment.Status.REJECTED]
    )
    related = ("organization", "invoice", "order__invoice", "decided_by")
    for payment in rows.select_related(*related).order_by("decided_at", "id").iterator(chunk_size=AT_ONCE):
        sign = -1 if payment.direction == Payment.Direction.OUT else 1
        invoice = payment.invoice or (payment.order.invoice if payment.order else None)
        yield (
            payment.decided_at, payment.organization.name, payment.get_direction_display(),
            payment.get_method_display(), asked.amount(sign * payment.amount_minor, payment.currency),
            payment.currency, payment.reference, invoice.code if invoice else "", payment.get_status_display(),
            payment.decided_by or "", payment.note,
        )  # fmt: skip


def _ledger_columns() -> list[str]:
    return [_("Fecha"), _("Asiento"), _("Cuenta"), _("Debe"), _("Haber"), _("Moneda"), _("Cliente"),
            _("Factura"), _("Origen")]  # fmt: skip


def _ledger_rows(asked: Asked) -> Rows:
    """Two rows for each entry, its debit and its credit: either column adds up to the other."""
    names = dict(ACCOUNT.choices)
    rows = MoneyEntry.objects.filter(at__gte=asked.since, at__lt=asked.until)
    found = rows.select_related("organization", "invoice").order_by("at", "id")
    for entry in found.iterator(chunk_size=AT_ONCE):
        amount = asked.amount(entry.amount_minor, entry.currency)
        rest = (
            entry.currency,
            entry.organization.name,
            entry.invoice.code if entry.invoice else "",
            entry.source,
        )
        yield entry.at, entry.pk, names[entry.debit], amount, "", *rest
        yield entry.at, entry.pk, names[entry.credit], "", amount, *rest


def _balance_columns() -> list[str]:
    return [_("Cliente"), _("Referencia"), _("Moneda"), _("Por cobrar"), _("Saldo a favor"), _("Neto")]


def _balance_rows(asked: Asked) -> Rows:
    """What each customer owed, and had in hand, just before `until`."""
    names = {
        pk: (name, ref) for pk, name, ref in Organization.objects.values_list("pk", "name", "external_ref")
    }
    found = _balances(asked.until)
    for (organization, currency), (owed, held) in sorted(found.items(), key=lambda row: names[row[0][0]]):
        if owed or held:
            name, reference = names[organization]
            yield (
                name, reference, currency, asked.amount(owed, currency), asked.amount(held, currency),
                asked.amount(owed - held, currency),
            )  # fmt: skip


def _balances(until: datetime) -> dict[tuple[int, str], tuple[int, int]]:
    def moved(account: str, gains: str, loses: str) -> Any:
        return Sum(
            Case(When(**{gains: account}, then=F("amount_minor")),
                 When(**{loses: account}, then=-F("amount_minor")), default=Value(0)),
            default=0,
        )  # fmt: skip

    touched = Q(debit__in=(ACCOUNT.RECEIVABLE, ACCOUNT.CREDIT)) | Q(
        credit__in=(ACCOUNT.RECEIVABLE, ACCOUNT.CREDIT)
    )
    rows = MoneyEntry.objects.filter(touched, at__lt=until).order_by().values("organization", "currency")
    found = rows.annotate(
        owed=moved(ACCOUNT.RECEIVABLE, "debit", "credit"), held=moved(ACCOUNT.CREDIT, "credit", "debit")
    )
    return {(row["organization"], row["currency"]): (row["owed"], row["held"]) for row in found}


def _account_columns() -> list[str]:
    return [_("Cuenta"), _("Moneda"), _("Al empezar"), _("Debe"), _("Haber"), _("Al terminar")]


def _account_rows(asked: Asked) -> Rows:
    """Each account over the period. Per currency the balances add up to nothing."""
    sums: dict[tuple[str, str], list[int]] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = MoneyEntry.objects.filter(at__lt=asked.until).order_by().values_list(side, "currency")
        found: Any = rows.annotate(
            before=Sum("amount_minor", filter=Q(at__lt=asked.since), default=0),
            during=Sum("amount_minor", filter=Q(at__gte=asked.since), default=0),
        )
        for account, currency, old, new in found:
            row = sums.setdefault((currency, account), [0, 0, 0])
            row[0] += sign * old
            row[1 if side == "debit" else 2] += new
    names = dict(ACCOUNT.choices)
    for (currency, account), (before, debit, credit) in sorted(sums.items()):
        amounts = (before, debit, credit, before + debit - credit)
        yield names[account], currency, *(asked.amount(minor, currency) for minor in amounts)


EXPORTS: Mapping[str, Export] = {
    "invoices": Export(
        gettext_lazy("Facturas con sus líneas"),
        gettext_lazy("Una fila por línea: concepto, descuento, impuesto y total."),
        _invoice_columns,
        _invoice_rows,
    ),
    "credit-notes": Export(
        gettext_lazy("Notas de crédito"),
        gettext_lazy("Qué factura corrige cada una, por qué y cuánto."),
        _note_columns,
        _note_rows,
    ),
    "payments": Export(
        gettext_lazy("Pagos"),
        gettext_lazy("Lo recibido y lo devuelto, con su medio y su referencia."),
        _payment_columns,
        _payment_rows,
    ),
    "accounts": Export(
        gettext_lazy("Sumas y saldos por cuenta"),
        gettext_lazy("Cada cuenta del libro al empezar, en el periodo y al terminar. Suman cero."),
        _account_columns,
        _account_rows,
    ),
    "ledger": Export(
        gettext_lazy("Libro diario"),
        gettext_lazy("Cada asiento en dos filas, debe y haber."),
        _ledger_columns,
        _ledger_rows,
    ),
    "balances": Export(
        gettext_lazy("Saldos de clientes"),
        gettext_lazy("Lo que cada cliente debe y lo que tiene a favor, al terminar el último día."),
        _balance_columns,
        _balance_rows,
    ),
}
