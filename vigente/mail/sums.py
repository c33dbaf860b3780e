"""What letters say of amounts, in the language that is active: lines, discount, tax, total."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.billing.models import Invoice, Order
from vigente.billing.prices import Priced
from vigente.rules.invoicing import Line
from vigente.ui import formats
from vigente.ui.invoice_words import discount_text, label_text, licence_words, tax_text

Rows = list[tuple[str, str]]


def amount(minor: int, currency: str) -> str:
    return formats.money(minor, currency)


def rows_of(priced: Priced) -> Rows:
    """Each line at its price, its discount (R3), then the tax and what is paid; a lone total where nothing else is."""
    return _rows(priced.lines, priced.currency)


def rows_of_order(order: Order) -> Rows:
    return _rows([Line.from_json(line) for line in order.lines], order.currency)


def rows_of_invoice(invoice: Invoice) -> Rows:
    """As issued."""
    lines = list(invoice.lines.all())
    return _rows([_line(row) for row in lines], invoice.currency) if lines else []


def what_of(order: Order) -> str:
    """What an order is for: its lines, without their amounts."""
    language = get_language() or "es"
    labels = [line["label"] for line in order.lines]
    licences = licence_words(labels)
    return "; ".join(label_text(label, language, licences) for label in labels)


def what_of_invoice(invoice: Invoice) -> str:
    language = get_language() or "es"
    labels = list(invoice.lines.values_list("label", flat=True))
    licences = licence_words(labels)
    return "; ".join(label_text(label, language, licences) for label in labels)


def _line(row: Any) -> Line:
    names = ("quantity", "unit_minor", "discount_minor", "discount_code", "discount_basis_points",
             "tax_basis_points", "includes_tax")  # fmt: skip
    return Line.from_json({"label": row.label, **{name: getattr(row, name) for name in names}})


def _rows(lines: Iterable[Line], currency: str) -> Rows:
    every, language = list(lines), get_language() or "es"
    licences = licence_words([line.label.to_json() for line in every])
    rows: Rows = []
    for line in every:
        rows.append(
            (label_text(line.label.to_json(), language, licences), amount(line.gross_minor, currency))
        )
        if line.discount_minor:
            name = discount_text(line.discount_code, line.discount_basis_points, language)
            rows.append((name, amount(-line.discount_minor, currency)))
    for points in sorted({line.tax_basis_points for line in every if line.tax_minor}):
        taxed = [line for line in every if line.tax_basis_points == points]
        name = tax_text(points, language)
        if all(line.includes_tax for line in taxed):
            name = _("%(tax)s, ya incluido") % {"tax": name}
        rows.append((name, amount(sum(line.tax_minor for line in taxed), currency)))
    rows.append((_("Total"), amount(sum(line.total_minor for line in every), currency)))
    return rows
