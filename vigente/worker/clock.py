"""THE list of what follows from time passing.

Each job does what is due at `now`, and is safe to run late, twice and on several machines. A job that fails is logged
and remembered (`models.JobRun`), and stops no other.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import DateTimeField, Q

from vigente.automation import follow_ups
from vigente.automation import running as automation
from vigente.billing.due import moving_subscriptions
from vigente.billing.models import RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import dunning, ledger, orders, reminders, terms
from vigente.billing.services.arrears import held_open
from vigente.billing.services.renewals import renew_ordinary
from vigente.billing.services.subscriptions import roll_over
from vigente.bulk import services as bulk
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.installation.prepared import Param, Prepared
from vigente.printing import press
from vigente.rules.periods import day_of, day_start
from vigente.tickets.models.trash import KEPT
from vigente.tickets.services import held, merging, promises, trash, work
from vigente.tickets.services.drafts import tidy_presence
from vigente.trials import services as trials
from vigente.webhooks import services as webhooks
from vigente.worker.models import JobRun
from vigente.worker.verification import verify

VERIFY_HOUR = timedelta(hours=3)  # after local midnight
NAMED_DIFFERENCES = 50
MANY = 20  # contracts due at once from which it pays to write them together
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`run(now=…)` returns how much it did. `every`: when a worker asks again. `long`: would keep others waiting."""

    run: Callable[..., int]
    every: timedelta = timedelta(0)
    long: bool = False

    @property
    def name(self) -> str:
        return self.run.__name__


def roll_over_subscriptions(*, now: datetime) -> int:
    """Open periods, renew, start and end what is due (rows 19, 20): the ordinary many at a time, then each of the rest
    in a transaction of its own.
    """
    done = 0
    due = _MOVING(now=now)
    if len(due) >= MANY:
        while moved := renew_ordinary(now=now):
            done += moved
        due = _MOVING(now=now)
    for pk in due:
        try:
            done += roll_over(subscription_id=pk, now=now)
        except Exception as error:
            log.error("roll-over failed", subscription=pk, exc_info=error)
    return done


_MOVING = Prepared(
    lambda: (
        moving_subscriptions()
        .filter(~held_open(Param("now", DateTimeField())), next_due_at__lte=Param("now", DateTimeField()))
        .order_by("next_due_at", "id")
        .values_list("pk", flat=True)[:500]
    )
)


def expire_grants(*, now: datetime) -> int:
    """Write the expiry of what was left (R2)."""
    return ledger.expire_due(now=now)


def settle_unpaid(*, now: datetime) -> int:
    """Pay unpaid terms with what their customers have in hand (row 25)."""
    return dunning.settle_due(now=now)


def suspend_unpaid(*, now: datetime) -> int:
    """Stop covering what is unpaid beyond the grace (row 25)."""
    return dunning.suspend_due(now=now)


def give_up_unpaid(*, now: datetime) -> int:
    """Void renewals nobody paid (row 25)."""
    return dunning.give_up_due(now=now)


def expire_orders(*, now: datetime) -> int:
    """Close orders nobody paid (row 25)."""
    return orders.expire_due(now=now)


def remind_of_invoices(*, now: datetime) -> int:
    """Payment reminders by schedule (row 25)."""
    return dunning.remind(now=now)


def announce_new_terms(*, now: datetime) -> int:
    """Tell who renews on new terms, in time (row 38)."""
    return terms.announce(now=now)


def expire_held_requests(*, now: datetime) -> int:
    """Close requests that waited too long (row 41)."""
    return held.expire_due(now=now)


def erase_held_texts(*, now: datetime) -> int:
    """Erase their texts after the retention time (row 41)."""
    return held.erase_due(now=now)


def close_split_questions(*, now: datetime) -> int:
    """Take silence about a split for a no (row 14)."""
    return merging.expire_splits(now=now)


def close_solved_cases(*, now: datetime) -> int:
    """Close what is solved and silent."""
    return work.close_silent(now=now)


def say_of_promises(*, now: datetime) -> int:
    """Promises near their deadline, promises broken: each said once."""
    return promises.say_all_due(now=now)


def run_timed_rules(*, now: datetime) -> int:
    """The team's own rules of automation that fell due."""
    return automation.run_timed(now=now)


def come_back_to_cases(*, now: datetime) -> int:
    """Follow-ups that are due."""
    return follow_ups.run_follow_ups(now=now)


def empty_trash(*, now: datetime) -> int:
    """Erase what lay in the trash for long."""
    return trash.empty_due(before=now - KEPT, now=now)


def remind_of_terms(*, now: datetime) -> int:
    """Renewals near, notice closing (rows 20, 21)."""
    return reminders.remind_of_terms(now=now)


def remind_of_expiring_cases(*, now: datetime) -> int:
    """Cases that will expire unused."""
    return reminders.remind_of_expiring_cases(now=now)


def remind_of_ending(*, now: datetime) -> int:
    """Earlier plans that are about to end (R11)."""
    return reminders.remind_of_ending(now=now)


def put_rulebook_in_force(*, now: datetime) -> int:
    """On the date of a new rulebook: how we work changes for all (row 43), and who waited may be covered."""
    version = RulebookVersion.objects.filter(effective_from__lte=now).first()
    if version is None or not _first_time(f"rulebook {version.pk}", now=now):
        return 0
    record(Kind.RULEBOOK_PUBLISHED, subject=f"rulebook:{version.pk}", now=now, in_force=True)
    return 1


