"""What managers, and the address of their bookkeeping, are written about invoices and payments (rows 25, 32, 33)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language

from vigente.accounts.models import Role, User
from vigente.billing.models import Invoice, Payment, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.mail import facts, sums
from vigente.mail.letters import Reader, link, post
from vigente.mail.managers import portal_link, tell_managers
from vigente.ui.invoice_words import credit_reason_text

TERM = Invoice.Purpose.TERM
ONE_DAY = timedelta(days=1)
UNPAID = (Subscription.Status.GRACE, Subscription.Status.SUSPENDED)


def invoice_issued(event: Event, *, now: datetime) -> None:
    """There is something to pay. One that was paid at once is told by its receipt."""
    invoice = _invoice(event)
    if invoice is not None and invoice.balance_minor:
        _tell("invoice_issued", event, invoice, now=now)


def reminder(event: Event, *, now: datetime) -> None:
    """Of what is still open, in other words each time; on the day it is due, only if the invoice is not of that day.
    Where the plan stops that very day for the same money, the letter about that says it all.
    """
    invoice, days = _invoice(event), int(event.data.get("days", 0))
    if invoice is None or not invoice.balance_minor:
        return
    if days == 0 and invoice.due_at - invoice.issued_at < timedelta(days=1):
        return  # the invoice said so
    if _stops_at_once(invoice, event, now=now):
        return
    _tell("invoice_reminder", event, invoice, now=now, days=days, late=abs(days))


def _stops_at_once(invoice: Invoice, event: Event, *, now: datetime) -> bool:
    """Whether the plan is suspended for this invoice within a day of this reminder, or is about to be."""
    contract = invoice.subscription if invoice.purpose == TERM else None
    at, grace = event.occurred_at, timedelta(days=rulebook_at(now).grace_days)
    if contract is None or contract.status not in UNPAID or at < invoice.due_at + grace:
        return False
    suspended = Event.objects.filter(
        subject=f"subscription:{contract.pk}",
        kind=Kind.SUBSCRIPTION_SUSPENDED.value,
        occurred_at__range=(at - ONE_DAY, at + ONE_DAY),
    )
    return contract.status == Subscription.Status.GRACE or suspended.exists()


def paid(event: Event, *, now: datetime) -> None:
    """The receipt. What was left of an invoice and taken back, not paid, is told by its credit note."""
    invoice = _invoice(event)
    if invoice is None or not invoice.total_minor or invoice.settled_at is None:
        return
    if Invoice.objects.filter(corrects=invoice, issued_at=invoice.settled_at).exists():
        return
    _tell("receipt", event, invoice, now=now)


def credit_note(event: Event, *, now: datetime) -> None:
    """An invoice was corrected, given up or paid back: what that means for them."""
    note = _invoice(event)
    if note is None or note.corrects is None:
        return
    corrected = note.corrects
    _tell("credit_note", event, note, now=now, corrects=corrected.code, kind=note.reason,
          reason=lambda: credit_reason_text(note.reason, get_language() or "es"),
          open=lambda: _amount(corrected.balance_minor, corrected) if corrected.balance_minor else "")  # fmt: skip


def payment_submitted(event: Event, *, now: datetime) -> None:
    """Their notice of a transfer is here; somebody looks at it."""
    payment = _payment(event)
    if payment is not None and payment.status == Payment.Status.REVIEW:
        _tell_payment("payment_submitted", event, payment, now=now)


def payment_confirmed(event: Event, *, now: datetime) -> None:
    """Money came in that pays no invoice whole: a part, or kept for what comes. Otherwise the receipt says it."""
    payment = _payment(event)
    if payment is None or payment.direction != Payment.Direction.IN or _settled_something(event):
        return
    _tell_payment("payment_confirmed", event, payment, now=now)


def payment_rejected(event: Event, *, now: datetime) -> None:
    """Why, and how to try again."""
    payment = _payment(event)
    if payment is not None and payment.status == Payment.Status.REJECTED:
        _tell_payment("payment_rejected", event, payment, now=now)


def payment_failed(event: Event, *, now: datetime) -> None:
    """The card did not pay; said only while something is still to be paid."""
    payment = _payment(event)
    if payment is None or (payment.invoice is not None and not payment.invoice.balance_minor):
        return
    _tell_payment("payment_failed", event, payment, now=now)


def payment_returned(event: Event, *, now: datetime) -> None:
    """We sent money back."""
    payment = _payment(event)
    if payment is not None:
        _tell_payment("payment_returned", event, payment, now=now)


def payment_reversed(event: Event, *, now: datetime) -> None:
    """Their bank took a payment back (row 33)."""
    payment = _payment(event)
    if payment is not None:
        lost = sums.amount(event.data.get("amount") or payment.amount_minor, payment.currency)
        partial = bool(event.data.get("partial"))
        _tell_payment("payment_reversed", event, payment, now=now, amount=lost, partial=partial)


def staff_payment(event: Event, *, now: datetime) -> None:
    """A transfer to confirm, or a dispute to answer: supervisors and owners."""
    payment = _payment(event)
    waits = Payment.Status.REVIEW if event.kind == Kind.PAYMENT_SUBMITTED else Payment.Status.DISPUTED
    if payment is None or payment.status != waits:
        return
    page = "transfer" if waits == Payment.Status.REVIEW else "payment"
    for user in User.objects.filter(role__in=(Role.SUPERVISOR, Role.OWNER), is_active=True):
        post("staff_payment", to=Reader.of(user), kind=event.kind, key=f"staff:{event.pk}", now=now,
             words=lambda: payment_words(payment) | {
                 "disputed": waits == Payment.Status.DISPUTED,
                 "link": link(f"workspace:{page}", payment.pk),
             })  # fmt: skip


def invoice_words(invoice: Invoice, *, now: datetime) -> dict[str, Any]:
    """What letters say of an invoice or credit note."""
    book, contract = rulebook_at(now), invoice.subscription if invoice.purpose == TERM else None
    renewal = contract is not None and bool(invoice.term)
    unpaid = contract is not None and contract.status in UNPAID
    stops = invoice.due_at + timedelta(days=book.grace_days) if unpaid else None
    return {
        "code": invoice.code,
        "what": sums.what_of_invoice(invoice),
        "rows": sums.rows_of_invoice(invoice) if invoice.corrects_id is None else [],
        "total": _amount(invoice.total_minor, invoice),
        "balance": _amount(invoice.balance_minor, invoice),
        "partly": 0 < invoice.balance_minor < invoice.total_minor,
        "due": facts.day(invoice.due_at, now=now),
        "due_now": invoice.due_at <= now,
        "renewal": renewal,
        "stops": facts.day(stops, now=now) if stops else "",
        "stopped": stops is not None and stops <= now,
        "link": portal_link("pay_invoice" if invoice.balance_minor else "invoice", invoice.pk),
    }


def payment_words(payment: Payment) -> dict[str, Any]:
    """What letters say of a payment."""
    return {
        "amount": sums.amount(payment.amount_minor, payment.currency),
        "method": payment.method,
        "reference": payment.reference,
        "note": payment.note,
        "organization": payment.organization.name,
        "code": payment.invoice.code if payment.invoice else "",
        "what": sums.what_of(payment.order) if payment.order else "",
        "balance": _amount(payment.invoice.balance_minor, payment.invoice)
        if payment.invoice and payment.invoice.balance_minor
        else "",
        "link": _page_of(payment),
    }


def _page_of(payment: Payment) -> str:
    """Where it can be paid, or read."""
    if payment.invoice is not None:
        page = "pay_invoice" if payment.invoice.balance_minor else "invoice"
        return portal_link(page, payment.invoice.pk)
    if payment.order is not None:
        return portal_link("order", payment.order.token)
    return portal_link("invoices")


def _amount(minor: int, invoice: Invoice) -> str:
    return sums.amount(minor, invoice.currency)


def _settled_something(event: Event) -> bool:
    """Whether the same act paid an invoice whole, or fulfilled an order: each has a letter of its own."""
    return Event.objects.filter(
        organization=event.organization_id,
        kind__in=(Kind.INVOICE_PAID.value, Kind.ORDER_DONE.value),
        occurred_at=event.occurred_at,
    ).exists()


def _tell(template: str, event: Event, invoice: Invoice, *, now: datetime, **more: Any) -> None:
    def words() -> dict[str, Any]:
        own = {name: value() if callable(value) else value for name, value in more.items()}
        return invoice_words(invoice, now=now) | own

    attach = "" if template == "invoice_reminder" else f"invoice:{invoice.pk}"
    tell_managers(
        template,
        event,
        organization_id=invoice.organization_id,
        money=True,
        attach=attach,
        words=words,
        now=now,
    )


def _tell_payment(template: str, event: Event, payment: Payment, *, now: datetime, **more: Any) -> None:
    tell_managers(
        template, event, organization_id=payment.organization_id, money=True, now=now,
        words=lambda: payment_words(payment) | more,
    )  # fmt: skip


def _invoice(event: Event) -> Invoice | None:
    related = ("organization", "corrects", "subscription__version__plan")
    return _subject(event, "invoice", Invoice.objects.select_related(*related))


def _payment(event: Event) -> Payment | None:
    related = ("organization", "invoice", "order", "made_by")
    return _subject(event, "payment", Payment.objects.select_related(*related))


def _subject(event: Event, wanted: str, rows: Any) -> Any:
    name, _colon, pk = event.subject.partition(":")
    return rows.filter(pk=int(pk)).first() if name == wanted and pk.isdigit() else None
