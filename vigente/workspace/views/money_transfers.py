"""The queue of transfers to confirm: the proof beside what it is for, one decision, the next (row 25)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import Payment
from vigente.billing.services import payments
from vigente.installation.files import SAFE_IMAGES, File, never_a_page, serve, sniff, stored
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.money import RejectForm
from vigente.workspace.views.actions import both

REVIEW = Payment.Status.REVIEW
SHOWN = 200


def _waiting(request: HttpRequest) -> Any:
    """Those that wait, the oldest first."""
    return Payment.objects.visible_to(person(request)).filter(status=REVIEW).order_by("created_at", "id")


def _transfer(request: HttpRequest, pk: int) -> Payment:
    related = ("organization", "invoice", "order__version__plan", "order__licence", "made_by", "decided_by")
    rows = Payment.objects.visible_to(person(request)).select_related(*related)
    return get_object_or_404(rows, pk=pk, method=Payment.Method.TRANSFER)


@supervisors
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """All that wait."""
    related = ("organization", "invoice", "order__version__plan")
    rows = list(_waiting(request).select_related(*related)[:SHOWN])
    return render(request, "workspace/money/transfers.html", {"rows": rows})


@supervisors
@require_GET
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One: its proof, what it is for, what was expected and what was said."""
    found = _transfer(request, pk)
    expected = expected_of(found)
    same: Any = []
    if found.reference:
        others = Payment.objects.visible_to(person(request)).filter(reference__iexact=found.reference)
        same = others.exclude(pk=found.pk).select_related("organization")[:5]
    context = {
        "payment": found,
        "expected": expected,
        "difference": None if expected is None else found.amount_minor - expected,
        "same": list(same),
        "following": _waiting(request).exclude(pk=pk).values_list("pk", flat=True).first(),
        "waiting": _waiting(request).count(),
        "is_image": _type(found) in SAFE_IMAGES,
    }
    return render(request, "workspace/money/transfer.html", context)


@supervisors
@require_GET
def transfer_proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file they sent, never as something a browser would run."""
    found = _transfer(request, pk)
    if not found.proof:
        raise Http404
    kind = _type(found)
    try:
        response = serve(stored(found.proof), filename=found.proof_name or "comprobante", content_type=kind)
    except OSError:
        raise Http404 from None
    never_a_page(response, kind)
    return response


@supervisors
@require_POST
def transfer_confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """The money is there."""
    found = _transfer(request, pk)

    def run() -> str:
        payments.confirm(payment=found, actor=person(request), now=instant(request))
        return _("Confirmada. El cliente recibe aviso.")

    return attempt(request, run, _next(request, pk))


@supervisors
@both
def transfer_rejection(request: HttpRequest, pk: int) -> HttpResponse:
    """The money is not there; why."""
    found = _transfer(request, pk)
    action = Action(
        title=_("Rechazar la transferencia de %(name)s") % {"name": found.organization},
        submit=_("Rechazar"),
        back=reverse("workspace:transfer", args=[pk]),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        payments.reject(payment=found, note=data["note"], actor=person(request), now=instant(request))
        action.back = _next(request, pk)
        return _("Rechazada. El cliente lee el motivo y puede enviar otro comprobante.")

    return perform(request, action, RejectForm(posted(request)), run)


def expected_of(payment: Payment) -> int | None:
    """What it should be: what is open of its invoice, or its order's total; None when it is for nothing named."""
    if payment.invoice is not None:
        return payment.invoice.balance_minor
    return payment.order.total_minor if payment.order is not None else None


def _next(request: HttpRequest, pk: int) -> str:
    """The one to decide after this one, or the list."""
    following = _waiting(request).exclude(pk=pk).values_list("pk", flat=True).first()
    return reverse("workspace:transfer", args=[following]) if following else reverse("workspace:transfers")


def _type(payment: Payment) -> str:
    """What the proof's bytes show; "" when there is none."""
    if not payment.proof:
        return ""
    try:
        with stored(payment.proof).open("rb") as file:
            return sniff(File(payment.proof_name, file.read(8192)))
    except OSError:
        return ""