def verify_nightly(*, now: datetime) -> int:
    """Recompute every stamp and balance once per local night; a difference is an event the owner sees."""
    zone = rulebook_at(now).billing_zone
    due = day_start(day_of(now - VERIFY_HOUR, zone), zone) + VERIFY_HOUR
    run, created = JobRun.objects.get_or_create(name="nightly verify", defaults={"last_at": now})
    late = Q(last_at__isnull=True) | Q(last_at__lt=due)
    if created or not JobRun.objects.filter(late, pk=run.pk).update(last_at=now):
        return 0
    found = list(islice(verify(now=now), 1000))
    if found and _clock_moved(now):
        JobRun.objects.filter(pk=run.pk).update(last_at=None)
        return 0
    if found:
        log.error("the books do not add up", differences=len(found), first=str(found[0]))
        said = [str(difference) for difference in found[:NAMED_DIFFERENCES]]
        record(Kind.VERIFY_FAILED, subject="verify", now=now, count=len(found), differences=said)
    elif Event.objects.filter(subject="verify").order_by("-id").values_list("kind", flat=True).first() == (
        Kind.VERIFY_FAILED.value
    ):
        record(Kind.VERIFY_PASSED, subject="verify", now=now)
    return 1


def _clock_moved(now: datetime) -> bool:
    """Whether things happened long after `now`: a demonstration's clock was moved while the books were read, and what
    was found is of no single moment. It is asked again.
    """
    return Event.objects.filter(occurred_at__gt=now + timedelta(hours=1)).exists()


def forget_old_sessions(*, now: datetime) -> int:
    """Delete sign-ins that have run out."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def forget_old_prints(*, now: datetime) -> int:
    """Remove printed documents that were kept for long; they can be printed again."""
    return press.forget_old(now=now)


def erase_old_deliveries(*, now: datetime) -> int:
    """Forget webhooks that were delivered, or given up, long ago."""
    return webhooks.erase_old(now=now)


def try_rules_out(*, now: datetime) -> int:
    """Run the trial of rules that has waited longest."""
    return trials.run_next(now=now)


def forget_old_trials(*, now: datetime) -> int:
    """Delete what was tried out long ago."""
    return trials.forget_old(now=now)


def forget_old_bulk_actions(*, now: datetime) -> int:
    """Delete the rows of what was done to many cases long ago."""
    return bulk.forget_old(now=now)


JOBS: list[Job] = [
    Job(roll_over_subscriptions),
    Job(expire_grants),
    Job(settle_unpaid),
    Job(suspend_unpaid),
    Job(give_up_unpaid),
    Job(expire_orders),
    Job(put_rulebook_in_force),
    Job(expire_held_requests),
    Job(close_split_questions),
    Job(say_of_promises),
    Job(close_solved_cases, every=timedelta(minutes=1)),
    Job(run_timed_rules, every=timedelta(minutes=1)),
    Job(come_back_to_cases),
    Job(erase_held_texts, every=timedelta(minutes=10)),
    Job(empty_trash, every=timedelta(minutes=10)),
    Job(remind_of_terms, every=timedelta(minutes=15)),
    Job(remind_of_expiring_cases, every=timedelta(minutes=15)),
    Job(remind_of_ending, every=timedelta(minutes=15)),
    Job(remind_of_invoices, every=timedelta(minutes=15)),
    Job(announce_new_terms, every=timedelta(minutes=15)),
    Job(forget_old_sessions, every=timedelta(hours=12)),
    Job(forget_old_prints, every=timedelta(hours=12)),
    Job(erase_old_deliveries, every=timedelta(minutes=10)),
    Job(forget_old_bulk_actions, every=timedelta(hours=12)),
    Job(forget_old_trials, every=timedelta(hours=12)),
    Job(tidy_presence, every=timedelta(hours=12)),
    Job(try_rules_out, long=True),
    Job(verify_nightly, every=timedelta(minutes=1), long=True),
]


def run_due(
    *, now: datetime, last: dict[str, datetime] | None = None, long: bool | None = None
) -> dict[str, int]:
    """Run the jobs; what each did. `last` is a worker's memory of when it ran each; without it all run.

    `long`: only those that are, or only those that are not.
    """
    done: dict[str, int] = {}
    for job in JOBS:
        if long not in (None, job.long):
            continue
        before = None if last is None else last.get(job.name)
        if before is not None and before <= now < before + job.every:
            continue
        done[job.name] = run(job, now=now)
        if last is not None:
            last[job.name] = now
    return done


def run(job: Job, *, now: datetime) -> int:
    """Run one job; a failure is logged and remembered, never raised."""
    try:
        done = job.run(now=now)
    except Exception as error:
        log.error("timed job failed", job=job.name, exc_info=error)
        _remember(job.name, "".join(traceback.format_exception(error))[-4000:], now=now)
        return 0
    if job.name in _failing:
        _remember(job.name, "", now=now)
    return done


_failing: set[str] = set()  # jobs that failed the last time this process ran them


def _remember(name: str, error: str, *, now: datetime) -> None:
    row, _ = JobRun.objects.get_or_create(name=name)
    row.last_at, row.last_error = now, error
    row.failures = row.failures + 1 if error else 0
    row.save()
    if error:
        _failing.add(name)
    else:
        _failing.discard(name)


def _first_time(name: str, *, now: datetime) -> bool:
    with transaction.atomic():
        return JobRun.objects.get_or_create(name=name, defaults={"last_at": now})[1]
