"""Giving a term's money back for what was not used (row 33), and what a lost card dispute undoes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from vigente.accounts.models import User
from vigente.billing.models import Grant, Invoice, Payment, Subscription
from vigente.billing.services.course import RUNNING, locked, tell
from vigente.billing.services.invoices import credit, uncorrected
from vigente.billing.services.ledger import revoke_rest, revoke_share
from vigente.billing.services.money import ACCOUNT, credit_of, post, take_credit
from vigente.billing.services.payments import MONEY
from vigente.billing.services.subscriptions import end_now
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.invoicing import Label, LabelCode, Split, part_of
from vigente.rules.periods import Span
from vigente.rules.reasons import Credit, Release
from vigente.rules.refusal import RefusalCode, Refused

STATUS = Payment.Status


@dataclass(frozen=True, slots=True)
class Refund:
    """What a refund would give back, for so many `undrawn` of the term's `cases`; of a plan without limit, days.

    `parts`: of the term's invoice, and of those by which it was changed for a better plan.
    """

    cases: int
    undrawn: int
    by_days: bool
    parts: tuple[tuple[Invoice, Split], ...]

    @property
    def amount(self) -> Split:
        return Split(
            sum(part.net_minor for _, part in self.parts), sum(part.tax_minor for _, part in self.parts)
        )

    @property
    def total_minor(self) -> int:
        return self.amount.total_minor


def preview(*, invoice: Invoice, now: datetime) -> Refund:
    """What refunding the term of this invoice would give back now; writes nothing."""
    subscription = _require_a_term(invoice)
    span = subscription.running().term(invoice.term or 0)
    cases, undrawn, by_days = _used(subscription, span, now=now)
    paid = [invoice, *upgrades_in(subscription, span)] if cases else []
    parts = [(one, part_of(*uncorrected(one), part=undrawn, whole=cases)) for one in paid]
    return Refund(cases, undrawn, by_days, tuple((one, part) for one, part in parts if part.total_minor))


@transaction.atomic
def refund(*, invoice: Invoice, actor: User, now: datetime, note: str = "") -> Invoice:
    """Credit what was not drawn of a paid term, take back its grants, end the contract; once per invoice.

    The money becomes the customer's credit; sending it back is another step (`payments.pay_out`).
    """
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    before = Invoice.objects.filter(key=f"refund:{invoice.pk}").first()
    if before is not None:
        return before
    _require_a_term(invoice)
    subscription = _locked(invoice)
    span = subscription.running().term(invoice.term or 0)
    if invoice.balance_minor:
        raise Refused(RefusalCode.UNPAID)
    if not any(any(uncorrected(one)) for one in (invoice, *upgrades_in(subscription, span))):
        raise Refused(RefusalCode.ONCE_ONLY)
    list(
        _taken_back(subscription, now=now).select_for_update(no_key=True).values_list("pk")
    )  # nobody draws meanwhile
    given = preview(invoice=invoice, now=now)
    if given.total_minor == 0:
        raise Refused(RefusalCode.NOT_ENOUGH, units=given.cases, left=0)
    _take_back(subscription, reason=Release.REFUNDED, actor=actor, now=now)
    label = Label(
        LabelCode.REFUND,
        {"plan": subscription.version.plan.name, "undrawn": given.undrawn, "cases": given.cases},
    )
    credit_note, *_more = [
        credit(
            invoice=paid,
            net_minor=part.net_minor,
            tax_minor=part.tax_minor,
            label=label,
            reason=Credit.REFUND,
            key=f"refund:{paid.pk}",
            actor=actor,
            note=note,
            now=now,
        )
        for paid, part in given.parts
    ]
    tell(
        Kind.SUBSCRIPTION_REFUNDED,
        subscription,
        now=now,
        actor=actor,
        credit_note=credit_note.pk,
        cases=given.undrawn,
    )
    return credit_note


@transaction.atomic
def dispute(*, payment: Payment, now: datetime) -> None:
    """The card's holder disputes a charge: said to the owner, nothing else changes until it is decided."""
    if Payment.objects.filter(pk=payment.pk, status=STATUS.CONFIRMED).update(status=STATUS.DISPUTED):
        _tell(Kind.PAYMENT_DISPUTED, payment, now=now)
    payment.refresh_from_db()


