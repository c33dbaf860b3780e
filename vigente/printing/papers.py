"""What stands on paper, worded and formatted in one language: the data of the templates, and of the pages beside them.

Nothing of a document is decided here; what it says of its payment is as of the moment it is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from vigente.billing.models import BankAccount, Invoice, InvoiceLine
from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.invoicing import Line, Totals
from vigente.ui import formats
from vigente.ui.invoice_words import credit_reason_text, discount_text, label_text, licence_words, tax_text


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys: a name, and what stands under it."""

    name: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an invoice with what is taken off it."""

    text: str
    quantity: str
    unit: str
    amount: str
    less: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sum:
    """A line under the lines."""

    text: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a statement. `numbers`: its columns that are numbers, from 0."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    numbers: list[int] = field(default_factory=list)
    sums: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. `dated`: the instant its PDF is stamped with."""

    kind: str
    language: str
    title: str
    code: str
    dated: datetime
    seller: Party
    buyer: Party
    facts: list[tuple[str, str]]
    status: str = ""
    columns: list[str] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The template's data; paper, logo and footer are added where it is printed."""
        data = asdict(self)
        del data["dated"]
        with translation.override(self.language):
            data["words"] = {
                "page": _("Página"), "of": _("de"), "for": _("Cliente"), "pay": _("Dónde pagar"),
            }  # fmt: skip
        return data


def invoice_paper(invoice: Invoice, *, now: datetime, language: str = "") -> Paper:
    """An invoice or credit note, in its own language unless another is named."""
    language = language or invoice.language
    zone = ZoneInfo(rulebook_at(invoice.issued_at).billing_zone)
    lines = list(invoice.lines.all())
    with translation.override(language):
        is_note = invoice.corrects_id is not None
        return Paper(
            kind="credit_note" if is_note else "invoice",
            language=language,
            title=_("Nota de crédito") if is_note else _("Factura"),
            code=invoice.code,
            dated=invoice.issued_at,
            seller=party(invoice.seller),
            buyer=party(invoice.buyer),
            facts=_facts(invoice, zone),
            status="" if is_note else standing(invoice, now=now),
            columns=[_("Concepto"), _("Cantidad"), _("Precio"), _("Importe")],
            lines=rows_of(lines, invoice.currency, language),
            sums=_sums(invoice, lines, language),
            accounts=accounts_of(invoice.currency) if invoice.balance_minor else [],
            notes=_notes(invoice, lines, language),
        )


def party(data: dict[str, str]) -> Party:
    """A seller or buyer as an invoice keeps it."""
    lines = [_("Id. fiscal: %(id)s") % {"id": data["tax_id"]}] if data.get("tax_id") else []
    lines += [line.strip() for line in (data.get("address") or "").splitlines() if line.strip()]
    contact = " · ".join(data[name] for name in ("phone", "email", "website") if data.get(name))
    return Party(data.get("name") or "", lines + ([contact] if contact else []))


def standing(invoice: Invoice, *, now: datetime) -> str:
    """What is open of it, in a word."""
    if invoice.balance_minor == 0:
        return _("Pagada") if invoice.total_minor and _paid(invoice) else _("Saldada")
    if invoice.due_at < now:
        return _("Pago vencido")
    return _("Pagada en parte") if invoice.balance_minor < invoice.total_minor else _("Por pagar")


def rows_of(lines: Iterable[InvoiceLine], currency: str, language: str) -> list[Row]:
    """Lines with their discounts; amounts as the price list gives them, with or without tax."""
    every = list(lines)
    licences = licence_words(line.label for line in every)
    return [
        Row(
            text=label_text(line.label, language, licences),
            quantity=formats.number(line.quantity),
            unit=formats.money(line.unit_minor, currency),
            amount=formats.money(line.quantity * line.unit_minor, currency),
            less=_less(line, currency, language),
        )
        for line in every
    ]


