"""Paying by card: to the processor's page and back, the kept card, and the door at which the processor reports."""

import json

import stripe
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vigente.billing import cards
from vigente.billing.services.card_events import receive
from vigente.billing.services.cards import forget, start
from vigente.portal.forms_money import CardForm
from vigente.portal.pages import customer
from vigente.portal.views.invoices import managed
from vigente.portal.views.transfers import due_of
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

WEBHOOK_BYTES = 256 * 1024
TOLERANCE_SECONDS = 300
log = structlog.get_logger(__name__)


@customer
def pay_card(request: HttpRequest, order: int | None = None, invoice: int | None = None) -> HttpResponse:
    """Lead to the processor's page for what is missing; by link, to the page with the button."""
    due = due_of(request, order=order, invoice=invoice)
    if request.method != "POST" or not cards.offered():
        return redirect(due.url)
    form = CardForm(request.POST)
    try:
        url = start(
            target=due.target,
            user=request.user,
            keep_card=form.is_valid() and form.cleaned_data["keep_card"],
            back=settings.BASE_URL + due.url,
            now=request.now,
        )
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    except (cards.Unreachable, cards.Wrong) as problem:
        log.error("no card page could be opened", reason=str(problem))
        refused(
            request, _("La página de pago no responde. Pruebe en unos minutos o pague por transferencia.")
        )
    else:
        if url.startswith(f"{cards.page_origin()}/"):
            response = redirect(url)
            response._csp_update = {"form-action": [cards.page_origin()]}  # type: ignore[attr-defined]
            return response
        log.error("a card page at an unexpected address")
        refused(
            request, _("La página de pago no responde. Pruebe en unos minutos o pague por transferencia.")
        )
    return redirect(due.url)


@customer
def card_removal(request: HttpRequest) -> HttpResponse:
    """The kept card pays nothing more; by link, to the page with the button."""
    if request.method != "POST":
        return redirect("portal:invoices")
    forget(organization=managed(request), user=request.user, now=request.now)
    done(request, _("Tarjeta quitada. Las próximas renovaciones se pagan a mano."))
    return redirect("portal:invoices")


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Every answer but 2xx is told again later. Nothing is read before its signature and its time are right."""
    if not cards.offered():
        return HttpResponse(status=404)
    try:
        if int(request.headers.get("Content-Length") or 0) > WEBHOOK_BYTES:
            return HttpResponse(status=413)
        body = request.body
    except (ValueError, RequestDataTooBig):
        return HttpResponse(status=413)
    try:
        stripe.WebhookSignature.verify_header(
            body, request.headers.get("Stripe-Signature"), settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS
        )
        event = json.loads(body)
        outcome = receive(event, now=request.now)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return HttpResponse(status=400)
    except (KeyError, ValueError, TypeError):
        return HttpResponse(status=400)
    log.info("card event", kind=event["type"], outcome=outcome)
    return HttpResponse(status=200)