@transaction.atomic
def win(*, payment: Payment, now: datetime) -> None:
    """The dispute was decided for the vendor: the payment stands."""
    Payment.objects.filter(pk=payment.pk, status=STATUS.DISPUTED).update(status=STATUS.CONFIRMED)
    payment.refresh_from_db()


@transaction.atomic
def reverse(*, payment: Payment, now: datetime, amount_minor: int | None = None, dispute: str = "") -> None:
    """The money is gone (a lost dispute): what it paid is credited, and its cases are taken back.

    `amount_minor`: only so much of it was disputed; then that much is credited, the contract runs on, and of what is
    in force and not drawn the same share is taken back. Once per `dispute`; without a name, all that is left of it. Of
    the money, first goes what the customer has in hand, then what was paid with it.
    """
    source = f"reverse:{payment.pk}:{dispute}" if dispute else f"reverse:{payment.pk}"
    given, payment = payment, Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    left = payment.amount_minor - payment.reversed_minor
    lost = left if amount_minor is None else min(amount_minor, left)
    reversible = payment.direction == Payment.Direction.IN and payment.status in (
        STATUS.CONFIRMED,
        STATUS.DISPUTED,
    )
    if not reversible or lost < 1 or payment.entries.filter(source=source).exists():
        return
    if whole := lost == left:
        payment.status, payment.decided_at = STATUS.REVERSED, now
    else:
        payment.status = STATUS.CONFIRMED  # the rest of it stands
    payment.save(update_fields=["status", "decided_at"])
    for invoice in _paid_by(payment):
        if whole:
            _undo(payment, invoice, now=now)
        else:
            _undo_part(payment, invoice, lost=lost, source=source, now=now)
    _give_up_money(payment, lost, source=source, now=now)
    _tell(Kind.PAYMENT_REVERSED, payment, now=now, amount=lost, partial=not whole)
    given.refresh_from_db()


def _undo(payment: Payment, invoice: Invoice, *, now: datetime) -> None:
    """All that an invoice stands for goes: its contract ends, its cases are taken back, what is left is credited."""
    if invoice.subscription is not None and invoice.purpose == Invoice.Purpose.TERM:
        subscription = _locked(invoice)
        if subscription.status in RUNNING and _is_running(subscription, invoice, now=now):
            _take_back(subscription, reason=Release.PAYMENT_LOST, actor=None, now=now)
    for order in invoice.orders.exclude(grant_id_given=None):
        assert order.grant_id_given is not None
        revoke_rest(
            grant_id=order.grant_id_given,
            source=f"reverse:{payment.pk}:{order.pk}",
            reason=Release.PAYMENT_LOST,
            actor=None,
            now=now,
        )
    if any(uncorrected(invoice)):
        credit(invoice=invoice, reason=Credit.DISPUTE_LOST, key=f"reverse:{payment.pk}:{invoice.pk}", now=now)


def _undo_part(payment: Payment, invoice: Invoice, *, lost: int, source: str, now: datetime) -> None:
    """Credit what was lost of a paid invoice, and take back that share of what it granted and is not drawn."""
    granted: list[int] = [pk for pk in invoice.orders.values_list("grant_id_given", flat=True) if pk]
    if invoice.subscription is not None and invoice.purpose == Invoice.Purpose.TERM:
        subscription = _locked(invoice)
        if subscription.status in RUNNING and _is_running(subscription, invoice, now=now):
            granted += _taken_back(subscription, now=now).values_list("pk", flat=True)
    for pk in granted:
        revoke_share(
            grant_id=pk,
            part=lost,
            whole=payment.amount_minor,
            source=f"{source}:{pk}",
            reason=Release.PAYMENT_LOST,
            now=now,
        )
    net, tax = uncorrected(invoice)
    if invoice.balance_minor or not net + tax:
        return  # what is still open of it stays owed
    part = part_of(net, tax, part=min(lost, net + tax), whole=net + tax)
    if part.total_minor:
        credit(
            invoice=invoice,
            net_minor=part.net_minor,
            tax_minor=part.tax_minor,
            reason=Credit.DISPUTE_LOST,
            key=f"{source}:{invoice.pk}",
            now=now,
        )


