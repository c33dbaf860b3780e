"""Contracts through time: begin, renew, take notice, end (R2, R5, R11; rows 19–22, 24, 29, 31).

`roll_over` is the only code that moves a subscription with time; it asks `rules.subscriptions.advance` what is due
and writes it.
Safe to run late, twice and on several machines: periods have unique grants, and every UPDATE carries the state it
started from.
"""

from datetime import UTC, datetime

from django.db import IntegrityError, models, transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.allotments import open_period, start_term
from vigente.billing.services.arrears import is_held_open
from vigente.billing.services.course import RUNNING, UNPAID, locked, save_course, tell
from vigente.events.kinds import Kind
from vigente.rules import subscriptions as rules
from vigente.rules.periods import Span, period, period_index
from vigente.rules.refusal import RefusalCode, Refused

STATUS = Subscription.Status
SOURCE = Subscription.Source
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@transaction.atomic
def subscribe(
    *,
    organization: Organization,
    version: PlanVersion,
    now: datetime,
    licence: Licence | None = None,
    source: str = SOURCE.BOUGHT,
    anchor: datetime | None = None,
    ends_at: datetime | None = None,
    auto_renew: bool = True,
    activate: bool = True,
    billed: bool = False,
    coupon: str = "",
    actor: User | None = None,
) -> Subscription:
    """Contract a plan version for a licence, or for the whole organization (`licence` None).

    Begins at `anchor` (default now). `activate=False` leaves it waiting for a person's confirmation (row 25).
    `billed`: its terms are invoiced here (row 20). `ends_at` or `auto_renew=False` make it end by itself; a legacy
    contract always does (R11). Raises Refused, having written nothing.
    """
    starts = anchor or now
    if ends_at is not None and ends_at <= starts:
        raise Refused(RefusalCode.INVALID_VALUE, field="ends_on", value=ends_at.isoformat())
    span = Span(starts, ends_at if ends_at is not None and activate else FOR_EVER)
    _check_sale(organization, version, licence, source, span, now)
    _end_what_is_over(organization, licence, source, now=now)
    book = rulebook_at(now)
    subscription = Subscription(
        organization=organization,
        licence=licence,
        version=version,
        source=source,
        status=STATUS.AWAITING_PAYMENT
        if not activate
        else STATUS.SCHEDULED
        if starts > now
        else STATUS.ACTIVE,
        anchor=starts,
        time_zone=book.billing_zone,
        months=book.months.value,
        auto_renew=auto_renew and source != SOURCE.LEGACY and ends_at is None,
        created_at=now,
        ends_at=ends_at,
        is_billed=billed,
        coupon=coupon,
    )
    _set_natural_end(subscription)
    subscription.next_due_at = starts if activate else None
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError:
        raise Refused(RefusalCode.ALREADY_SUBSCRIBED) from None
    tell(Kind.SUBSCRIPTION_STARTED, subscription, now=now, actor=actor)
    if subscription.status == STATUS.ACTIVE:
        _begin(subscription, now=now, actor=actor)
    return subscription


@transaction.atomic
def activate(*, subscription: Subscription, now: datetime, actor: User | None = None) -> None:
    """Confirm a contract that waits: it runs from now (row 25: validity starts when confirmed)."""
    if Organization.objects.filter(pk=subscription.organization_id, blocked_at__isnull=False).exists():
        raise Refused(RefusalCode.BLOCKED)
    if subscription.ends_at is not None and subscription.ends_at <= now:
        raise Refused(RefusalCode.TOO_LATE, until=subscription.ends_at.isoformat())
    anchor = max(subscription.anchor, now)
    status = STATUS.SCHEDULED if anchor > now else STATUS.ACTIVE
    subscription.anchor = anchor
    _set_natural_end(subscription)
    changed = Subscription.objects.filter(pk=subscription.pk, status=STATUS.AWAITING_PAYMENT).update(
        status=status, anchor=anchor, ends_at=subscription.ends_at, next_due_at=anchor
    )
    if not changed:
        raise Refused(RefusalCode.WRONG_STATE, state=subscription.status)
    subscription.refresh_from_db()
    if status == STATUS.ACTIVE:
        _begin(subscription, now=now, actor=actor)


