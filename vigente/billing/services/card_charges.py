"""Renewals charged to the card a customer keeps, and money sent back to cards (rows 25, 33).

First a row, then the processor, then the books, each by itself: whoever is killed in between is followed by somebody
who asks what became of it before trying again. One charge per (invoice, attempt), however often it is asked for.
"""

from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from vigente.billing import cards
from vigente.billing.models import BillingProfile, CardCharge, CardRefund, CardSession, Invoice, Payment
from vigente.billing.models.cards import new_key
from vigente.billing.services.card_money import record
from vigente.billing.services.payments import fail

STATUS = CardCharge.Status
DAYS = (0, 1, 3)  # after the invoice is due
LEASE = timedelta(minutes=10)
BATCH = 50
NOT_NEEDED = "not_needed"
log = structlog.get_logger(__name__)


def charge_due(*, now: datetime) -> int:
    """Charge open renewals to kept cards, and finish what somebody began and did not end."""
    done = 0
    for attempt in range(len(DAYS)):
        for invoice in due(attempt, now=now)[:BATCH]:
            row = _claim(invoice, attempt, now=now)
            if row is not None:
                done += _charge(row, now=now)
    for row in CardCharge.objects.filter(status=STATUS.CLAIMED, held_until__lte=now).order_by("id")[:BATCH]:
        held = CardCharge.objects.filter(pk=row.pk, status=STATUS.CLAIMED, held_until=row.held_until)
        if held.update(held_until=now + LEASE):
            done += _finish(row, now=now)
    return done


def due(attempt: int, *, now: datetime) -> QuerySet[Invoice]:
    """Open renewals whose next attempt is this one. Not while a transfer is looked at, or a page was just opened."""
    review = Payment.objects.filter(invoice=OuterRef("pk"), status=Payment.Status.REVIEW)
    paying = CardSession.objects.filter(
        invoice=OuterRef("pk"), status=CardSession.Status.OPEN, created_at__gt=now - timedelta(minutes=30)
    )
    card = BillingProfile.objects.filter(organization=OuterRef("organization")).exclude(card_method="")
    return (
        Invoice.objects.filter(
            Exists(card),
            ~Exists(review),
            ~Exists(paying),
            purpose=Invoice.Purpose.TERM,
            corrects__isnull=True,
            balance_minor__gt=0,
            due_at__lte=now - timedelta(days=DAYS[attempt]),
            due_at__gt=now - timedelta(days=DAYS[-1] + 27),
            organization__blocked_at__isnull=True,
        )
        .annotate(
            tried=Count("card_charges"),
            under_way=Count("card_charges", filter=Q(card_charges__status="claimed")),
        )
        .filter(tried=attempt, under_way=0)
        .order_by("due_at", "id")
    )


@transaction.atomic
def _claim(invoice: Invoice, attempt: int, *, now: datetime) -> CardCharge | None:
    """The attempt is ours; None when somebody else has it, or nothing is open any more."""
    fresh = Invoice.objects.select_for_update().get(pk=invoice.pk)
    profile = (
        BillingProfile.objects.filter(organization=fresh.organization_id).exclude(card_method="").first()
    )
    if fresh.balance_minor == 0 or profile is None:
        return None
    try:
        with transaction.atomic():
            return CardCharge.objects.create(
                key=new_key("charge"),
                invoice=fresh,
                attempt=attempt,
                amount_minor=fresh.balance_minor,
                currency=fresh.currency,
                customer=profile.card_customer,
                method=profile.card_method,
                created_at=now,
                held_until=now + LEASE,
            )
    except IntegrityError:
        return None


def _finish(row: CardCharge, *, now: datetime) -> int:
    """Somebody began and did not end: was it charged?"""
    try:
        found = cards.find_charge(customer=row.customer, note=row.key, since=row.created_at)
    except (cards.Unreachable, cards.Wrong) as problem:
        log.warning("the card processor did not answer", reason=str(problem))
        return 0
    if found is not None:
        return _take(row, found, now=now)
    row.invoice.refresh_from_db()
    if row.invoice.balance_minor < row.amount_minor:
        CardCharge.objects.filter(pk=row.pk, status=STATUS.CLAIMED).update(
            status=STATUS.FAILED, decline=NOT_NEEDED, decided_at=now
        )
        return 0
    return _charge(row, now=now)


def _charge(row: CardCharge, *, now: datetime) -> int:
    try:
        made = cards.charge(
            amount_minor=row.amount_minor,
            currency=row.currency,
            customer=row.customer,
            method=row.method,
            note=row.key,
            name=row.invoice.code,
        )
    except cards.Declined as refusal:
        refuse(row, refusal.code, intent=refusal.intent, now=now)
        return 1
    except cards.Wrong as problem:
        refuse(row, problem.code, now=now)
        return 1
    except cards.Unreachable as problem:  # whoever comes after the lease asks what became of it
        log.warning("the card processor did not answer", reason=str(problem))
        return 0
    return _take(row, made, now=now)


