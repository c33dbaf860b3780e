"""A customer's statement of account on paper: invoices and payments, then any other sections, such as its cases."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing.account import AccountLine, account, currencies_of, standings
from vigente.billing.models import Payment, SellerProfile
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import profile_of
from vigente.printing.papers import Paper, Party, Section, party
from vigente.ui import formats
from vigente.ui.invoice_words import credit_reason_text


def statement_paper(
    organization: Organization,
    *,
    now: datetime,
    language: str,
    since: datetime | None = None,
    until: datetime | None = None,
    sections: tuple[Section, ...] = (),
) -> Paper:
    """The account in every currency over [since, until), in `language`. `sections`: what the surface adds."""
    zone = ZoneInfo(rulebook_at(now).billing_zone)
    with translation.override(language):
        facts = [(_("Fecha"), formats.day(now, zone=zone, long=True))]
        for standing in standings(organization, now=now):
            facts += _standing(standing.currency, standing.open_minor, standing.credit_minor)
        money = [
            _money(organization, currency, zone, language, since=since, until=until)
            for currency in currencies_of(organization)
        ]
        return Paper(
            kind="statement",
            language=language,
            title=_("Estado de cuenta"),
            code=_span(since, until, now, zone),
            dated=now.replace(minute=0, second=0, microsecond=0),
            seller=party(SellerProfile.current().to_json()),
            buyer=buyer_of(organization),
            facts=facts,
            sections=[*money, *sections],
        )


def line_words(line: AccountLine, language: str) -> str:
    """What one line of an account says happened."""
    if line.invoice is not None and line.invoice.corrects is not None:
        why = credit_reason_text(line.invoice.reason, language)
        named = _("Nota de crédito %(code)s de la factura %(invoice)s") % {
            "code": line.invoice.code,
            "invoice": line.invoice.corrects.code,
        }
        return f"{named} · {why}" if why else named
    if line.invoice is not None:
        return f"{_('Factura')} {line.invoice.code}"
    if line.payment is None:
        return _("Ajuste")
    return payment_words(line.payment, reversal=line.amount_minor > 0)


def payment_words(payment: Payment, *, reversal: bool = False) -> str:
    """`Pago · Transferencia 8841`."""
    if payment.direction == Payment.Direction.OUT:
        what = _("Dinero devuelto")
    else:
        what = _("Pago revertido") if reversal else _("Pago")
    return f"{what} · {payment.get_method_display()} {payment.reference[:40]}".strip()


def _money(
    organization: Organization,
    currency: str,
    zone: ZoneInfo,
    language: str,
    *,
    since: datetime | None,
    until: datetime | None,
) -> Section:
    before, lines = account(organization, currency, since=since, until=until)
    rows = [["", _("Saldo anterior"), "", "", formats.money(before, currency)]] if before else []
    for line in lines:
        charged = line.amount_minor > 0
        amount = formats.money(abs(line.amount_minor), currency)
        rows.append(
            [
                formats.day(line.at, zone=zone),
                line_words(line, language),
                amount if charged else "",
                "" if charged else amount,
                formats.money(line.owed_after, currency),
            ]
        )
    left = lines[-1].owed_after if lines else before
    closing = _("A favor del cliente") if left < 0 else _("Pendiente")
    return Section(
        title=f"{_('Facturas y pagos')} · {currency}",
        columns=[_("Fecha"), _("Qué pasó"), _("Cargo"), _("Abono"), _("Saldo")],
        rows=rows,
        numbers=[2, 3, 4],
        sums=[(closing, formats.money(abs(left), currency))],
        empty=_("Sin movimientos en estas fechas."),
    )


def _standing(currency: str, opened: int, credit: int) -> list[tuple[str, str]]:
    facts = [(_("Pendiente"), formats.money(opened, currency))] if opened else []
    return [*facts, *([(_("A favor del cliente"), formats.money(credit, currency))] if credit else [])]


def _span(since: datetime | None, until: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    if since is None and until is None:
        return _("Desde el principio")
    first = formats.day(since, zone=zone, long=True) if since else "…"
    last = formats.day((until - timedelta(microseconds=1)) if until else now, zone=zone, long=True)
    return _("del %(first)s al %(last)s") % {"first": first, "last": last}


def buyer_of(organization: Organization) -> Party:
    """A customer as an invoice would name it today."""
    profile = profile_of(organization)
    data: dict[str, Any] = {"name": organization.name}
    if profile is not None:
        data = {
            "name": profile.legal_name or organization.name,
            "tax_id": profile.tax_id,
            "address": profile.address,
        }
    return party(data)
