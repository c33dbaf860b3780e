"""Deliveries to their endpoints: claimed by a conditional UPDATE with a lease, sent side by side, in no transaction.

A worker killed at any point leaves a lease that runs out; the same message goes out again under the same id. What is
not taken is tried again on the schedule of the Standard Webhooks specification. An endpoint at which nobody answers
rests, so that it delays nobody else; one that takes nothing for days, or says 410, is switched off and its owner told.
"""

import queue
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from vigente.webhooks import client
from vigente.webhooks.models import Attempt, Delivery, Endpoint
from vigente.webhooks.services import lock, switch_off
from vigente.webhooks.signing import headers

LEASE = timedelta(seconds=45)  # a try ends within 5 s of DNS and 15 s of all the rest
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2  # a pause is up to so much longer, so that what failed together does not come back together
GIVE_UP_AFTER = timedelta(days=3)  # an endpoint that takes nothing for so long is switched off
RESTS = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300, 900))
MOST = 16  # messages of one worker under way
PER_ENDPOINT = 4  # of them
PATIENCE = 1.0  # seconds a turn waits for answers; who takes longer is heard in a later turn
KEPT = 1000  # characters of an answer
Status = Delivery.Status
log = structlog.get_logger(__name__)


@dataclass
class Sender:
    """A worker's messages under way. Each turn sends what is due and notes the answers that came; one that is slow to
    answer holds up nobody else.
    """

    under_way: Counter[int] = field(default_factory=Counter)  # by endpoint
    answers: "queue.SimpleQueue[tuple[Delivery, client.Answer]]" = field(default_factory=queue.SimpleQueue)

    def __call__(self, *, now: datetime) -> int:
        """Returns how many tries were begun or noted. Nothing due: one query, no write."""
        begun = self.begin(now=now)
        return begun + self.note(now=now, patience=PATIENCE)

    def begin(self, *, now: datetime) -> int:
        """Claim what is due, as far as there is room, and send it. The threads touch no database and end with the
        process.
        """
        claimed = [mine for pk in _due(now, self.under_way) if (mine := _claim(pk, now=now)) is not None]
        for delivery in claimed:
            self.under_way[delivery.endpoint_id] += 1
            threading.Thread(target=self._send, args=(delivery, now), daemon=True, name="webhook").start()
        return len(claimed)

    def note(self, *, now: datetime, patience: float) -> int:
        """Note the answers that came, waiting for them at most so many seconds."""
        noted, until = 0, time.monotonic() + patience
        while self.under_way.total():
            try:
                delivery, answer = self.answers.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            self.under_way[delivery.endpoint_id] -= 1
            noted += _settle(delivery, answer, now=now)
        return noted

    def _send(self, delivery: Delivery, now: datetime) -> None:
        try:
            sent = request_headers(delivery, now=now)
            answer = client.post(delivery.endpoint.url, delivery.body.encode(), sent)
        except Exception as error:  # a fault of ours: it is tried again like any other
            log.error("webhook not sent", delivery=delivery.pk, exc_info=error)
            answer = client.Answer(error="internal")
        self.answers.put((delivery, answer))


def send_due(*, now: datetime) -> int:
    """Send some of what is due and wait for every answer; returns how many tries were made."""
    sender = Sender()
    begun = sender.begin(now=now)
    sender.note(now=now, patience=LEASE.total_seconds())
    return begun