def _take(row: CardCharge, charge: cards.Charge, *, now: datetime) -> int:
    if charge.status == "succeeded":
        settle(row, charge, now=now)
    elif charge.status == "processing":
        CardCharge.objects.filter(pk=row.pk, status=STATUS.CLAIMED).update(
            intent=charge.intent, held_until=now + timedelta(hours=1)
        )
    else:
        refuse(row, charge.decline or charge.status, intent=charge.intent, now=now)
    return 1


@transaction.atomic
def settle(row: CardCharge, charge: cards.Charge, *, now: datetime) -> None:
    """It went through: the money pays its invoice. Once per intent."""
    record(
        organization=row.invoice.organization,
        intent=charge.intent,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        invoice=row.invoice,
        now=now,
    )
    CardCharge.objects.filter(pk=row.pk).update(status=STATUS.PAID, intent=charge.intent, decided_at=now)


@transaction.atomic
def refuse(row: CardCharge, code: str, *, now: datetime, intent: str = "") -> None:
    """It did not go through; the customer is told, once per attempt."""
    changed = CardCharge.objects.filter(pk=row.pk, status=STATUS.CLAIMED).update(
        status=STATUS.FAILED, decline=code[:80], intent=intent[:120], decided_at=now
    )
    if changed:
        fail(
            organization=row.invoice.organization,
            amount_minor=row.amount_minor,
            currency=row.currency,
            key=f"charge:{row.invoice_id}:{row.attempt}",
            invoice=row.invoice,
            note=code,
            now=now,
        )


def send_refunds(*, now: datetime) -> int:
    """Send back to cards what was paid out to them in the books."""
    out = Payment.objects.filter(
        direction=Payment.Direction.OUT,
        method=Payment.Method.CARD,
        status=Payment.Status.CONFIRMED,
        card_refund__isnull=True,
    )
    for payment in out.order_by("id")[:BATCH]:
        _prepare(payment, now=now)
    done = 0
    waiting = CardRefund.objects.filter(status=CardRefund.Status.WAITING, next_at__lte=now)
    for row in waiting.select_related("payment", "of").order_by("next_at", "id")[:BATCH]:
        held = CardRefund.objects.filter(pk=row.pk, status=CardRefund.Status.WAITING, next_at=row.next_at)
        if held.update(next_at=now + LEASE * (row.attempts + 1), attempts=row.attempts + 1):
            done += _send(row)
    return done


@transaction.atomic
def _prepare(payment: Payment, *, now: datetime) -> None:
    """Find the card payment it goes back to: the last one that has as much left."""
    came = came_by_card(payment.organization_id, payment.currency).select_for_update()
    of = next((one for one in came if left_of(one) >= payment.amount_minor), None)
    try:
        with transaction.atomic():
            CardRefund.objects.create(
                key=new_key("refund"),
                payment=payment,
                of=of,
                status=CardRefund.Status.WAITING if of else CardRefund.Status.FAILED,
                problem="" if of else "no_card_payment",
                next_at=now,
            )
    except IntegrityError:
        return


def came_by_card(organization: int, currency: str) -> QuerySet[Payment]:
    """What a customer paid by card, the last first: where money can go back to."""
    return Payment.objects.filter(
        organization=organization,
        currency=currency,
        direction=Payment.Direction.IN,
        method=Payment.Method.CARD,
        status=Payment.Status.CONFIRMED,
        key__startswith="card:",
    ).order_by("-created_at", "-id")


def left_of(payment: Payment) -> int:
    """What of a card payment was neither sent back yet nor lost in a dispute."""
    sent = payment.card_refunds.filter(status__in=[CardRefund.Status.WAITING, CardRefund.Status.SENT])
    total = sent.aggregate(total=Sum("payment__amount_minor", default=0))["total"]
    return payment.amount_minor - payment.reversed_minor - int(total)


def _send(row: CardRefund) -> int:
    assert row.of is not None, "only what goes back somewhere waits"
    try:
        name = cards.send_back(
            intent=row.of.reference,
            amount_minor=row.payment.amount_minor,
            currency=row.payment.currency,
            note=row.key,
        )
    except cards.Unreachable as problem:
        log.warning("the card processor did not answer", reason=str(problem))
        return 0
    except (cards.Wrong, cards.Declined) as problem:
        CardRefund.objects.filter(pk=row.pk).update(
            status=CardRefund.Status.FAILED, problem=problem.code[:120]
        )
        return 1
    CardRefund.objects.filter(pk=row.pk).update(status=CardRefund.Status.SENT, refund=name, problem="")
    return 1
