"""Money for supervisors and the owner: what is owed and waits, invoices, payments, credits in hand."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.billing.models import CardRefund, Invoice, Payment
from vigente.installation.files import PDF, never_a_page
from vigente.printing import press
from vigente.printing.papers import invoice_paper
from vigente.ui.exports import amount_cell, csv_response
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import asked
from vigente.workspace.money import lists
from vigente.workspace.money.home import money_home
from vigente.workspace.money.invoices import invoice_page
from vigente.workspace.money.words import age_text, refund_problem

MOST = 20_000


@supervisors
@require_GET
def money(request: HttpRequest) -> HttpResponse:
    """What is open and for how long, what waits for somebody."""
    page = money_home(now=instant(request))
    ages = [(name, age_text(name)) for name in lists.AGES]
    return render(request, "workspace/money/home.html", {"page": page, "ages": ages})


@supervisors
@require_GET
def invoices(request: HttpRequest) -> HttpResponseBase:
    """Invoices and credit notes, narrowed."""
    view, text = _view(request, lists.INVOICE_VIEWS, "open"), asked(request)
    age, currency = request.GET.get("age", ""), asked(request, "currency", most=3).upper()
    if age and age not in lists.AGES:
        raise Http404
    wanted: dict[str, Any] = {"view": view, "text": text, "age": age, "currency": currency}
    now, csv = instant(request), request.GET.get("format") == "csv"
    cursor = None if csv else request.GET.get("after")
    page = lists.invoices(person(request), **wanted, now=now, cursor=cursor, limit=MOST if csv else 50)
    if csv:
        columns = [_("Número"), _("Organización"), _("Fecha"), _("Vence"), _("Moneda"), _("Total"),
                   _("Por pagar"), _("Número fiscal")]  # fmt: skip
        return csv_response(_("facturas"), columns, (
            (row.code, row.organization.name, row.issued_at, row.due_at, row.currency,
             amount_cell(row.total_minor, row.currency), amount_cell(row.balance_minor, row.currency),
             row.fiscal_number) for row in page.rows
        ))  # fmt: skip
    kept = _kept(q=text, view=view, age=age, currency=currency)
    views = [
        ("open", _("Por cobrar")),
        ("overdue", _("Vencidas")),
        ("paid", _("Pagadas")),
        ("notes", _("Notas de crédito")),
        ("fiscal", _("Sin número fiscal")),
        ("all", _("Todas")),
    ]
    context = {
        **_list(page, view, views, text, kept),
        "age": age_text(age) if age else "",
        "currency": currency,
        "now": now,
    }
    return render(request, "workspace/money/invoices.html", context)


@supervisors
@require_GET
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """One invoice, its payments, corrections and entries in the books."""
    related = ("organization", "series", "subscription__version__plan", "corrects", "issued_by")
    found = get_object_or_404(Invoice.objects.visible_to(person(request)).select_related(*related), pk=pk)
    page = invoice_page(found, now=instant(request))
    return render(request, "workspace/money/invoice.html", {"page": page, "invoice": found})


@supervisors
@require_GET
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper, in the invoice's own language."""
    found = get_object_or_404(Invoice.objects.visible_to(person(request)), pk=pk)
    now = instant(request)
    response = HttpResponse(press.pdf(invoice_paper(found, now=now), now=now), content_type=PDF)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in found.code)
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    never_a_page(response, PDF)
    return response


@supervisors
@require_GET
def payments(request: HttpRequest) -> HttpResponseBase:
    """Payments, narrowed."""
    view, text = _view(request, lists.PAYMENT_VIEWS, "in"), asked(request)
    csv = request.GET.get("format") == "csv"
    cursor = None if csv else request.GET.get("after")
    page = lists.payments(person(request), view=view, text=text, cursor=cursor, limit=MOST if csv else 50)
    if csv:
        columns = [
            _("Fecha"),
            _("Organización"),
            _("Medio"),
            _("Estado"),
            _("Moneda"),
            _("Monto"),
            _("Referencia"),
        ]
        return csv_response(_("pagos"), columns, (
            (row.created_at, row.organization.name, row.get_method_display(), row.get_status_display(),
             row.currency, amount_cell(row.amount_minor, row.currency), row.reference) for row in page.rows
        ))  # fmt: skip
    views = [
        ("in", _("Recibidos")),
        ("review", _("Por confirmar")),
        ("failed", _("No llegaron")),
        ("out", _("Devueltos")),
        ("all", _("Todos")),
    ]
    kept = _kept(q=text, view=view)
    return render(request, "workspace/money/payments.html", _list(page, view, views, text, kept))


@supervisors
@require_GET
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment: what it was for and what became of it."""
    related = ("organization", "invoice", "order__version__plan", "made_by", "decided_by", "card_refund")
    found = get_object_or_404(Payment.objects.visible_to(person(request)).select_related(*related), pk=pk)
    returned = CardRefund.objects.filter(payment=found).select_related("of").first()
    context = {
        "payment": found,
        "entries": list(found.entries.order_by("at", "id")),
        "returned": returned,
        "why": refund_problem(returned.problem) if returned else "",
    }
    return render(request, "workspace/money/payment.html", context)


@supervisors
@require_GET
def credits(request: HttpRequest) -> HttpResponse:
    """Money of customers that no invoice has used yet."""
    text = asked(request)
    return render(request, "workspace/money/credits.html", {"rows": lists.credits(text=text), "q": text})


def _view(request: HttpRequest, known: Any, default: str) -> str:
    view = request.GET.get("view", default)
    if view not in known:
        raise Http404
    return view


def _kept(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _list(page: Any, view: str, views: list[tuple[str, str]], text: str, kept: str) -> dict[str, Any]:
    more = f"?{kept}&after={page.next_cursor}" if page.has_more else ""
    return {"page": page, "view": view, "views": views, "q": text, "kept": kept, "more": more}
