"""Sample papers for looking at a template: every part of it once, in the reader's language."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.billing.models import InvoiceLine, SellerProfile
from vigente.billing.models.rulebooks import rulebook_at
from vigente.printing.papers import Paper, Party, Section, Sum, accounts_of, party, rows_of
from vigente.ui import formats
from vigente.ui.invoice_words import tax_text


def sample(kind: str, *, now: datetime) -> Paper:
    """A document of this kind that nobody ever sent."""
    language = (get_language() or "es")[:2]
    zone = ZoneInfo(rulebook_at(now).billing_zone)
    common: dict[str, Any] = {
        "kind": kind,
        "language": language,
        "dated": now.replace(hour=0, minute=0, second=0, microsecond=0),
        "seller": party(SellerProfile.current().to_json()),
        "buyer": Party("Ferretería El Tornillo, S.A.", ["J0310000000001", "Km 8 carretera sur, Managua"]),
    }
    day = formats.day(now, zone=zone, long=True)
    if kind == "statement":
        return Paper(
            title=_("Estado de cuenta"), code=day, facts=[(_("Pendiente"), _money(144_900))],
            sections=_sections(day), **common,
        )  # fmt: skip
    titles = {"credit_note": _("Nota de crédito"), "quotation": _("Cotización")}
    due = formats.day(now + timedelta(days=15), zone=zone, long=True)
    return Paper(
        title=titles.get(kind, _("Factura")),
        code={"credit_note": "NC-000007", "quotation": "1042"}.get(kind, "A-000123"),
        facts=[(_("Fecha"), day), (_("Vence"), due), (_("Número fiscal"), "001-001-01-00000123")],
        status=_("Pagada en parte") if kind == "invoice" else "",
        columns=[_("Concepto"), _("Cantidad"), _("Precio"), _("Importe")],
        lines=rows_of(_lines(now), "NIO", language),
        sums=[
            Sum(_("Antes de impuestos"), _money(202_000)),
            Sum(tax_text(1500, language), _money(30_300)),
            Sum(_("Total"), _money(232_300), strong=True),
            Sum(_("Pagado"), _money(-87_400)),
            Sum(_("Pendiente"), _money(144_900), strong=True),
        ],
        accounts=accounts_of("NIO") if kind == "invoice" else [],
        notes=[_("La factura fiscal se emite aparte.")],
        **common,
    )


def _money(minor: int) -> str:
    return formats.money(minor, "NIO")


def _lines(now: datetime) -> list[InvoiceLine]:
    term = {
        "start": now.isoformat(),
        "end": (now + timedelta(days=31)).isoformat(),
        "zone": "America/Managua",
    }
    plan = {"code": "plan", "params": {"plan": "Plan Básico", "edition": "INVEX WEB", **term}}
    pack = {"code": "pack", "params": {"plan": "Plan Básico", "cases": 2}}
    return [
        InvoiceLine(
            label=plan, quantity=1, unit_minor=210_000, discount_minor=84_000, discount_code="cloud_web",
            discount_basis_points=4000,
        ),
        InvoiceLine(label=pack, quantity=2, unit_minor=38_000),
    ]  # fmt: skip


def _sections(day: str) -> list[Section]:
    return [
        Section(
            title=_("Facturas y pagos"),
            columns=[_("Fecha"), _("Qué pasó"), _("Cargo"), _("Abono"), _("Saldo")],
            rows=[
                [day, f"{_('Factura')} A-000123", _money(232_300), "", _money(232_300)],
                [day, f"{_('Pago')} · {_('Transferencia')} 8841", "", _money(87_400), _money(144_900)],
            ],
            numbers=[2, 3, 4],
            sums=[(_("Pendiente"), _money(144_900))],
        )
    ]
