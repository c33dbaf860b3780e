"""Where a contract stands: read it locked, write it without losing anybody's change, say what happened to it."""

from datetime import datetime
from typing import Any

from vigente.accounts.models import User
from vigente.billing.models import Subscription
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.prepared import Locking, Param
from vigente.rules import subscriptions as rules

RUNNING = (Subscription.Status.ACTIVE, Subscription.Status.GRACE, Subscription.Status.SUSPENDED)
UNPAID = (Subscription.Status.GRACE, Subscription.Status.SUSPENDED)


def save_course(subscription: Subscription, *, before: int | None = None) -> None:
    """Write where the contract stands. The UPDATE carries the count of periods it started from: a lost update
    cannot happen.
    """
    subscription.next_due_at = rules.next_due(subscription.running())
    changed = Subscription.objects.filter(
        pk=subscription.pk, periods_opened=subscription.periods_opened if before is None else before
    ).update(
        periods_opened=subscription.periods_opened,
        ends_at=subscription.ends_at,
        next_due_at=subscription.next_due_at,
        notice_given_at=subscription.notice_given_at,
        change_to=subscription.change_to,
    )
    if not changed:
        raise RuntimeError("another process moved this subscription at the same time; run it again")


def locked(pk: int) -> Subscription | None:
    """The row, locked where the database can; elsewhere the transaction already holds the only write lock."""
    return _LOCKED.first(subscription=pk)


_LOCKED = Locking(
    lambda: Subscription.objects.select_related(
        "version__plan", "organization", "licence", "change_to__plan"
    ).filter(pk=Param("subscription"))
)


def tell(
    kind: Kind, subscription: Subscription, *, now: datetime, actor: User | None = None, **data: Any
) -> None:
    """Record that `kind` happened to the contract."""
    record(
        kind,
        subject=f"subscription:{subscription.pk}",
        organization=subscription.organization,
        actor=actor,
        now=now,
        licence=subscription.licence_id,
        **data,
    )
