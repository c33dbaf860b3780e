"""Questions a case puts to its customer: a quotation (row 11), a split (row 14), a draw to dispute (row 15)."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from vigente.portal.forms import ReasonForm
from vigente.portal.pages import button_on, customer
from vigente.portal.views.ask import answer
from vigente.portal.views.ticket import show, visible
from vigente.rules.refusal import Refused
from vigente.tickets.models import Ticket
from vigente.tickets.services import disputes, merging, quotations
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


@customer
@button_on("portal:ticket")
def quotation(request: HttpRequest, number: int) -> HttpResponse:
    """`answer`: accept, decline or object; objecting takes a reason and can be done once."""
    row = visible(request, number)
    wanted = request.POST.get("answer")
    if wanted == "accept":
        run = partial(quotations.accept_quotation, ticket=row, user=request.user, now=request.now)
        return _attempt(request, row, run, _("Cotización aceptada. Le escribimos para empezar."))
    if wanted == "decline":
        run = partial(quotations.decline_quotation, ticket=row, user=request.user, now=request.now)
        return _attempt(request, row, run, _("Cotización rechazada. El caso quedó cerrado y no usó casos."))
    return _with_reason(
        request, row, quotations.object_to, _("Otra persona lo revisará y le escribimos."), "objection"
    )


@customer
@button_on("portal:ticket")
def split(request: HttpRequest, number: int, proposal: int) -> HttpResponse:
    """`answer`: yes or no. Yes parts the case and draws, or holds the new one if nothing pays."""
    row = visible(request, number)
    asked = get_object_or_404(row.split_proposals.all(), pk=proposal)
    accepted = request.POST.get("answer") == "yes"
    try:
        child = merging.answer_split(proposal=asked, accepted=accepted, user=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:ticket", number)
    if child is None:
        done(request, _("Entendido: no se separa y no usa otro caso."))
        return redirect("portal:ticket", number)
    return answer(request, child)


@customer
@button_on("portal:ticket")
def dispute(request: HttpRequest, number: int) -> HttpResponse:
    """The customer says this case should not have used one of theirs."""
    return _with_reason(
        request,
        visible(request, number),
        disputes.dispute,
        _("Otra persona lo revisará y le escribimos."),
        "dispute",
    )


def _with_reason(
    request: HttpRequest, row: Ticket, service: Callable[..., None], text: str, which: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return show(request, row.number, status=422, reason_form=form, reason_for=which)
    run = partial(service, ticket=row, user=request.user, text=form.cleaned_data["text"], now=request.now)
    return _attempt(request, row, run, text)


def _attempt(request: HttpRequest, row: Ticket, run: Callable[[], None], text: str) -> HttpResponse:
    try:
        run()
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        done(request, text)
    return redirect("portal:ticket", row.number)
