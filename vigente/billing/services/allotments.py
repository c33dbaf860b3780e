"""What a contract's time brings: its terms, the allotment of each period, where it stands. For the services beside."""

from datetime import datetime
from typing import Any

from vigente.accounts.models import User
from vigente.billing.models import Grant, LedgerEntry, MissedTerm, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.ledger import grant_cases
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.prepared import Locking, Param
from vigente.rules import subscriptions as rules
from vigente.rules.allotments import carried, period_cases
from vigente.rules.periods import Span, boundary
from vigente.rules.quota import Source

GRANT_SOURCE = {
    Subscription.Source.BOUGHT: Source.PERIOD,
    Subscription.Source.LEGACY: Source.LEGACY,
    Subscription.Source.INCLUDED: Source.LICENCE,
}


def start_term(subscription: Subscription, step: rules.StartTerm, *, now: datetime) -> None:
    """Say that a term began; one that is already over is listed for a person to decide instead (row 20)."""
    if step.index == 0:
        return
    span: dict[str, Any] = {
        "term": step.index,
        "start": step.span.start.isoformat(),
        "end": step.span.end.isoformat(),
    }
    if step.missed:
        MissedTerm.objects.get_or_create(
            subscription=subscription,
            number=step.index,
            defaults={"start": step.span.start, "end": step.span.end},
        )
        tell(Kind.SUBSCRIPTION_TERM_MISSED, subscription, now=now, **span)
    else:
        tell(Kind.SUBSCRIPTION_RENEWED, subscription, now=now, **span)


def open_period(subscription: Subscription, index: int, span: Span, *, now: datetime) -> None:
    """Grant the cases of one period, once (R2, row 19)."""
    end = span.end if subscription.ends_at is None else min(span.end, subscription.ends_at)
    if end <= span.start:
        return
    running = subscription.running()
    cases = period_cases(subscription.version.cases, running, index, Span(span.start, end))
    if cases is not None:
        cases += _rolled_over(subscription, index)
    _, created = grant_cases(
        key=f"period:{subscription.pk}:{index}",
        organization=subscription.organization,
        licence=subscription.licence,
        subscription=subscription,
        source=GRANT_SOURCE[Subscription.Source(subscription.source)],
        period=index,
        cases=cases,
        start=span.start,
        end=end,
        rank=subscription.version.rank,
        work=list(subscription.version.work),
        now=now,
    )
    if created:
        tell(Kind.SUBSCRIPTION_PERIOD_OPENED, subscription, now=now, period=index, cases=cases)


def _rolled_over(subscription: Subscription, index: int) -> int:
    """Unused cases carried from the period before, by the rulebook in force while it ran (rows 19, 43)."""
    if index == 0:
        return 0
    running = subscription.running()
    began = boundary(running.anchor, running.zone, index - 1, running.months)
    book = rulebook_at(began)
    if not book.rollover_max:
        return 0
    last = Grant.objects.filter(subscription=subscription, period=index - 1).first()
    if last is None or last.remaining is None:
        return 0
    unused = last.remaining
    if last.expired_at is not None:
        expiry = LedgerEntry.objects.filter(source=f"expiry:{last.pk}", kind=LedgerEntry.Kind.EXPIRY).first()
        unused = expiry.cases or 0 if expiry else 0
    return carried(unused, book)


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
