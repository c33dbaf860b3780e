"""What customers are told in time: a renewal is near, the time for notice ends, cases expire (rows 20, 21).

Each is an event, recorded once per term or grant however often the clock asks; mail follows from the event.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vigente.billing.models import Grant, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.rules.periods import Interval, day_of, term, term_of_period
from vigente.rules.rulebook import Rulebook
from vigente.rules.subscriptions import notice_cut_off

RUNNING = (Subscription.Status.ACTIVE, Subscription.Status.GRACE)
ENDING_DAYS = (30, 7)  # before an earlier plan ends
REMEMBERED = timedelta(days=100)  # longer than any reminder comes before what it reminds of


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to say at `due` about `subject`; `mark` tells its terms apart."""

    due: datetime
    kind: Kind
    subject: str
    mark: str


def remind_of_terms(*, now: datetime) -> int:
    """Tell the people of renewing contracts that a renewal is near, and until when a notice counts."""
    book = rulebook_at(now)
    contracts = Subscription.objects.filter(
        status__in=RUNNING,
        source=Subscription.Source.BOUGHT,
        auto_renew=True,
        ends_at__isnull=True,
        organization__blocked_at__isnull=True,
    ).select_related("version__plan", "organization")
    soon = now + timedelta(days=max(book.renewal_mail_days, book.notice_days + book.notice_mail_days))
    contracts = contracts.filter(Q(next_due_at__lte=soon) | Q(version__plan__interval=Interval.YEAR.value))
    said = 0
    for some in _batches(contracts.order_by("id").iterator(chunk_size=500)):
        due = [(one, item) for one in some for item in reminders_of(one, book, now=now) if item.due <= now]
        told = _told({item.subject for _, item in due}, now=now)
        for subscription, item in due:
            if (item.subject, item.kind.value, item.mark) not in told:
                _say(subscription, item, book, now=now)
                said += 1
    return said


def reminders_of(subscription: Subscription, book: Rulebook, *, now: datetime) -> Iterator[Reminder]:
    """The reminders of the running term. The one about the renewal names the cut-off: on one day there is one."""
    running, end = subscription.running(), term_end(subscription)
    if end <= now:
        return  # the clock is late: first the renewal, then what is said about the next one
    yearly = running.interval is Interval.YEAR
    cut_off = notice_cut_off(end, zone=running.zone, notice_days=book.notice_days)
    before = book.notice_mail_days_annual if yearly else book.notice_mail_days
    near, closing = end - timedelta(days=book.renewal_mail_days), cut_off - timedelta(days=before)
    subject, mark = f"subscription:{subscription.pk}", end.isoformat()
    yield Reminder(near, Kind.SUBSCRIPTION_RENEWAL_NEAR, subject, mark)
    same_day = day_of(near, running.zone) == day_of(closing, running.zone)
    if closing < cut_off and now < cut_off and not same_day:
        yield Reminder(closing, Kind.SUBSCRIPTION_NOTICE_CLOSING, subject, mark)


def term_end(subscription: Subscription) -> datetime:
    """The end of the latest term that has begun. Needs `version__plan` loaded."""
    running = subscription.running()
    number = term_of_period(max(running.periods_opened - 1, 0), running.interval)
    return term(running.anchor, running.zone, number, running.interval, running.months).end


def remind_of_expiring_cases(*, now: datetime) -> int:
    """Tell the people of an organization that cases they have not used expire soon (R2)."""
    soon = now + timedelta(days=rulebook_at(now).expiring_mail_days)
    grants = Grant.objects.filter(
        end__gt=now, end__lte=soon, start__lte=now, remaining__gt=0, expired_at__isnull=True
    ).select_related("organization")
    said = 0
    for some in _batches(grants.order_by("end", "id").iterator(chunk_size=500)):
        told = _told({f"grant:{grant.pk}" for grant in some}, now=now)
        for grant in some:
            if (f"grant:{grant.pk}", Kind.SUBSCRIPTION_CASES_EXPIRING.value, None) in told:
                continue
            record(
                Kind.SUBSCRIPTION_CASES_EXPIRING,
                subject=f"grant:{grant.pk}",
                organization=grant.organization,
                now=now,
                grant=grant.pk,
                left=grant.remaining,
                until=grant.end.isoformat(),
                licence=grant.licence_id,
            )
            said += 1
    return said