@transaction.atomic
def roll_over(*, subscription_id: int, now: datetime) -> int:
    """Do everything that has fallen due for one subscription by `now`; returns how many steps that was (R5, rows
    19, 20).
    """
    subscription = locked(subscription_id)
    if subscription is None or subscription.organization.is_blocked:
        return 0  # row 40: renewals stop; unblocking catches up
    if subscription.status == STATUS.SCHEDULED and subscription.anchor <= now:
        if subscription.source != SOURCE.LEGACY and _others(subscription).exists():
            return 0
        Subscription.objects.filter(pk=subscription.pk, status=STATUS.SCHEDULED).update(status=STATUS.ACTIVE)
        subscription.status = STATUS.ACTIVE
        _begin(subscription, now=now, actor=None)
        return 1
    if subscription.status not in RUNNING or is_held_open(subscription, now=now):
        return 0
    return _advance(subscription, now=now)


@transaction.atomic
def give_notice(*, subscription: Subscription, now: datetime, actor: User | None = None) -> rules.Notice:
    """Notice to cancel (R5, rows 21, 22): when it ends. What is granted stays usable until its own expiry."""
    return _end_by_notice(subscription, change_to=None, now=now, actor=actor)


@transaction.atomic
def change_plan(
    *, subscription: Subscription, version: PlanVersion, now: datetime, actor: User | None = None
) -> rules.Notice:
    """Change to another version at the end of the term, by the same notice rule (R4, R5)."""
    if version.plan.edition_id != subscription.version.plan.edition_id:
        raise Refused(RefusalCode.WRONG_EDITION)
    _check_sold(version, now)
    return _end_by_notice(subscription, change_to=version, now=now, actor=actor)


@transaction.atomic
def withdraw_notice(*, subscription: Subscription, now: datetime, actor: User | None = None) -> None:
    """Take a notice back while the contract still runs."""
    fresh = locked(subscription.pk)
    if fresh is None or fresh.status not in RUNNING or fresh.notice_given_at is None or not fresh.auto_renew:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status if fresh else None)
    if fresh.last_instant is not None and fresh.last_instant <= now:
        raise Refused(RefusalCode.TOO_LATE, until=fresh.last_instant.isoformat())
    _require_no_successor(fresh)
    fresh.ends_at = fresh.notice_given_at = fresh.change_to = None
    save_course(fresh)
    tell(Kind.SUBSCRIPTION_NOTICE_WITHDRAWN, fresh, now=now, actor=actor)
    subscription.refresh_from_db()


def notice_preview(*, subscription: Subscription, now: datetime) -> rules.Notice:
    """What a notice given now would do; writes nothing. The notice rule is the one in force when the running period
    began (row 43).
    """
    running = subscription.running()
    index = period_index(running.anchor, running.zone, max(now, running.anchor), running.months)
    began = period(running.anchor, running.zone, index, running.months).start
    return rules.give_notice(
        running,
        notice_days=rulebook_at(began).notice_days,
        now=now,
        bounced_at=subscription.notice_bounced_at,
    )


@transaction.atomic
def cancel_waiting(*, subscription: Subscription, now: datetime, actor: User | None = None) -> None:
    """Put away a contract that never began: its order was withdrawn, or nobody paid it."""
    waiting = Subscription.objects.filter(pk=subscription.pk, status=STATUS.AWAITING_PAYMENT)
    if waiting.update(status=STATUS.CANCELLED, ended_at=now, next_due_at=None):
        tell(Kind.SUBSCRIPTION_CANCELLED, subscription, now=now, actor=actor)
        subscription.refresh_from_db()


@transaction.atomic
def end_now(*, subscription: Subscription, now: datetime) -> None:
    """End a contract at once, before its term does: it was refunded or never paid (rows 25, 33)."""
    fresh = locked(subscription.pk)
    if fresh is not None and fresh.status in RUNNING:
        fresh.change_to = None
        Subscription.objects.filter(pk=fresh.pk).update(change_to=None)
        _end(fresh, now, now=now)
    subscription.refresh_from_db()


