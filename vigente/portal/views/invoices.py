"""Invoices and payments of an organization, for those who manage it: read, on paper, and what is open (rows 25, 32)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.accounts.models import Organization
from vigente.billing.account import standings
from vigente.billing.models import Invoice, Payment
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import profile_of
from vigente.billing.queries import statement as read_statement
from vigente.installation.files import PDF, File, never_a_page, serve, sniff, stored
from vigente.portal.pages import customer, is_manager, page, seat_of
from vigente.portal.views.statement import LINES_SHOWN, span, words_of
from vigente.portal.views.ticket import visible
from vigente.printing import press
from vigente.printing.papers import Paper, Section, invoice_paper, standing
from vigente.printing.quotations import quotation_paper
from vigente.printing.statements import payment_words, statement_paper
from vigente.tickets.models import Quotation
from vigente.ui import formats

PAGE = 25
RECENT_PAYMENTS = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list, with its state in a word and in a colour."""

    invoice: Invoice
    state: str
    tone: str


def managed(request: HttpRequest) -> Organization:
    """The organization this page is about, if this person manages it; else 404."""
    seat = seat_of(request)
    if not is_manager(seat):
        raise Http404
    return seat.organization


@require_safe
@customer
def invoices(request: HttpRequest) -> HttpResponse:
    """What is open and in hand, invoices and credit notes the newest first, and the last payments."""
    organization = managed(request)
    rows = Invoice.objects.visible_to(request.user).filter(organization=organization)
    total = rows.count()
    before = _after(request, rows)
    found = list((rows.filter(before) if before else rows).select_related("corrects")[: PAGE + 1])
    shown = found[:PAGE]
    payments = Payment.objects.visible_to(request.user).filter(organization=organization)
    context: dict[str, Any] = {
        "rows": [listed(row, now=request.now) for row in shown],
        "total": total,
        "more": f"?after={shown[-1].pk}" if len(found) > PAGE else "",
        "standings": standings(organization, now=request.now),
        "card": (profile.card_label or "···")
        if (profile := profile_of(organization)) and profile.card_method
        else "",
        "payments": [
            (payment, payment_words(payment))
            for payment in payments.order_by("-created_at", "-id")[:RECENT_PAYMENTS]
        ],
    }
    return page(request, "invoices.html", context)


def _after(request: HttpRequest, rows: QuerySet[Invoice]) -> Q | None:
    """The rows below the one named, by the order of the list."""
    pk = request.GET.get("after", "")
    last = rows.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 18 else None
    if last is None:
        return None
    return Q(issued_at__lt=last.issued_at) | Q(issued_at=last.issued_at, pk__lt=last.pk)


def listed(invoice: Invoice, *, now: datetime) -> Listed:
    """How it stands."""
    if invoice.corrects_id is not None:
        return Listed(invoice, "", "")
    tone = "ok" if not invoice.balance_minor else "danger" if invoice.due_at < now else "attention"
    return Listed(invoice, standing(invoice, now=now), tone)


def find(request: HttpRequest, pk: int) -> Invoice:
    """An invoice of an organization this person manages; any other is not found."""
    rows = Invoice.objects.visible_to(request.user).select_related("organization", "corrects")
    return get_object_or_404(rows, pk=pk)


@require_safe
@customer
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands on the paper, and what became of it."""
    row = find(request, pk)
    paper = invoice_paper(row, now=request.now, language=(get_language() or "es")[:2])
    payments = row.payments.order_by("-created_at", "-id")
    context = {
        "row": listed(row, now=request.now),
        "invoice": row,
        "paper": paper,
        "payments": [(payment, payment_words(payment)) for payment in payments],
        "notes": row.credit_notes.all(),
        "in_review": any(payment.status == Payment.Status.REVIEW for payment in payments),
    }
    return page(request, "invoice.html", context)


@require_safe
@customer
def invoice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper itself, in the invoice's own language."""
    row = find(request, pk)
    return pdf_of(request, invoice_paper(row, now=request.now), row.code)


@require_safe
@customer
def account_pdf(request: HttpRequest) -> HttpResponse:
    """The statement of the same span as the page `statement`, invoices and payments."""
    organization = managed(request)
    since, until, _months = span(request)
    paper = statement_paper(
        organization,
        now=request.now,
        language=(get_language() or "es")[:2],
        since=since,
        until=until,
        sections=(_cases(request, organization, since, until),),
    )
    return pdf_of(request, paper, f"{paper.title}-{timezone.localdate(request.now).isoformat()}")


def _cases(
    request: HttpRequest, organization: Organization, since: datetime | None, until: datetime | None
) -> Section:
    """Every movement of cases, as on the page `statement`, the oldest first; the newest of very many."""
    lines = read_statement(organization=organization, now=request.now, since=since, until=until)[
        -LINES_SHOWN:
    ]
    zone = rulebook_at(request.now).zone
    return Section(
        title=_("Casos"),
        columns=[_("Fecha"), _("Qué pasó"), _("Casos"), _("Quedan")],
        rows=[
            [
                formats.day(line.at, zone=zone),
                " · ".join(part for part in (words_of(line), line.note) if part),
                _("sin límite") if line.cases is None else formats.number(line.cases),
                "—" if line.left_after is None else formats.number(line.left_after),
            ]
            for line in lines
        ],
        numbers=[2, 3],
        empty=_("Sin movimientos en estas fechas."),
    )


@require_safe
@customer
def quotation_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """What was quoted for a case this person may see."""
    ticket = visible(request, number)
    quotation = Quotation.objects.filter(ticket=ticket).exclude(quoted_at=None).first()
    if quotation is None or quotation.amount_minor is None or ticket.organization is None:
        raise Http404
    paper = quotation_paper(quotation, language=(get_language() or "es")[:2])
    return pdf_of(request, paper, f"{paper.title}-{ticket.number}")


def pdf_of(request: HttpRequest, paper: Paper, name: str) -> HttpResponse:
    """A printed paper, shown by the browser's own viewer."""
    response = HttpResponse(press.pdf(paper, now=request.now), content_type=PDF)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    response["Content-Disposition"] = f'inline; filename="{safe}.pdf"'
    never_a_page(response, PDF)
    return response


@require_safe
@customer
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The proof of a transfer, for the managers of who sent it."""
    payment = get_object_or_404(Payment.objects.visible_to(request.user).exclude(proof=""), pk=pk)
    path = stored(payment.proof)
    try:
        with path.open("rb") as content:
            kind = sniff(File(payment.proof_name, content.read(8192)))
        response = serve(path, filename=payment.proof_name, content_type=kind)
    except OSError:
        raise Http404 from None
    never_a_page(response, kind)
    return response
