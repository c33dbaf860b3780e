"""Money that comes in and goes back (rows 25, 33): by transfer with its proof, by card, by hand.

A payment is money in the customer's hand first, then pays what it is for, then what is due longest. Safe to repeat: a
payment is unique by its key, and every change of state carries the state it started from.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from vigente.accounts.models import Organization, User
from vigente.billing.models import Invoice, Order, Payment, Subscription
from vigente.billing.services import orders
from vigente.billing.services.course import RUNNING
from vigente.billing.services.invoices import settle, settle_oldest
from vigente.billing.services.keys import kept
from vigente.billing.services.money import ACCOUNT, add_credit, post, take_credit
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.refusal import RefusalCode, Refused

STATUS = Payment.Status
MONEY = {
    Payment.Method.TRANSFER.value: ACCOUNT.BANK,
    Payment.Method.CARD.value: ACCOUNT.CARD,
    Payment.Method.MANUAL.value: ACCOUNT.CASH,
}


@transaction.atomic
def submit_transfer(
    *,
    organization: Organization,
    amount_minor: int,
    currency: str,
    reference: str,
    user: User | None,
    key: str,
    now: datetime,
    order: Order | None = None,
    invoice: Invoice | None = None,
    proof: str = "",
    proof_name: str = "",
    note: str = "",
) -> Payment:
    """The customer says they sent money, with its proof; staff confirm it. Nothing is paid by this alone."""
    payment = Payment(
        key=kept(key, most=120),
        organization=organization,
        method=Payment.Method.TRANSFER,
        status=STATUS.REVIEW,
        amount_minor=amount_minor,
        currency=currency,
        order=order,
        invoice=invoice,
        reference=reference.strip()[:120],
        proof=proof,
        proof_name=proof_name[:200],
        note=note.strip()[:300],
        made_by=user,
        created_at=now,
    )
    _check(payment)
    if order is not None:
        waiting = Order.objects.select_for_update(no_key=True).values_list("status", flat=True)
        if (status := waiting.get(pk=order.pk)) != Order.Status.OPEN:
            raise Refused(RefusalCode.WRONG_STATE, state=status)
    return _once(payment, Kind.PAYMENT_SUBMITTED, actor=user, now=now)


@transaction.atomic
def confirm(*, payment: Payment, actor: User, now: datetime) -> None:
    """The money is there: it pays what it is for."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    _lock(payment)
    _decide(payment, STATUS.CONFIRMED, actor=actor, now=now)
    _tell(Kind.PAYMENT_CONFIRMED, payment, actor=actor, now=now)
    _received(payment, now=now)


@transaction.atomic
def reject(*, payment: Payment, note: str, actor: User, now: datetime) -> None:
    """The money is not there, or the proof is not one; the customer is told why and may send another."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not note.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="note")
    _decide(payment, STATUS.REJECTED, actor=actor, now=now, note=note.strip()[:300])
    _tell(Kind.PAYMENT_REJECTED, payment, actor=actor, now=now)


@transaction.atomic
def record_payment(
    *,
    organization: Organization,
    method: str,
    amount_minor: int,
    currency: str,
    key: str,
    now: datetime,
    order: Order | None = None,
    invoice: Invoice | None = None,
    reference: str = "",
    actor: User | None = None,
    note: str = "",
) -> Payment:
    """Money that certainly came in: noted by staff, or said by the card processor. Once per key."""
    payment = Payment(
        key=kept(key, most=120),
        organization=organization,
        method=method,
        status=STATUS.CONFIRMED,
        amount_minor=amount_minor,
        currency=currency,
        order=order,
        invoice=invoice,
        reference=reference.strip()[:120],
        note=note.strip()[:300],
        made_by=actor,
        decided_by=actor,
        created_at=now,
        decided_at=now,
    )
    _check(payment)
    _lock(payment)
    before = Payment.objects.filter(key=key).first()
    if before is not None and before.status != STATUS.FAILED:
        return before
    if before is not None:  # it failed first and went through after all
        _decide(before, STATUS.CONFIRMED, actor=actor, now=now, was=STATUS.FAILED)
        payment = before
        _tell(Kind.PAYMENT_CONFIRMED, payment, actor=actor, now=now)
    else:
        made = _once(payment, Kind.PAYMENT_CONFIRMED, actor=actor, now=now)
        if made is not payment:
            return made
    _received(payment, now=now)
    return payment


@transaction.atomic
def fail(
    *,
    organization: Organization,
    amount_minor: int,
    currency: str,
    key: str,
    now: datetime,
    order: Order | None = None,
    invoice: Invoice | None = None,
    method: str = Payment.Method.CARD,
    note: str = "",
) -> Payment:
    """A charge did not go through; the customer is told."""
    payment = Payment(
        key=kept(key, most=120),
        organization=organization,
        method=method,
        status=STATUS.FAILED,
        amount_minor=amount_minor,
        currency=currency,
        order=order,
        invoice=invoice,
        note=note.strip()[:300],
        created_at=now,
        decided_at=now,
    )
    _check(payment)
    return _once(payment, Kind.PAYMENT_FAILED, actor=None, now=now)


@transaction.atomic
def pay_out(
    *,
    organization: Organization,
    amount_minor: int,
    currency: str,
    method: str,
    key: str,
    now: datetime,
    actor: User,
    reference: str = "",
    note: str = "",
) -> Payment:
    """Send money back that the customer has in hand, never more than that. Once per key."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    payment = Payment(
        key=kept(key, most=120),
        organization=organization,
        direction=Payment.Direction.OUT,
        method=method,
        status=STATUS.CONFIRMED,
        amount_minor=amount_minor,
        currency=currency,
        reference=reference.strip()[:120],
        note=note.strip()[:300],
        made_by=actor,
        decided_by=actor,
        created_at=now,
        decided_at=now,
    )
    _check(payment)
    made = _once(payment, Kind.PAYMENT_RETURNED, actor=actor, now=now)
    if made is not payment:
        return made
    if not take_credit(organization, currency, amount_minor):
        raise Refused(RefusalCode.MORE_THAN_OPEN, field="amount")
    _post(payment, debit=ACCOUNT.CREDIT, credit=MONEY[method], now=now)
    return payment