def sleep_included(*, licence: Licence, now: datetime) -> None:
    """Put the licence's included plan to sleep while a bought one runs (row 31). What it granted stays usable."""
    for subscription in Subscription.objects.filter(
        licence=licence, source=SOURCE.INCLUDED, status__in=RUNNING, asleep=False
    ):
        Subscription.objects.filter(pk=subscription.pk).update(asleep=True)
        tell(Kind.SUBSCRIPTION_SLEPT, subscription, now=now)


def wake_included(*, licence: Licence, now: datetime) -> None:
    """Let the included plan run again (row 31): at once, if its running period has no grant yet."""
    for subscription in Subscription.objects.select_related(
        "version__plan", "organization", "licence"
    ).filter(licence=licence, source=SOURCE.INCLUDED, status__in=RUNNING, asleep=True):
        _advance(subscription, now=now)
        Subscription.objects.filter(pk=subscription.pk).update(asleep=False)
        subscription.asleep = False
        index = subscription.periods_opened - 1
        running = subscription.running()
        if index >= 0:
            whole = period(running.anchor, running.zone, index, running.months)
            open_period(subscription, index, Span(max(whole.start, now), whole.end), now=now)
        tell(Kind.SUBSCRIPTION_WOKE, subscription, now=now)


def _check_sale(
    organization: Organization,
    version: PlanVersion,
    licence: Licence | None,
    source: str,
    span: Span,
    now: datetime,
) -> None:
    if organization.is_blocked:
        raise Refused(RefusalCode.BLOCKED)
    if licence is not None and licence.organization_id != organization.pk:
        raise Refused(RefusalCode.NOT_YOURS, field="licence")
    if licence is not None and licence.edition_id != version.plan.edition_id:
        raise Refused(RefusalCode.WRONG_EDITION, field="version")
    if source == SOURCE.LEGACY:
        return
    if source == SOURCE.BOUGHT:
        _check_sold(version, now)
    others = Subscription.objects.filter(
        organization=organization,
        licence=licence,
        source=source,
        status__in=[*RUNNING, STATUS.AWAITING_PAYMENT, STATUS.SCHEDULED],
    )
    if any(_overlap(span, other) for other in others):
        raise Refused(RefusalCode.ALREADY_SUBSCRIBED)


def _overlap(span: Span, other: Subscription) -> bool:
    """Whether a contract for `span` would run while another does; one not yet confirmed may begin at any time."""
    if other.status == STATUS.AWAITING_PAYMENT:
        return True
    return other.anchor < span.end and span.start < (other.ends_at or FOR_EVER)


def _end_what_is_over(
    organization: Organization, licence: Licence | None, source: str, *, now: datetime
) -> None:
    """A late clock must not stand in the way of who buys again the instant a contract ends."""
    over = Subscription.objects.filter(
        organization=organization, licence=licence, source=source, status__in=RUNNING, ends_at__lte=now
    )
    for pk in list(over.values_list("pk", flat=True)):
        roll_over(subscription_id=pk, now=now)


def _require_no_successor(subscription: Subscription) -> None:
    """Raise Refused when another contract already waits to follow this one: both would run, or one never begin."""
    to_come = Subscription.objects.filter(
        organization=subscription.organization_id,
        licence=subscription.licence_id,
        source=subscription.source,
        status=STATUS.SCHEDULED,
    )
    if to_come.exists():
        raise Refused(RefusalCode.ALREADY_SUBSCRIBED)


def _check_sold(version: PlanVersion, now: datetime) -> None:
    if version.sold_from > now or (version.sold_until is not None and version.sold_until <= now):
        raise Refused(RefusalCode.NOT_SOLD, field="version")


def _set_natural_end(subscription: Subscription) -> None:
    if not subscription.auto_renew and subscription.source != SOURCE.LEGACY and subscription.ends_at is None:
        subscription.ends_at = rules.current_term(subscription.running(), now=subscription.anchor).end


def _begin(subscription: Subscription, *, now: datetime, actor: User | None) -> None:
    if subscription.source == SOURCE.BOUGHT and subscription.licence is not None:
        sleep_included(licence=subscription.licence, now=now)
    _advance(subscription, now=now)
    tell(Kind.SUBSCRIPTION_ACTIVATED, subscription, now=now, actor=actor)


