"""What supervisors do about an invoice: note a payment, correct it, refund its term, write its fiscal number."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.accounts.models import Organization
from vigente.billing.models import Invoice, Order, PlanVersion
from vigente.billing.services import invoices as services
from vigente.billing.services import payments, refunds
from vigente.billing.services.card_refunds import most_to_card
from vigente.billing.services.money import credit_of
from vigente.rules.reasons import Credit
from vigente.rules.refusal import Refused
from vigente.ui import formats
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.fields import major_units
from vigente.workspace.forms.money import (
    CreditForm,
    FiscalForm,
    NoteForm,
    PaymentForm,
    PayOutForm,
    currency_of,
)
from vigente.workspace.views.actions import both
from vigente.workspace.views.organizations import find_organization, page_of


def invoice_of(request: HttpRequest, pk: int) -> Invoice:
    """The invoice, if this person may see it; else 404."""
    rows = Invoice.objects.visible_to(person(request))
    return get_object_or_404(rows.select_related("organization", "subscription__version__plan"), pk=pk)


def page_of_invoice(invoice: Invoice) -> str:
    return reverse("workspace:invoice", args=[invoice.pk])


def once() -> str:
    """A key for a form that must have its consequence once."""
    return secrets.token_urlsafe(16)


@supervisors
@both
def invoice_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Note money that came in for it, all or part."""
    invoice = invoice_of(request, pk)
    initial = {
        "amount": major_units(invoice.balance_minor, invoice.currency),
        "submission_key": once(),
    }
    form = PaymentForm(posted(request), currency=invoice.currency, initial=initial)
    note = _("Quedan por pagar %(amount)s. Si entra más, el resto queda como saldo a favor del cliente.") % {
        "amount": formats.money(invoice.balance_minor, invoice.currency)
    }
    action = Action(
        title=_("Registrar un pago de %(code)s") % {"code": invoice.code},
        submit=_("Registrar"),
        back=page_of_invoice(invoice),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        _record(request, invoice.organization, invoice.currency, data, invoice=invoice)
        return _("Pago registrado.")

    return perform(request, action, form, run)


@supervisors
@both
def order_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Note money that came in for an order: with all of it, what was ordered begins."""
    order = get_object_or_404(Order.objects.visible_to(person(request)).select_related("organization"), pk=pk)
    initial = {"amount": major_units(order.total_minor, order.currency), "submission_key": once()}
    form = PaymentForm(posted(request), currency=order.currency, initial=initial)
    note = _("Con el pago completo empieza lo que se pidió y se emite su factura.")
    action = Action(
        title=_("Registrar el pago del pedido"),
        submit=_("Registrar"),
        back=reverse("workspace:order", args=[pk]),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        _record(request, order.organization, order.currency, data, order=order)
        return _("Pago registrado.")

    return perform(request, action, form, run)


@supervisors
@both
def organization_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Note money that came in from a customer: it pays what is due longest."""
    found = find_organization(pk, person(request))
    currency = currency_of(found, default=base_currency())
    form = PaymentForm(posted(request), currency=currency, initial={"submission_key": once()})
    note = _("Paga primero lo que lleva más tiempo vencido; lo que sobre queda como saldo a favor.")
    action = Action(
        title=_("Registrar un pago de %(name)s") % {"name": found},
        submit=_("Registrar"),
        back=page_of(found),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        _record(request, found, currency, data)
        return _("Pago registrado.")

    return perform(request, action, form, run)


@supervisors
@both
def organization_payout(request: HttpRequest, pk: int, currency: str) -> HttpResponse:
    """Send back money a customer has in hand (row 33)."""
    found = find_organization(pk, person(request))
    held = credit_of(found, currency)
    initial = {"amount": major_units(held, currency) if held else None, "submission_key": once()}
    to_card = min(most_to_card(found, currency), held)
    form = PayOutForm(posted(request), currency=currency, to_card=to_card, initial=initial)
    note = _("Tiene %(amount)s a favor. Envíe primero el dinero y anótelo aquí: el cliente recibe aviso.") % {
        "amount": formats.money(held, currency)
    }
    by_card = _("Lo que vuelve a su tarjeta se envía solo al anotarlo; no lo envíe usted.")
    action = Action(
        title=_("Devolver dinero a %(name)s") % {"name": found},
        submit=_("Anotar la devolución"),
        back=reverse("workspace:credits"),
        notes=(note, by_card) if to_card else (note,),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        payments.pay_out(
            organization=found,
            amount_minor=data["amount_minor"],
            currency=currency,
            method=data["method"],
            reference=data["reference"],
            note=data["note"],
            key=f"desk:{data['submission_key']}",
            actor=person(request),
            now=instant(request),
        )
        return _("Devolución anotada: %(amount)s.") % {
            "amount": formats.money(data["amount_minor"], currency)
        }

    return perform(request, action, form, run)


@supervisors
@both
def invoice_credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct it by a credit note: all that is left, or part."""
    invoice = invoice_of(request, pk)
    form = CreditForm(
        posted(request),
        currency=invoice.currency,
        left=services.uncorrected(invoice),
        initial={"submission_key": once()},
    )
    note = _(
        "Una factura emitida no cambia nunca: la corrige una nota de crédito, con su propio número. Primero baja lo "
        "que falta pagar; lo ya pagado queda como saldo a favor. No quita casos: para eso está «Devolver»."
    )
    action = Action(
        title=_("Nota de crédito de %(code)s") % {"code": invoice.code},
        submit=_("Emitir la nota de crédito"),
        back=page_of_invoice(invoice),
        notes=(note,),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        part = form.split()
        made = services.credit(
            invoice=invoice,
            net_minor=part.net_minor if part else None,
            tax_minor=part.tax_minor if part else None,
            reason=Credit(data["reason"]),
            note=data["note"],
            key=f"desk:{data['submission_key']}",
            actor=person(request),
            now=instant(request),
        )
        return _("Nota de crédito %(code)s emitida.") % {"code": made.code}

    return perform(request, action, form, run)


@supervisors
@both
def invoice_refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back what was not used of a paid term (row 33): cases and money are said first."""
    invoice, now = invoice_of(request, pk), instant(request)
    form = NoteForm(posted(request), initial={"submission_key": once()})
    can, notes = _refund_notes(invoice, now=now)
    action = Action(
        title=_("Devolver lo no usado de %(code)s") % {"code": invoice.code},
        submit=_("Devolver") if can else "",
        back=page_of_invoice(invoice),
        notes=notes,
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        made = refunds.refund(invoice=invoice, note=data["note"], actor=person(request), now=now)
        return _("%(code)s emitida: %(amount)s quedan a favor del cliente.") % {
            "code": made.code,
            "amount": formats.money(made.total_minor, made.currency),
        }

    return perform(request, action, form, run)


@supervisors
@both
def invoice_fiscal(request: HttpRequest, pk: int) -> HttpResponse:
    """Write its fiscal number (row 52)."""
    invoice = invoice_of(request, pk)
    form = FiscalForm(posted(request), initial={"number": invoice.fiscal_number})
    action = Action(
        title=_("Número fiscal de %(code)s") % {"code": invoice.code},
        submit=_("Guardar"),
        back=page_of_invoice(invoice),
    )

    def run(data: dict[str, Any]) -> str:
        services.set_fiscal(
            invoice=invoice, number=data["number"], actor=person(request), now=instant(request)
        )
        return _("Guardado.")

    return perform(request, action, form, run)


def base_currency() -> str:
    """The currency plans are priced in."""
    return PlanVersion.objects.order_by("-pk").values_list("currency", flat=True).first() or "USD"


def _refund_notes(invoice: Invoice, *, now: Any) -> tuple[bool, tuple[str, ...]]:
    """Whether there is something to give back, and what is said of it."""
    if invoice.balance_minor and invoice.corrects_id is None:
        said = _(
            "Faltan %(amount)s por pagar: lo que no se ha pagado no se devuelve, se corrige con una nota de crédito."
        )
        return False, (said % {"amount": formats.money(invoice.balance_minor, invoice.currency)},)
    try:
        given = refunds.preview(invoice=invoice, now=now)
    except Refused as refusal:
        return False, (refusal_text(refusal),)
    amount = formats.money(given.total_minor, invoice.currency)
    if given.by_days:
        text = ngettext(
            "Por correr: %(left)s de %(all)s día del periodo. Se devuelven %(amount)s.",
            "Por correr: %(left)s de %(all)s días del periodo. Se devuelven %(amount)s.",
            given.cases,
        )
    else:
        text = ngettext(
            "Sin usar: %(left)s de %(all)s caso del periodo. Se devuelven %(amount)s.",
            "Sin usar: %(left)s de %(all)s casos del periodo. Se devuelven %(amount)s.",
            given.cases,
        )
    said = text % {
        "left": formats.number(given.undrawn), "all": formats.number(given.cases), "amount": amount,
    }  # fmt: skip
    return True, (
        said,
        _("Esos casos se anulan y el plan termina ahora. Los casos abiertos se atienden hasta el final."),
        _("El dinero queda como saldo a favor; enviarlo de vuelta es otro paso, en «Saldos a favor»."),
    )


def _record(
    request: HttpRequest, organization: Organization, currency: str, data: dict[str, Any], **what: Any
) -> None:
    payments.record_payment(
        organization=organization,
        method=data["method"],
        amount_minor=data["amount_minor"],
        currency=currency,
        reference=data["reference"],
        note=data["note"],
        key=f"desk:{data['submission_key']}",
        actor=person(request),
        now=instant(request),
        **what,
    )
