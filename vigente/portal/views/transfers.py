"""Paying an order or an invoice: where to send a transfer, its proof, and what became of it (row 25).

A card is the other way (`views.cards`); this page offers both.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing import cards
from vigente.billing.account import missing
from vigente.billing.models import BankAccount, Invoice, Order, Payment
from vigente.billing.services.cards import look
from vigente.billing.services.transfers import send_proof
from vigente.portal.forms_money import CardForm, TransferForm
from vigente.portal.pages import customer, page
from vigente.portal.views.ask import new_key
from vigente.printing.papers import Row, order_rows, rows_of
from vigente.printing.statements import payment_words
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done
from vigente.ui.formats import money
from vigente.ui.wording import refusal_text


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid here, and whether it still is. `due_minor`: what is missing, after money in hand."""

    target: Order | Invoice
    due_minor: int

    @property
    def is_open(self) -> bool:
        return self.due_minor > 0

    @property
    def taken_off(self) -> str:
        """What need not be paid any more, with its minus; empty when nothing."""
        minor = self.due_minor - self.target.total_minor
        return money(minor, self.currency) if minor else ""

    @property
    def currency(self) -> str:
        return self.target.currency

    @property
    def is_order(self) -> bool:
        return isinstance(self.target, Order)

    @property
    def url(self) -> str:
        return reverse("portal:pay_order" if self.is_order else "portal:pay_invoice", args=[self.target.pk])

    @property
    def reference(self) -> str:
        """What the customer should write on the transfer."""
        return _("Pedido %(n)s") % {"n": self.target.pk} if self.is_order else self.target.code  # type: ignore[union-attr]


def due_of(request: HttpRequest, *, order: int | None = None, invoice: int | None = None) -> Due:
    """An order or invoice of an organization this person manages; any other is not found."""
    if order is not None:
        rows = Order.objects.filter(organization__in=Organization.objects.managed_by(request.user))
        row = rows.select_related("organization", "invoice", "version__plan").filter(pk=order).first()
        if row is None:
            raise Http404
        if row.status == Order.Status.DONE and row.invoice is not None and row.invoice.balance_minor:
            return Due(row.invoice, row.invoice.balance_minor)
        return Due(row, missing(row))
    found = Invoice.objects.visible_to(request.user).select_related("organization").filter(pk=invoice).first()
    if found is None or found.corrects_id is not None:
        raise Http404
    return Due(found, found.balance_minor)


@customer
def pay(request: HttpRequest, order: int | None = None, invoice: int | None = None) -> HttpResponse:
    """The amount, where to send it, and the proof; on POST the proof goes to those who confirm it."""
    due = due_of(request, order=order, invoice=invoice)
    if due.is_order is (order is None):
        return redirect("portal:pay_invoice", due.target.pk)  # the order became an invoice that is still open
    if request.method != "POST":
        if request.GET.get("card") == "done" and due.is_open and cards.offered():
            _look(due, request)
            due = due_of(request, order=order, invoice=invoice)
        return _page(request, due, TransferForm(currency=due.currency, initial=_first(due)))
    form = TransferForm(request.POST, request.FILES, currency=due.currency)
    if not form.is_valid():
        return _page(request, due, form, status=422)
    data = form.cleaned_data
    try:
        send_proof(
            target=due.target,
            amount_minor=data["amount"],
            reference=data["reference"],
            file=data["proof"],
            user=request.user,
            key=f"transfer:{request.user.pk}:{_key(data['key'])}",
            now=request.now,
        )
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal_text(refusal))
        return _page(request, due, form, status=409)
    done(request, _("Comprobante recibido. Le avisamos en cuanto confirmemos el pago."))
    return redirect(due.url)


def _look(due: Due, request: HttpRequest) -> None:
    """The customer has just come back: the processor may know more than it has told us yet."""
    try:
        look(target=due.target, now=request.now)
    except (cards.Unreachable, cards.Wrong):
        return


def _key(given: str) -> str:
    """What names this transfer, so that sending it twice is one; anything else than what the page gave is a new one."""
    return given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given or "") else new_key()


def _first(due: Due) -> dict[str, Any]:
    return {"amount": due.due_minor, "key": new_key()}


def _page(request: HttpRequest, due: Due, form: TransferForm, *, status: int = 200) -> HttpResponse:
    payments = list(due.target.payments.order_by("-created_at", "-id"))
    in_review = [payment for payment in payments if payment.status == Payment.Status.REVIEW]
    last = payments[0] if payments else None
    context = {
        "due": due,
        "lines": lines_of(due, (get_language() or "es")[:2]),
        "form": form,
        "accounts": BankAccount.objects.filter(is_active=True, currency=due.currency),
        "in_review": [(payment, payment_words(payment)) for payment in in_review],
        "rejected": last if last is not None and last.status == Payment.Status.REJECTED else None,
        "failed": last if last is not None and last.status == Payment.Status.FAILED else None,
        "cards": due.is_open and cards.offered(),
        "card_form": CardForm(),
        "confirming": due.is_open and request.GET.get("card") == "done",
        "max_mb": settings.TRANSFER_PROOF_MAX_BYTES // (1024 * 1024),
    }
    response = page(request, "pay.html", context, status=status)
    if context["cards"]:  # its form is answered by leading to the processor's page
        response._csp_update = {"form-action": [cards.page_origin()]}  # type: ignore[attr-defined]
    return response


def lines_of(due: Due, language: str) -> list[Row]:
    """What it is for."""
    if isinstance(due.target, Order):
        return order_rows(due.target.lines, due.target.currency, language)
    return rows_of(due.target.lines.all(), due.target.currency, language)