def known_secrets(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """What signs at `now`: the secret, and beside it the one before while it is still good."""
    old = endpoint.old_secret_until is not None and now < endpoint.old_secret_until
    return [endpoint.secret, endpoint.old_secret] if old and endpoint.old_secret else [endpoint.secret]


def pause_before(attempt: int, *, asked: int = 0) -> timedelta:
    """How long to wait after this many tries; at least as long as the receiver asked for (seconds)."""
    pause = PAUSES[attempt - 1] * (1 + random.random() * JITTER)
    return max(pause, timedelta(seconds=asked))


def _due(now: datetime, under_way: Counter[int]) -> list[int]:
    """Some deliveries, a fair share of each endpoint that has any: a long backlog of one keeps no other waiting."""
    room = MOST - under_way.total()
    if room <= 0:
        return []
    awake = Q(rest_until__isnull=True) | Q(rest_until__lte=now)
    has_some = Exists(_waiting(now).filter(endpoint=OuterRef("pk")))
    endpoints = list(Endpoint.objects.filter(awake, has_some, is_active=True).values_list("pk", "rests"))
    random.shuffle(endpoints)
    share = max(1, min(PER_ENDPOINT, room // max(1, len(endpoints))))
    found: list[int] = []
    for pk, rests in endpoints[:room]:
        most = 1 if rests else share  # after a rest one knocks first
        first = (
            _waiting(now).filter(endpoint=pk).order_by("next_attempt_at", "id").values_list("pk", flat=True)
        )
        found += first[: max(0, min(most, (1 if rests else PER_ENDPOINT) - under_way[pk]))]
    return found


def _waiting(now: datetime) -> QuerySet[Delivery]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return Delivery.objects.filter(free, status=Status.PENDING, next_attempt_at__lte=now)


def _claim(pk: int, *, now: datetime) -> Delivery | None:
    """Ours until the lease runs out, or None: another worker has it. The lease's end is the mark of whose it is."""
    mine = now + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    if not _waiting(now).filter(pk=pk).update(claimed_until=mine, attempts=F("attempts") + 1):
        return None
    return Delivery.objects.select_related("endpoint").filter(pk=pk, claimed_until=mine).first()


def request_headers(delivery: Delivery, *, now: datetime) -> dict[str, str]:
    """What is sent besides Host and the length."""
    known = known_secrets(delivery.endpoint, now=now)
    signed = headers(known, message_id=delivery.message_id, body=delivery.body.encode(), now=now)
    return {"Content-Type": "application/json", "User-Agent": "Vigente-Webhooks/1", **signed}


def _settle(delivery: Delivery, answer: client.Answer, *, now: datetime) -> bool:
    """Note what came of a try, if the claim is still ours. Locks the endpoint first, as everything here does."""
    pause = None if answer.taken else _next_pause(delivery, answer)
    with transaction.atomic():
        lock(delivery.endpoint_id)
        held = Delivery.objects.filter(
            pk=delivery.pk, status=Status.PENDING, claimed_until=delivery.claimed_until
        )
        if not held.update(
            status=Status.DELIVERED if answer.taken else Status.PENDING if pause else Status.FAILED,
            next_attempt_at=now + (pause or timedelta()),
            finished_at=None if pause else now,
            claimed_until=None,
            last_at=now,
            last_code=answer.code,
            last_error=answer.error,
            last_response=answer.text[:KEPT],
        ):
            return False
        Attempt.objects.create(
            delivery_id=delivery.pk,
            at=now,
            milliseconds=answer.milliseconds,
            code=answer.code,
            error=answer.error,
            response=answer.text[:KEPT],
        )
        _judge(delivery.endpoint_id, answer, now=now)
    return True


def _next_pause(delivery: Delivery, answer: client.Answer) -> timedelta | None:
    """None: this was the last try."""
    if answer.code == 410 or delivery.attempts >= ATTEMPTS:
        return None
    return pause_before(delivery.attempts, asked=answer.retry_after)


def _judge(pk: int, answer: client.Answer, *, now: datetime) -> None:
    """What an answer says about the endpoint itself."""
    endpoint = Endpoint.objects.filter(pk=pk)
    if answer.answered:
        endpoint.filter(rests__gt=0).update(rests=0, rest_until=None)
    if answer.taken:
        endpoint.filter(failing_since__isnull=False).update(failing_since=None)
        return
    if answer.code == 410:
        switch_off(pk, Endpoint.Reason.GONE, now=now)
        return
    endpoint.filter(failing_since__isnull=True).update(failing_since=now)
    if endpoint.filter(failing_since__lte=now - GIVE_UP_AFTER).exists():
        switch_off(pk, Endpoint.Reason.FAILING, now=now)
    elif not answer.answered:
        rests = endpoint.values_list("rests", flat=True).first() or 0
        pause = RESTS[min(rests, len(RESTS) - 1)]
        awake = Q(rest_until__isnull=True) | Q(rest_until__lte=now)  # several failed together: one rest
        endpoint.filter(awake).update(rests=rests + 1, rest_until=now + pause)
