"""Work that no plan covers: quoting it, and deciding an objection (R9, row 11)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from vigente.tickets.models import Quotation
from vigente.tickets.quoted import work_total
from vigente.tickets.services.quotations import decide_objection, quote
from vigente.ui import formats
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.case import YesNoForm
from vigente.workspace.forms.fields import major_units
from vigente.workspace.forms.quotations import QuoteForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find


@supervisors
@both
def quotation(request: HttpRequest, number: int) -> HttpResponse:
    """Say what it costs."""
    ticket = find(number, person(request))
    before = Quotation.objects.filter(ticket=ticket).first()
    initial = {}
    if before is not None and before.amount_minor:
        amount = major_units(before.amount_minor, before.currency)
        initial = {"amount": amount, "currency": before.currency, "scope": before.scope}
    form = QuoteForm(posted(request), initial=initial)
    note = _("El cliente recibe el precio y decide. Mientras tanto el caso queda esperando su respuesta.")
    action = Action(
        title=_("Cotizar el caso %(number)s") % {"number": number},
        submit=_("Enviar cotización"),
        back=back(ticket),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        quote(
            ticket=ticket,
            amount_minor=data["amount_minor"],
            currency=data["currency"],
            scope=data["scope"],
            actor=person(request),
            now=instant(request),
        )
        amount, currency = data["amount_minor"], data["currency"]
        said = _("Cotizado en %(amount)s.") % {"amount": formats.money(amount, currency)}
        total = work_total(ticket, amount, currency, now=instant(request))
        if total is None:
            return said
        return f"{said} {_('Con impuesto: %(total)s.') % {'total': formats.money(total, currency)}}"

    return perform(request, action, form, run)


@staff
@both
def objection(request: HttpRequest, number: int) -> HttpResponse:
    """A second person decides whether the plan covers it after all."""
    ticket = find(number, person(request))
    found = Quotation.objects.filter(ticket=ticket).first()
    form = YesNoForm(
        posted(request),
        label=_("¿Lo cubre el plan?"),
        yes=_("Sí: vuelve a la fila y usa un caso"),
        no=_("No: sigue como cotización"),
    )
    notes = (
        (_("El cliente objetó: “%(text)s”") % {"text": found.objection},)
        if found is not None and found.objection
        else ()
    )
    action = Action(title=_("Decidir la objeción"), submit=_("Decidir"), back=back(ticket), notes=notes)

    def run(data: dict[str, Any]) -> str:
        decide_objection(ticket=ticket, covered=data["decision"], actor=person(request), now=instant(request))
        return _("Vuelve a la fila.") if data["decision"] else _("Sigue como cotización.")

    return perform(request, action, form, run)