def _advance(subscription: Subscription, *, now: datetime) -> int:
    due = rules.advance(subscription.running(), now=now)
    before = subscription.periods_opened
    for step in due:
        if isinstance(step, rules.OpenPeriod):
            subscription.periods_opened = step.index + 1
            if not subscription.asleep:
                open_period(subscription, step.index, step.span, now=now)
        elif isinstance(step, rules.StartTerm):
            start_term(subscription, step, now=now)
    save_course(subscription, before=before)
    if due and isinstance(due[-1], rules.End):
        _end(subscription, due[-1].at, now=now)
    return len(due)


def _end(subscription: Subscription, at: datetime, *, now: datetime) -> None:
    """It is over at `at`. What it was to change to begins, but never over an unpaid term (row 25)."""
    unpaid = subscription.status in UNPAID
    changed = Subscription.objects.filter(pk=subscription.pk, status__in=RUNNING).update(
        status=STATUS.ENDED, ended_at=at, next_due_at=None
    )
    if not changed:
        return
    subscription.status, subscription.ended_at = STATUS.ENDED, at
    if subscription.change_to is not None and not unpaid:
        successor = Subscription.objects.create(
            organization=subscription.organization,
            licence=subscription.licence,
            version=subscription.change_to,
            source=subscription.source,
            status=STATUS.ACTIVE,
            anchor=at,
            time_zone=subscription.time_zone,
            months=subscription.months,
            auto_renew=True,
            is_billed=subscription.is_billed,
            coupon=subscription.coupon,
            created_at=now,
        )
        Subscription.objects.filter(pk=subscription.pk).update(status=STATUS.REPLACED, replaced_by=successor)
        tell(Kind.SUBSCRIPTION_REPLACED, subscription, now=now, by=successor.pk)
        _begin(successor, now=now, actor=None)
        return
    tell(Kind.SUBSCRIPTION_ENDED, subscription, now=now, at=at.isoformat())
    if subscription.source == SOURCE.BOUGHT and subscription.licence is not None:
        wake_included(licence=subscription.licence, now=now)


def _end_by_notice(
    subscription: Subscription, *, change_to: PlanVersion | None, now: datetime, actor: User | None
) -> rules.Notice:
    fresh = locked(subscription.pk)
    if fresh is None or fresh.status not in RUNNING or (fresh.last_instant or FOR_EVER) <= now:
        raise Refused(RefusalCode.NOT_ACTIVE)  # over, though a late clock may not have said so yet
    if change_to is not None:
        _require_no_successor(fresh)
    if fresh.source != SOURCE.BOUGHT or not fresh.auto_renew:
        raise Refused(RefusalCode.NO_NOTICE_HERE)
    if fresh.notice_given_at is not None and fresh.ends_at is not None:
        if change_to == fresh.change_to:
            return rules.Notice(fresh.ends_at, fresh.ends_at, on_time=True)
        effective = rules.Notice(fresh.ends_at, fresh.ends_at, on_time=True)
    else:
        _advance(fresh, now=now)  # a late clock must not let a notice count for a term that is already over
        effective = notice_preview(subscription=fresh, now=now)
    fresh.ends_at, fresh.change_to = effective.effective, change_to
    fresh.notice_given_at = fresh.notice_given_at or now
    save_course(fresh)
    tell(
        Kind.SUBSCRIPTION_NOTICE_GIVEN,
        fresh,
        now=now,
        actor=actor,
        effective=effective.effective.isoformat(),
        on_time=effective.on_time,
        change_to=change_to.pk if change_to else None,
    )
    subscription.refresh_from_db()
    return effective


def _others(subscription: Subscription) -> models.QuerySet[Subscription]:
    """Contracts in whose stead this one cannot run: of these the database takes one at a time."""
    return Subscription.objects.filter(
        organization=subscription.organization_id,
        licence=subscription.licence_id,
        source=subscription.source,
        status__in=[*RUNNING, STATUS.AWAITING_PAYMENT],
    ).exclude(pk=subscription.pk)
