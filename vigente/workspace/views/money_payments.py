"""What supervisors do about money that did not arrive at a card (row 33)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.billing.models import CardRefund, Payment
from vigente.billing.services import card_refunds
from vigente.ui import formats
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.money import SentByHandForm
from vigente.workspace.views.actions import both


def _refund(request: HttpRequest, pk: int) -> CardRefund:
    seen = Payment.objects.visible_to(person(request))
    rows = CardRefund.objects.filter(payment__in=seen).select_related("payment__organization")
    return get_object_or_404(rows, payment=pk)


@supervisors
@require_POST
def payment_resending(request: HttpRequest, pk: int) -> HttpResponse:
    """To the same card, once more."""
    found = _refund(request, pk)

    def run() -> str:
        card_refunds.send_again(refund=found, actor=person(request), now=instant(request))
        return _("Se envía otra vez a la tarjeta en unos minutos.")

    return attempt(request, run, reverse("workspace:payment", args=[pk]))


@supervisors
@both
def payment_by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """It went by the bank instead."""
    found = _refund(request, pk)
    paid = found.payment
    note = _("Envíe antes %(amount)s a %(name)s desde su banco: aquí solo se anota.") % {
        "amount": formats.money(paid.amount_minor, paid.currency),
        "name": paid.organization,
    }
    action = Action(
        title=_("Devolución enviada por el banco"),
        submit=_("Anotarla"),
        back=reverse("workspace:payment", args=[pk]),
        notes=(note,),
    )

    def run(data: dict[str, Any]) -> str:
        card_refunds.sent_by_hand(
            refund=found, reference=data["reference"], actor=person(request), now=instant(request)
        )
        return _("Anotada: salió del banco y no de la cuenta de tarjetas.")

    return perform(request, action, SentByHandForm(posted(request)), run)
