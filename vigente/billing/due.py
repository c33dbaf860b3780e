"""When something next falls due in the books: what the clock must not pass by."""

from datetime import datetime

from django.db.models import Min, QuerySet

from vigente.billing.models import Grant, RulebookVersion, Subscription

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
    return min((at for at in found if at is not None), default=None)
