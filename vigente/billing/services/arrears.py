"""A contract whose running term is unpaid: it covers a little for a while, then nothing, and all again once it is paid.

Row 25. The limit lies on the grants themselves (`draw_limit`), so no race gets past it. Nothing is deleted; the dates
never move. An unpaid term is the last, unless money sent before its end is still being looked for.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable

from vigente.billing.models import Grant, Invoice, Payment, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.course import UNPAID, locked, tell
from vigente.events.kinds import Kind
from vigente.rules import subscriptions as rules

STATUS = Subscription.Status


def enter_grace(subscription: Subscription, invoice: Invoice, *, until: datetime, now: datetime) -> None:
    """Its new term is unpaid: from now on only so much, and no renewal over it (`until`: the term's end)."""
    subscription.status, subscription.unpaid_until = STATUS.GRACE, until
    Subscription.objects.filter(pk=subscription.pk).update(status=STATUS.GRACE, unpaid_until=until)
    limit_draws(subscription, draw_limit(subscription, now=now), now=now)
    tell(Kind.SUBSCRIPTION_GRACE, subscription, now=now, invoice=invoice.pk, until=until.isoformat())


def draw_limit(subscription: Subscription, *, now: datetime) -> int | None:
    """How many cases of an allotment may be drawn as things stand; None: all of them."""
    if subscription.status == STATUS.SUSPENDED:
        return 0
    return rulebook_at(now).grace_cases if subscription.status == STATUS.GRACE else None


def limit_draws(subscription: Subscription, limit: int | None, *, now: datetime) -> None:
    """Put the limit on what the plan itself granted and is not over, or take it off; packs are paid for apart."""
    granted = Grant.objects.filter(
        subscription=subscription, source=Grant.Source.PERIOD, expired_at__isnull=True
    )
    (granted if limit is None else granted.filter(end__gt=now)).update(draw_limit=limit)


def suspend(subscription: Subscription, invoice: Invoice, *, now: datetime) -> bool:
    """The grace is over: it covers nothing until it is paid. False if somebody was faster."""
    if not Subscription.objects.filter(pk=subscription.pk, status=STATUS.GRACE).update(
        status=STATUS.SUSPENDED
    ):
        return False
    subscription.status = STATUS.SUSPENDED
    limit_draws(subscription, 0, now=now)
    tell(Kind.SUBSCRIPTION_SUSPENDED, subscription, now=now, invoice=invoice.pk)
    return True


def held_open(now: datetime | Combinable) -> Q:
    """Contracts whose unpaid term is over but which do not end yet: a transfer that was sent before waits for staff,
    or is being confirmed at `now` (row 25: under review nothing is held against the customer).
    """
    sent = Payment.objects.filter(
        Q(status=Payment.Status.REVIEW) | Q(status=Payment.Status.CONFIRMED, decided_at=now),
        organization=OuterRef("organization"),
        method=Payment.Method.TRANSFER,
        created_at__lt=OuterRef("unpaid_until"),
    )
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now) | Q(change_to__isnull=False)
    return lasting & Q(Exists(sent), status__in=UNPAID, unpaid_until__lte=now)


def is_held_open(subscription: Subscription, *, now: datetime) -> bool:
    """Whether `held_open` speaks of this contract; asks only if it could."""
    if subscription.unpaid_until is None or subscription.unpaid_until > now:
        return False
    return Subscription.objects.filter(held_open(now), pk=subscription.pk).exists()


def reinstate(subscription_id: int, *, now: datetime) -> bool:
    """What was open is paid: it covers again, with the same dates. Nothing if its term is over meanwhile."""
    subscription = locked(subscription_id)
    if subscription is None or subscription.status not in UNPAID or subscription.unpaid_until is None:
        return False
    if subscription.unpaid_until <= now and not is_held_open(subscription, now=now):
        return False
    still_open = Q(subscription=subscription_id, purpose=Invoice.Purpose.TERM, balance_minor__gt=0)
    if Invoice.objects.filter(still_open).exists():
        return False
    subscription.status, subscription.unpaid_until = STATUS.ACTIVE, None
    subscription.next_due_at = rules.next_due(subscription.running())
    Subscription.objects.filter(pk=subscription.pk).update(
        status=STATUS.ACTIVE, unpaid_until=None, next_due_at=subscription.next_due_at
    )
    limit_draws(subscription, None, now=now)
    tell(Kind.SUBSCRIPTION_REINSTATED, subscription, now=now)
    return True
