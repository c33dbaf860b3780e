"""When something next falls due in the books: what the clock must not pass by."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from vigente.billing.models import Grant, Invoice, Order, RulebookVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at

STATES = (
    Subscription.Status.SCHEDULED,
    Subscription.Status.ACTIVE,
    Subscription.Status.GRACE,
    Subscription.Status.SUSPENDED,
)


def moving_subscriptions() -> QuerySet[Subscription]:
    """Contracts that time moves; those of a blocked organization stand still (row 40)."""
    return Subscription.objects.filter(status__in=STATES, organization__blocked_at__isnull=True)


def next_due(after: datetime) -> datetime | None:
    """The first instant after `after` at which a period, a grant or a rulebook begins or ends."""
    found = (
        moving_subscriptions().filter(next_due_at__gt=after).aggregate(at=Min("next_due_at"))["at"],
        Grant.objects.filter(expired_at__isnull=True, end__gt=after).aggregate(at=Min("end"))["at"],
        RulebookVersion.objects.filter(effective_from__gt=after).aggregate(at=Min("effective_from"))["at"],
    )
    return min((at for at in (*found, *_money_due(after)) if at is not None), default=None)


def _money_due(after: datetime) -> Iterator[datetime | None]:
    """When an open invoice is next reminded of, stops its cover or is given up, and an order runs out."""
    book = rulebook_at(after)
    owed = Invoice.objects.filter(balance_minor__gt=0, organization__blocked_at__isnull=True)
    for days in sorted({*book.dunning_days, book.grace_days, book.void_days}):
        step = timedelta(days=days)
        at = owed.filter(due_at__gt=after - step).aggregate(at=Min("due_at"))["at"]
        yield at + step if at is not None else None
    waiting = Order.objects.filter(status__in=["prepared", "open"], expires_at__gt=after)
    yield waiting.aggregate(at=Min("expires_at"))["at"]