def remind_of_ending(*, now: datetime) -> int:
    """Tell the people of a plan from before that it is about to end, a month and a week ahead (R11)."""
    first, said = max(ENDING_DAYS), 0
    contracts = Subscription.objects.filter(
        status__in=RUNNING,
        source=Subscription.Source.LEGACY,
        ends_at__gt=now,
        ends_at__lte=now + timedelta(days=first),
        organization__blocked_at__isnull=True,
    ).select_related("organization")
    for some in _batches(contracts.order_by("ends_at", "id").iterator(chunk_size=500)):
        told = _told({f"subscription:{one.pk}" for one in some}, now=now)
        for one in some:
            assert one.ends_at is not None
            ahead = min(days for days in ENDING_DAYS if one.ends_at <= now + timedelta(days=days))
            mark = f"{one.ends_at.isoformat()} {ahead}"
            if (f"subscription:{one.pk}", Kind.SUBSCRIPTION_ENDING.value, mark) in told:
                continue
            record(
                Kind.SUBSCRIPTION_ENDING,
                subject=f"subscription:{one.pk}",
                organization=one.organization,
                now=now,
                at=one.ends_at.isoformat(),
                mark=mark,
                days=ahead,
                licence=one.licence_id,
            )
            said += 1
    return said


def say_last_case(event: Event, *, now: datetime) -> bool:
    """Record that a case was the last one in hand, once per grant that paid it. `event`: that the case was accepted."""
    decision = event.data.get("decision") or {}
    grant = decision.get("grant")
    if grant is None or decision.get("left") != 0:
        return False
    if Grant.objects.filter(pk=grant, remaining__gt=0).exists():
        return False  # more is there, and covers again once the term is paid (row 25)
    subject = f"grant:{grant}"
    if Event.objects.filter(subject=subject, kind=Kind.SUBSCRIPTION_LAST_CASE.value).exists():
        return False
    record(
        Kind.SUBSCRIPTION_LAST_CASE,
        subject=subject,
        organization_id=event.organization_id,
        now=now,
        grant=grant,
    )
    return True


@transaction.atomic
def _say(subscription: Subscription, item: Reminder, book: Rulebook, *, now: datetime) -> None:
    end = term_end(subscription)
    Subscription.objects.filter(pk=subscription.pk).update(notice_bounced_at=None)  # warned anew (row 21)
    record(
        item.kind,
        subject=item.subject,
        organization=subscription.organization,
        now=now,
        at=item.mark,
        cut_off=notice_cut_off(end, zone=subscription.time_zone, notice_days=book.notice_days).isoformat(),
        licence=subscription.licence_id,
    )


def _told(subjects: set[str], *, now: datetime) -> set[tuple[str, str, str | None]]:
    """What was said lately about these: (subject, kind, mark)."""
    kinds = (
        Kind.SUBSCRIPTION_RENEWAL_NEAR,
        Kind.SUBSCRIPTION_NOTICE_CLOSING,
        Kind.SUBSCRIPTION_CASES_EXPIRING,
        Kind.SUBSCRIPTION_ENDING,
    )
    events = Event.objects.filter(subject__in=subjects, kind__in=kinds, occurred_at__gt=now - REMEMBERED)
    return {
        (subject, kind, data.get("mark") or data.get("at"))
        for subject, kind, data in events.values_list("subject", "kind", "data")
    }


def _batches(rows: Iterable, size: int = 500) -> Iterator[list]:  # type: ignore[type-arg]
    batch: list = []  # type: ignore[type-arg]
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
