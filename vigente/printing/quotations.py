"""A quotation on paper (R9): the price of work no plan covers, with its tax, and what it is for."""

from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from vigente.billing.models import InvoiceLine, SellerProfile
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import price_amount
from vigente.printing.papers import Paper, Sum, party, rows_of
from vigente.printing.statements import buyer_of
from vigente.rules.invoicing import Label, LabelCode
from vigente.tickets.models import Quotation
from vigente.ui import formats
from vigente.ui.invoice_words import tax_text


def quotation_paper(quotation: Quotation, *, language: str) -> Paper:
    """What was quoted, as its invoice would say it on that day. It must have been quoted, for an organization."""
    ticket = quotation.ticket
    assert quotation.amount_minor is not None, "only what was quoted is printed"
    assert quotation.quoted_at is not None, "only what was quoted is printed"
    assert ticket.organization is not None, "a quotation is for somebody"
    zone = ZoneInfo(rulebook_at(quotation.quoted_at).billing_zone)
    priced = price_amount(
        label=Label(LabelCode.WORK, {"ticket": ticket.number, "subject": ticket.subject}),
        amount_minor=quotation.amount_minor,
        currency=quotation.currency,
        organization=ticket.organization,
        now=quotation.quoted_at,
    )
    (line,) = priced.lines
    row = InvoiceLine(label=line.label.to_json(), quantity=line.quantity, unit_minor=line.unit_minor)
    with translation.override(language):
        return Paper(
            kind="quotation",
            language=language,
            title=_("Cotización"),
            code=str(ticket.number),
            dated=quotation.quoted_at,
            seller=party(SellerProfile.current().to_json()),
            buyer=buyer_of(ticket.organization),
            facts=[
                (_("Fecha"), formats.day(quotation.quoted_at, zone=zone, long=True)),
                (_("Moneda"), quotation.currency),
            ],
            status=str(quotation.get_status_display())
            if quotation.status == quotation.Status.ACCEPTED
            else "",
            columns=[_("Concepto"), _("Cantidad"), _("Precio"), _("Importe")],
            lines=rows_of([row], quotation.currency, language),
            sums=[
                Sum(_("Antes de impuestos"), formats.money(priced.net_minor, quotation.currency)),
                Sum(
                    tax_text(line.tax_basis_points, language),
                    formats.money(priced.tax_minor, quotation.currency),
                ),
                Sum(_("Total"), formats.money(priced.total_minor, quotation.currency), strong=True),
            ],
            notes=[part for part in quotation.scope.splitlines() if part.strip()],
        )
