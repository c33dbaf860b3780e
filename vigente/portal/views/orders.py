"""An order by its link: what it comes to, how it stands; accepted, withdrawn or paid from here (R4; rows 23, 25, 26).

The link opens it for managers of its organization only: sales staff send it, and a link can be passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vigente.accounts.models import Organization
from vigente.billing.models import Order, Payment
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import orders
from vigente.portal.pages import button_on, customer, not_allowed, page, seats
from vigente.portal.views.plan import address
from vigente.rules.invoicing import Line
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

SESSION_KEY = "portal_order"


@dataclass(frozen=True, slots=True)
class Bill:
    """An order's lines as they were priced; the same names as `billing.prices.Priced`."""

    lines: Sequence[Line]
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int

    @classmethod
    def of(cls, order: Order) -> "Bill":
        lines = tuple(Line.from_json(line) for line in order.lines)
        return cls(lines, order.currency, order.net_minor, order.tax_minor, order.total_minor)


@require_safe
@never_cache
def order(request: HttpRequest, token: str) -> HttpResponse:
    """Signed out it says only that something was prepared; the link waits in the session, not in an address."""
    if not request.user.is_authenticated:
        get_object_or_404(Order, token=token)
        request.session[SESSION_KEY] = token
        return _unreferred(page(request, "order_gate.html"))
    return _order(request, token)


@require_safe
@never_cache
@customer
def waiting(request: HttpRequest) -> HttpResponse:
    """Back to the order whose link was opened before signing in."""
    token = request.session.pop(SESSION_KEY, "")
    return redirect("portal:order", token) if token else redirect("portal:plan")


@customer
def _order(request: HttpRequest, token: str) -> HttpResponse:
    row, refusal = _mine(request, token)
    if refusal is not None:
        return refusal
    context = {
        "order": row,
        "bill": Bill.of(row),
        "review": row.payments.filter(status=Payment.Status.REVIEW).first(),
        "rejected": row.payments.filter(status__in=[Payment.Status.REJECTED, Payment.Status.FAILED]).first(),
        "owed": row.invoice if row.invoice is not None and row.invoice.balance_minor else None,
        "pay": pay_address(row),
        "over": row.expires_at <= request.now,
        "book": rulebook_at(request.now),
    }
    return _unreferred(page(request, "order.html", context))


@customer
@button_on("portal:order")
def acceptance(request: HttpRequest, token: str) -> HttpResponse:
    """Take what sales staff prepared: it waits to be paid from now."""
    row, refusal = _mine(request, token)
    if refusal is not None:
        return refusal
    try:
        made = orders.accept(order=row, user=request.user, now=request.now)
    except Refused as refused_:
        refused(request, refusal_text(refused_))
        return redirect("portal:order", token)
    return after_order(made)


@customer
@button_on("portal:order")
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """Decline what was prepared, or take back what is not paid; a reason is welcome."""
    row, refusal = _mine(request, token)
    if refusal is not None:
        return refusal
    note = request.POST.get("note", "").replace("\0", "")[:300]
    try:
        orders.cancel(order=row, actor=request.user, note=note, now=request.now)
    except Refused as refused_:
        refused(request, refusal_text(refused_))
        return redirect("portal:order", token)
    done(request, _("Pedido retirado: no debe nada por él."))
    return redirect("portal:plan")


def _mine(request: HttpRequest, token: str) -> tuple[Order, HttpResponse | None]:
    """The order, for a manager of its organization; their colleagues read who that is, anybody else finds nothing."""
    rows = Order.objects.select_related(
        "organization", "licence__edition__product", "version__plan", "subscription", "invoice", "created_by"
    )
    row = get_object_or_404(rows, token=token)
    if Organization.objects.managed_by(request.user).filter(pk=row.organization_id).exists():
        return row, None
    if any(seat.organization_id == row.organization_id for seat in seats(request)):
        return row, not_allowed(request, _("Ver un pedido"))
    raise Http404


def pay_address(row: Order) -> str:
    """Where this order, or the invoice it became, is paid; empty when nothing is to be paid here."""
    if row.status == Order.Status.OPEN:
        return address("pay_order", row.pk)
    if row.invoice is not None and row.invoice.balance_minor:
        return address("pay_invoice", row.invoice.pk)
    return ""


def after_order(row: Order) -> HttpResponse:
    """Where an order goes once it is placed: to be paid, or to the page that says how it stands."""
    to_pay = pay_address(row) if row.status == Order.Status.OPEN else ""
    return redirect(to_pay or reverse("portal:order", args=[row.token]))


def _unreferred(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is told to no page one goes to from here."""
    response["Referrer-Policy"] = "strict-origin"
    return response