def _check(payment: Payment) -> None:
    """Raise Refused for what could not be."""
    if payment.amount_minor < 1:
        raise Refused(RefusalCode.INVALID_VALUE, field="amount", value=payment.amount_minor)
    if payment.method not in MONEY:
        raise Refused(RefusalCode.INVALID_VALUE, field="method", value=payment.method)
    for paid in (payment.order, payment.invoice):
        if paid is None:
            continue
        if paid.organization_id != payment.organization_id:
            raise Refused(RefusalCode.NOT_YOURS)
        if paid.currency != payment.currency:
            raise Refused(RefusalCode.CURRENCY_DIFFERS, currency=paid.currency)


def _once(payment: Payment, kind: Kind, *, actor: User | None, now: datetime) -> Payment:
    """Write a new payment, or give back the one that has its key."""
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        return Payment.objects.select_related("organization").get(key=payment.key)
    _tell(kind, payment, actor=actor, now=now)
    return payment


def _lock(payment: Payment) -> None:
    """The order, then contracts, then money, as everywhere: paying may bring one back, or change what it is for."""
    if payment.order is not None:
        list(Order.objects.select_for_update(no_key=True).filter(pk=payment.order.pk).values_list("pk"))
    concerned = Q(organization=payment.organization_id, is_billed=True, status__in=RUNNING)
    if payment.order is not None and payment.order.subscription_id is not None:
        concerned |= Q(pk=payment.order.subscription_id)
    list(
        Subscription.objects.select_for_update(no_key=True).filter(concerned).order_by("pk").values_list("pk")
    )


def _decide(
    payment: Payment,
    status: str,
    *,
    actor: User | None,
    now: datetime,
    note: str = "",
    was: str = STATUS.REVIEW,
) -> None:
    changed = Payment.objects.filter(pk=payment.pk, status=was).update(
        status=status, decided_by=actor, decided_at=now, **({"note": note} if note else {})
    )
    if not changed:
        payment.refresh_from_db()
        raise Refused(RefusalCode.WRONG_STATE, state=payment.status)
    payment.refresh_from_db()


def _received(payment: Payment, *, now: datetime) -> None:
    """It is the customer's money now; it pays what it is for, and then what is due longest."""
    _post(payment, debit=MONEY[payment.method], credit=ACCOUNT.CREDIT, now=now)
    add_credit(payment.organization, payment.currency, payment.amount_minor)
    if payment.order is not None and not orders.try_fulfil(order=payment.order, now=now):
        return  # not enough yet: it stays in hand for the order
    if payment.invoice is not None:
        settle(payment.invoice, now=now)
    settle_oldest(payment.organization, payment.currency, now=now)


def _post(payment: Payment, *, debit: str, credit: str, now: datetime) -> None:
    post(
        debit=debit,
        credit=credit,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        organization=payment.organization,
        source=f"payment:{payment.pk}",
        payment=payment,
        now=now,
    )


def _tell(kind: Kind, payment: Payment, *, actor: User | None, now: datetime) -> None:
    record(
        kind,
        subject=f"payment:{payment.pk}",
        organization=payment.organization,
        actor=actor,
        now=now,
        method=payment.method,
        amount=payment.amount_minor,
        currency=payment.currency,
        order=payment.order_id,
        invoice=payment.invoice_id,
    )