def order_rows(lines: Sequence[dict[str, Any]], currency: str, language: str) -> list[Row]:
    """The same of an order, which keeps its lines as JSON."""
    read = [Line.from_json(line) for line in lines]
    made = [
        InvoiceLine(
            label=line.label.to_json(),
            quantity=line.quantity,
            unit_minor=line.unit_minor,
            discount_minor=line.discount_minor,
            discount_code=line.discount_code,
            discount_basis_points=line.discount_basis_points,
        )
        for line in read
    ]
    return rows_of(made, currency, language)


def accounts_of(currency: str) -> list[dict[str, Any]]:
    """Where a transfer in this currency may be sent."""
    return [
        {
            "title": f"{account.bank} · {account.number}",
            "lines": [account.holder, *([account.instructions] if account.instructions else [])],
        }
        for account in BankAccount.objects.filter(is_active=True, currency=currency)
    ]


def _less(line: InvoiceLine, currency: str, language: str) -> list[tuple[str, str]]:
    if not line.discount_minor:
        return []
    text = discount_text(line.discount_code, line.discount_basis_points, language)
    return [(text, formats.money(-line.discount_minor, currency))]


def _facts(invoice: Invoice, zone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [(_("Fecha"), formats.day(invoice.issued_at, zone=zone, long=True))]
    if invoice.corrects_id is None:
        facts.append((_("Vence"), formats.day(invoice.due_at, zone=zone, long=True)))
    else:
        facts.append((_("Corrige"), invoice.corrects.code))  # type: ignore[union-attr]
    if invoice.fiscal_number:
        facts.append((_("Número fiscal"), invoice.fiscal_number))
    facts.append((_("Moneda"), invoice.currency))
    return facts


def _sums(invoice: Invoice, lines: list[InvoiceLine], language: str) -> list[Sum]:
    def amount(minor: int) -> str:
        return formats.money(minor, invoice.currency)

    sums = [Sum(_("Antes de impuestos"), amount(invoice.net_minor))]
    for points, totals in taxes_of(lines):
        if points or totals.tax_minor or invoice.tax_minor == 0:
            sums.append(Sum(tax_text(points, language), amount(totals.tax_minor)))
    sums.append(Sum(_("Total"), amount(invoice.total_minor), strong=True))
    if invoice.corrects_id is not None:
        return sums
    paid = _paid(invoice)
    corrected = invoice.total_minor - invoice.balance_minor - paid
    if paid:
        sums.append(Sum(_("Pagado"), amount(-paid)))
    if corrected:
        sums.append(Sum(_("Notas de crédito"), amount(-corrected)))
    if paid or corrected:
        sums.append(Sum(_("Pendiente"), amount(invoice.balance_minor), strong=True))
    return sums


def taxes_of(lines: Iterable[InvoiceLine]) -> list[tuple[int, Totals]]:
    """What is taxed at each rate, the lowest first: (basis points, totals), from the amounts as issued."""
    sums: dict[int, tuple[int, int]] = {}
    for line in lines:
        net, tax = sums.get(line.tax_basis_points, (0, 0))
        sums[line.tax_basis_points] = net + line.net_minor, tax + line.tax_minor
    return [(points, Totals(*sums[points])) for points in sorted(sums)]


def _paid(invoice: Invoice) -> int:
    """What money has paid of it."""
    moved = invoice.entries.filter(debit="credit", credit="receivable")
    return sum(moved.values_list("amount_minor", flat=True))


def _notes(invoice: Invoice, lines: list[InvoiceLine], language: str) -> list[str]:
    notes = []
    if invoice.reason:
        notes.append(_("Motivo: %(reason)s.") % {"reason": credit_reason_text(invoice.reason, language)})
    if any(line.includes_tax for line in lines):
        notes.append(_("Los precios y descuentos de las líneas incluyen el impuesto."))
    if invoice.fiscal_status == Invoice.Fiscal.PENDING:
        notes.append(_("La factura fiscal se emite aparte."))
    for note in invoice.credit_notes.all():
        notes.append(
            _("Corregida por la nota de crédito %(code)s: %(amount)s.")
            % {"code": note.code, "amount": formats.money(note.total_minor, note.currency)}
        )
    return [*notes, *([invoice.note] if invoice.note else [])]
