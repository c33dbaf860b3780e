"""Events to their consumers: claimed in batches, retried with a growing pause, given up visibly.

Invariants: an event is marked dispatched only after every consumer has returned; a worker killed in between leaves a
lease that runs out, and the event is tried again: each consumer must be safe to repeat. One that fails stops no other
consumer and no other event. After `ATTEMPTS` the event is left with its error for a person: verification names it.
"""

import secrets
import traceback
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from vigente.events.models import Event
from vigente.events.queries import ATTEMPTS
from vigente.worker.consumers import CONSUMERS, Consumer

LEASE = timedelta(seconds=45)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 6 * 3600))
assert len(PAUSES) == ATTEMPTS - 1
BATCH = 100  # short beside the lease: what follows from one event takes milliseconds
log = structlog.get_logger(__name__)


def drain_events(*, now: datetime, limit: int = BATCH, consumers: tuple[Consumer, ...] | None = None) -> int:
    """Dispatch up to `limit` waiting events, oldest first; returns how many were. None waiting: one query, no write."""
    consumers = CONSUMERS if consumers is None else consumers
    waiting = list(_waiting(now).select_related("organization", "actor").order_by("id")[:limit])
    consumers = tuple(
        consumer for consumer in consumers if waiting and consumer.wanted()
    )  # after they were read
    followed = frozenset().union(*(consumer.kinds for consumer in consumers))
    done = [event.pk for event in waiting if event.kind not in followed]
    for event in claim([event for event in waiting if event.kind in followed], now=now):
        errors = [
            error
            for consumer in consumers
            if event.kind in consumer.kinds
            if (error := _run(consumer, event, now=now))
        ]
        if errors:
            _put_off(event, "\n".join(errors), now=now)
        else:
            done.append(event.pk)
    if done:
        Event.objects.filter(pk__in=done).update(dispatched_at=now, claimed_until=None, last_error="")
    return len(done)


def drain_all(*, now: datetime, consumers: tuple[Consumer, ...] | None = None) -> int:
    """Dispatch until nothing waits, what follows from what follows included."""
    total = 0
    while drained := drain_events(now=now, consumers=consumers):
        total += drained
    return total


def claim(events: list[Event], *, now: datetime) -> list[Event]:
    """Those of `events` that no other worker has, now ours until the lease runs out.

    One conditional UPDATE; which rows it hit is known by the end of the lease, which differs from any other worker's.
    """
    if not events:
        return []
    mine = now + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    free = _waiting(now).filter(pk__in=[event.pk for event in events])
    claimed = free.update(claimed_until=mine, attempts=F("attempts") + 1)
    if claimed < len(events):
        ours = set(Event.objects.filter(claimed_until=mine).values_list("pk", flat=True))
        events = [event for event in events if event.pk in ours]
    for event in events:
        event.attempts += 1
    return events


def revive(event: Event) -> None:
    """Let a dead letter be tried anew."""
    Event.objects.filter(pk=event.pk, dispatched_at__isnull=True).update(attempts=0, claimed_until=None)


def _waiting(now: datetime) -> QuerySet[Event]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return Event.objects.filter(free, dispatched_at__isnull=True, attempts__lt=ATTEMPTS)


def _run(consumer: Consumer, event: Event, *, now: datetime) -> str | None:
    """The error, if it failed. Its writes are then taken back, all of them."""
    try:
        with transaction.atomic():
            consumer.run(event, now=now)
    except Exception as error:
        log.warning(
            "consumer failed", consumer=consumer.name, event_id=event.pk, kind=event.kind, exc_info=error
        )
        return f"{consumer.name}: {''.join(traceback.format_exception(error))[-2000:]}"
    return None


def _put_off(event: Event, error: str, *, now: datetime) -> None:
    dead = event.attempts >= ATTEMPTS
    pause = timedelta() if dead else PAUSES[event.attempts - 1]
    Event.objects.filter(pk=event.pk).update(claimed_until=now + pause, last_error=error)
    if dead:
        log.error("event given up", event_id=event.pk, kind=event.kind, subject=event.subject)
