"""Invoices, payments, and an organization's account in money."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from vigente.accounts.models import Organization
from vigente.api import money_schemas as out
from vigente.api import money_shapes as shapes
from vigente.api import schemas
from vigente.api import shapes as common
from vigente.api.auth import Caller, TokenAuth, caller_of
from vigente.api.errors import ERRORS
from vigente.api.once import IdempotencyKey, key_of
from vigente.api.paging import Cursor, page
from vigente.api.problems import not_found, only
from vigente.billing.account import account
from vigente.billing.models import Invoice, Order, Payment
from vigente.billing.services.payments import record_payment
from vigente.printing import press
from vigente.printing.papers import invoice_paper
from vigente.rules.refusal import RefusalCode, Refused

router = Router(tags=["invoices and payments"])
READ, WRITE = TokenAuth("billing:read"), TokenAuth("billing:write")
PDF = "application/pdf"


@router.get(
    "/invoices",
    auth=READ,
    response={200: out.InvoiceList, **ERRORS},
    operation_id="list_invoices",
    summary="Invoices and credit notes, newest first",
)
def listing(
    request: HttpRequest,
    status: Literal["open", "all"] = "all",
    limit: schemas.Limit = 30,
    cursor: Cursor = None,
) -> out.InvoiceList:
    """`open`: with something still to pay. For managers, and supervisors."""
    only(request, "status", "limit", "cursor")
    rows = Invoice.objects.visible_to(caller_of(request).person).select_related("organization")
    found, more = page(
        rows.filter(balance_minor__gt=0) if status == "open" else rows, cursor=cursor, limit=limit
    )
    return out.InvoiceList(invoices=[shapes.invoice(row) for row in found], next=more)


@router.get(
    "/invoices/{id}",
    auth=READ,
    response={200: out.InvoiceWithLines, **ERRORS},
    operation_id="read_invoice",
    summary="One invoice with its lines",
)
def read(request: HttpRequest, id: schemas.Number) -> out.InvoiceWithLines:
    only(request)
    row = _invoice(caller_of(request), id)
    return shapes.invoice_with_lines(row, row.lines.all())


@router.get(
    "/invoices/{id}/pdf",
    auth=READ,
    response={200: None, **ERRORS},
    operation_id="print_invoice",
    summary="An invoice as PDF",
    openapi_extra={
        "responses": {200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}}
    },
)
def pdf(request: HttpRequest, id: schemas.Number) -> HttpResponse:
    only(request)
    row, now = _invoice(caller_of(request), id), _now(request)
    response = HttpResponse(press.pdf(invoice_paper(row, now=now), now=now), content_type=PDF)
    response["Content-Disposition"] = f'attachment; filename="{row.pk}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@router.get(
    "/payments",
    auth=READ,
    response={200: out.PaymentList, **ERRORS},
    operation_id="list_payments",
    summary="Payments, newest first",
)
def payments(request: HttpRequest, limit: schemas.Limit = 30, cursor: Cursor = None) -> out.PaymentList:
    """In and out. For managers, and supervisors."""
    only(request, "limit", "cursor")
    rows = Payment.objects.visible_to(caller_of(request).person).select_related("organization")
    found, more = page(rows, cursor=cursor, limit=limit)
    return out.PaymentList(payments=[shapes.payment(row) for row in found], next=more)


@router.post(
    "/payments",
    auth=WRITE,
    response={201: out.Payment, **ERRORS},
    operation_id="record_payment",
    summary="Note money that came in",
)
def record(request: HttpRequest, body: out.NewPayment, idempotency_key: IdempotencyKey = None) -> Status:
    """Confirmed at once. Supervisors and owners; customers send a transfer's proof on their pages."""
    caller = caller_of(request)
    if not caller.person.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    organization = Organization.objects.visible_to(caller.person).filter(pk=body.organization).first()
    if organization is None:
        raise not_found("organization")
    order = Order.objects.filter(pk=body.order).first() if body.order else None
    if body.order and order is None:
        raise not_found("order")
    made = record_payment(
        organization=organization,
        method=body.method,
        amount_minor=body.amount_minor,
        currency=body.currency,
        order=order,
        invoice=_invoice(caller, body.invoice) if body.invoice else None,
        reference=body.reference,
        note=body.note,
        actor=caller.person,
        key=key_of(caller, idempotency_key, request),
        now=_now(request),
    )
    same = (
        made.organization_id,
        made.method,
        made.amount_minor,
        made.currency,
        made.order_id,
        made.invoice_id,
    )
    if same != (organization.pk, body.method, body.amount_minor, body.currency, body.order, body.invoice):
        raise Refused(RefusalCode.SAME_KEY_OTHER_CONTENT, field="Idempotency-Key")
    return Status(201, shapes.payment(made))


@router.get(
    "/organizations/{id}/account",
    auth=READ,
    response={200: out.Account, **ERRORS},
    operation_id="account",
    summary="What an organization was charged and paid",
)
def account_of(
    request: HttpRequest,
    id: schemas.Number,
    currency: Annotated[out.Currency, Query(description="One account per currency.")],
    since: Annotated[schemas.Instant | None, Query(description="Inclusive.")] = None,
    until: Annotated[schemas.Instant | None, Query(description="Exclusive.")] = None,
) -> out.Account:
    """Every movement, oldest first, from the ledger of money. For its managers, and supervisors."""
    only(request, "currency", "since", "until")
    found = Organization.objects.managed_by(caller_of(request).person).filter(pk=id).first()
    if found is None:
        raise not_found("organization")
    before, lines = account(found, currency, since=since, until=until)
    return out.Account(
        organization=common.organization(found),
        currency=currency,
        owed_before_minor=before,
        lines=[
            out.AccountLine(
                at=line.at,
                amount_minor=line.amount_minor,
                owed_after_minor=line.owed_after,
                invoice=line.invoice.pk if line.invoice else None,
                payment=line.payment.pk if line.payment else None,
            )
            for line in lines
        ],
    )


def _invoice(caller: Caller, id: int) -> Invoice:
    rows = Invoice.objects.visible_to(caller.person).select_related("organization", "series", "corrects")
    found = rows.filter(pk=id).first()
    if found is None:
        raise not_found("invoice")
    return found


def _now(request: HttpRequest) -> datetime:
    now: datetime = request.now  # type: ignore[attr-defined]
    return now
