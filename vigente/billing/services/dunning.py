"""What follows from an invoice that stays open (row 25): reminders by schedule, then no cover, then giving it up.

Each step is done once however often the clock asks. While a transfer of the customer is under review nothing is held
against them, and a blocked organization is left alone (row 40).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from vigente.billing.models import CustomerAccount, Invoice, Order, Payment, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.arrears import suspend
from vigente.billing.services.course import UNPAID, locked
from vigente.billing.services.invoices import credit, settle, uncorrected
from vigente.billing.services.money import hold_credit
from vigente.billing.services.subscriptions import end_now
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.rules.reasons import Credit

BATCH = 500


def open_invoices() -> QuerySet[Invoice]:
    """What is owed and may be asked for."""
    review = Payment.objects.filter(organization=OuterRef("organization"), status=Payment.Status.REVIEW)
    return (
        Invoice.objects.filter(~Exists(review), balance_minor__gt=0, organization__blocked_at__isnull=True)
        .select_related("organization")
        .order_by("due_at", "id")
    )


def remind(*, now: datetime) -> int:
    """Remind of open invoices on the days of the rulebook, counted from the due date; late, only the last one due."""
    days = rulebook_at(now).dunning_days
    if not days:
        return 0
    near = open_invoices().filter(due_at__lte=now - timedelta(days=min(days)))
    said = 0
    for some in _batches(near.iterator(chunk_size=BATCH)):
        told = _told(some)
        for invoice in some:
            due = [day for day in days if invoice.due_at + timedelta(days=day) <= now]
            if not due or (f"invoice:{invoice.pk}", max(due)) in told:
                continue
            if max(due) <= 0 and invoice.issued_at + timedelta(days=1) > now:
                continue  # the invoice itself has only just said so
            _remind(invoice, max(due), now=now)
            said += 1
    return said


def settle_due(*, now: datetime) -> int:
    """Pay unpaid terms with what their customers have in hand: money that came in the very moment a term was billed
    sees no invoice, and the invoice no money. What waits for an order is left to that.
    """
    same = Q(organization=OuterRef("organization"), currency=OuterRef("currency"))
    in_hand = CustomerAccount.objects.filter(same, credit_minor__gt=0)
    spoken_for = Order.objects.filter(
        same, status__in=["prepared", "open"], payments__status=Payment.Status.CONFIRMED
    )
    owed = open_invoices().filter(
        Exists(in_hand), ~Exists(spoken_for), purpose=Invoice.Purpose.TERM, subscription__status__in=UNPAID
    )
    return _each(_settle, owed[:BATCH], now=now)


def suspend_due(*, now: datetime) -> int:
    """Stop covering what is unpaid beyond the grace."""
    late = open_invoices().filter(
        purpose=Invoice.Purpose.TERM,
        due_at__lte=now - timedelta(days=rulebook_at(now).grace_days),
        subscription__status=Subscription.Status.GRACE,
    )
    return _each(_suspend, late[:BATCH], now=now)


def give_up_due(*, now: datetime) -> int:
    """Void renewals nobody paid, by a credit note, and end what still waits for it."""
    lost = open_invoices().filter(
        purpose=Invoice.Purpose.TERM, due_at__lte=now - timedelta(days=rulebook_at(now).void_days)
    )
    return _each(_give_up, lost[:BATCH], now=now)


def _each(do: Callable[..., int], invoices: Iterable[Invoice], *, now: datetime) -> int:
    """Do it to each in a transaction of its own; one that fails keeps no other waiting, and is raised at the end."""
    done, failed = 0, None
    for invoice in invoices:
        try:
            done += do(invoice, now=now)
        except Exception as error:
            error.add_note(f"invoice {invoice.pk}")
            failed = failed or error
    if failed is not None:
        raise failed
    return done


@transaction.atomic
def _settle(invoice: Invoice, *, now: datetime) -> int:
    locked(invoice.subscription_id or 0)
    return int(settle(invoice, now=now) > 0)


@transaction.atomic
def _suspend(invoice: Invoice, *, now: datetime) -> int:
    subscription = locked(invoice.subscription_id or 0)
    if subscription is None or not Invoice.objects.filter(pk=invoice.pk, balance_minor__gt=0).exists():
        return 0
    return int(suspend(subscription, invoice, now=now))


@transaction.atomic
def _give_up(invoice: Invoice, *, now: datetime) -> int:
    subscription = locked(invoice.subscription_id or 0)
    hold_credit(invoice.organization, invoice.currency)  # no payment comes between
    fresh = Invoice.objects.select_related("organization").get(pk=invoice.pk)
    if fresh.balance_minor == 0:
        return 0
    if subscription is not None and subscription.status in UNPAID:
        end_now(subscription=subscription, now=now)
    net = _open_net(fresh)
    note = credit(
        invoice=fresh,
        reason=Credit.UNPAID,
        key=f"void:{fresh.pk}",
        net_minor=net,
        tax_minor=fresh.balance_minor - net,
        now=now,
    )
    record(
        Kind.INVOICE_VOIDED,
        subject=f"invoice:{fresh.pk}",
        organization=fresh.organization,
        now=now,
        code=fresh.code,
        credit_note=note.pk,
    )
    return 1


def _open_net(invoice: Invoice) -> int:
    """Of what is open, the part before tax: in the proportion of the whole, as far as earlier corrections left it."""
    left_net, left_tax = uncorrected(invoice)
    share = invoice.balance_minor * invoice.net_minor // invoice.total_minor
    return min(max(share, invoice.balance_minor - left_tax), left_net)


@transaction.atomic
def _remind(invoice: Invoice, day: int, *, now: datetime) -> None:
    record(
        Kind.INVOICE_REMINDER,
        subject=f"invoice:{invoice.pk}",
        organization=invoice.organization,
        now=now,
        code=invoice.code,
        days=day,
        balance=invoice.balance_minor,
        currency=invoice.currency,
    )


def _told(invoices: list[Invoice]) -> set[tuple[str, int]]:
    subjects = [f"invoice:{invoice.pk}" for invoice in invoices]
    events = Event.objects.filter(subject__in=subjects, kind=Kind.INVOICE_REMINDER.value)
    return {(subject, data["days"]) for subject, data in events.values_list("subject", "data")}


def _batches(rows: Iterable[Invoice]) -> Iterable[list[Invoice]]:
    batch: list[Invoice] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