def _give_up_money(payment: Payment, lost: int, *, source: str, now: datetime) -> None:
    """The amount leaves the account it came to; what the customer has no longer in hand is the vendor's loss."""
    account = MONEY[payment.method]
    in_hand = min(credit_of(payment.organization, payment.currency), lost)
    if not take_credit(payment.organization, payment.currency, in_hand):
        raise RuntimeError("another process used this money at the same time; run it again")
    for debit, amount in ((ACCOUNT.CREDIT, in_hand), (ACCOUNT.REVENUE, lost - in_hand)):
        post(
            debit=debit,
            credit=account,
            amount_minor=amount,
            currency=payment.currency,
            organization=payment.organization,
            source=source,
            payment=payment,
            now=now,
        )


def _paid_by(payment: Payment) -> list[Invoice]:
    """What this payment was for: its invoice, or what its order became."""
    found = (payment.invoice_id, payment.order.invoice_id if payment.order else None)
    rows = Invoice.objects.select_related("subscription__version__plan", "organization")
    return list(rows.filter(pk__in=[pk for pk in found if pk is not None]).order_by("pk"))


def upgrades_in(subscription: Subscription, span: Span) -> QuerySet[Invoice]:
    """What was paid for changing to a better plan in the middle of this term (row 23)."""
    return subscription.invoices.filter(
        purpose=Invoice.Purpose.UPGRADE,
        corrects__isnull=True,
        balance_minor=0,
        issued_at__gte=span.start,
        issued_at__lt=span.end,
    ).order_by("pk")


def _used(subscription: Subscription, span: Span, *, now: datetime) -> tuple[int, int, bool]:
    """Cases of a term and how many were not drawn, those of periods to come among them; what expired was used up by
    time. Without limit: its days.
    """
    granted = subscription.version.cases
    if granted is None:
        zone = subscription.time_zone
        whole = span.days(zone)
        return whole, max(min(Span(max(now, span.start), span.end).days(zone), whole), 0), True
    opened = Grant.objects.filter(
        subscription=subscription, source=Grant.Source.PERIOD, start__gte=span.start, start__lt=span.end
    )
    cases = sum(grant.granted or 0 for grant in opened)
    left = sum(grant.remaining or 0 for grant in opened if grant.expired_at is None and grant.end > now)
    periods = subscription.running().interval.periods
    to_come = max(periods - opened.filter(period__isnull=False).count(), 0) if now < span.end else 0
    return cases + to_come * granted, left + to_come * granted, False


def _take_back(subscription: Subscription, *, reason: Release, actor: User | None, now: datetime) -> None:
    """End the contract, then take back what is left of what it granted."""
    end_now(subscription=subscription, now=now)
    for pk in list(_taken_back(subscription, now=now).values_list("pk", flat=True)):
        revoke_rest(grant_id=pk, source=f"revoke:{pk}", reason=reason, actor=actor, now=now)


def _taken_back(subscription: Subscription, *, now: datetime) -> QuerySet[Grant]:
    """What a contract granted that is not over."""
    return Grant.objects.filter(
        subscription=subscription, source=Grant.Source.PERIOD, expired_at__isnull=True, end__gt=now
    ).order_by("pk")


def _require_a_term(invoice: Invoice) -> Subscription:
    """The contract whose term an invoice is for; Refused for a pack's, a credit note and the like."""
    subscription = invoice.subscription
    if subscription is None or invoice.purpose != Invoice.Purpose.TERM or invoice.corrects_id is not None:
        raise Refused(RefusalCode.WRONG_STATE)
    return subscription


def _is_running(subscription: Subscription, invoice: Invoice, *, now: datetime) -> bool:
    return subscription.running().term(invoice.term or 0).contains(now)


def _locked(invoice: Invoice) -> Subscription:
    assert invoice.subscription_id is not None
    subscription = locked(invoice.subscription_id)
    assert subscription is not None
    invoice.refresh_from_db()
    return subscription


def _tell(kind: Kind, payment: Payment, *, now: datetime, amount: int | None = None, **data: Any) -> None:
    record(
        kind,
        subject=f"payment:{payment.pk}",
        organization=payment.organization,
        now=now,
        amount=payment.amount_minor if amount is None else amount,
        currency=payment.currency,
        **data,
    )
