"""The worker: lanes that each read the clock once per turn, do what is due, and sleep until something may be.

Events and timed jobs share a lane. Whatever waits for other machines (fetching and sending mail), for a child process
(reading mail) or takes long (verification) has its own, so that a mail server that hangs delays nothing else.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections, connections

from vigente.billing.cards import offered
from vigente.billing.services import card_charges, cards
from vigente.bulk import services as bulk
from vigente.installation.clock import vendor_now
from vigente.mail import imap, inbound, outbound
from vigente.webhooks import sending
from vigente.worker import clock
from vigente.worker.drain import drain_events

PAUSE = 0.5  # seconds between turns when nothing was done
PAUSE_AFTER_FAILURE = 1.0
STOP_SECONDS = 3.0  # for the turns under way; what is cut off then is done again by whoever comes next
log = structlog.get_logger(__name__)


@dataclass
class Lane:
    """`turn(now=…)` returns how much it did; it is called again at once if that was something."""

    name: str
    turn: Callable[..., object]

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; the turn under way is finished first. A failure is logged and the next turn comes."""
        while not stop.is_set():
            try:
                done = self.turn(now=vendor_now())
            except Exception as error:
                log.error("worker turn failed", lane=self.name, exc_info=error)
                connections.close_all()  # perhaps the database went away: begin the next turn afresh
                stop.wait(PAUSE_AFTER_FAILURE)
                continue
            close_old_connections()
            stop.wait(0.01 if done else PAUSE)
        connections.close_all()


@dataclass
class EventsAndClock:
    """What happened and what time brings: events first, so that what is due now does not overtake what was."""

    last: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, *, now: datetime) -> int:
        done = drain_events(now=now)
        done += sum(clock.run_due(now=now, last=self.last, long=False).values())
        return done + drain_events(now=now)


@dataclass
class LongJobs:
    """Timed jobs that would keep the others waiting."""

    last: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, *, now: datetime) -> int:
        return sum(clock.run_due(now=now, last=self.last, long=True).values())


@dataclass
class CardJobs:
    """What the card processor is asked every few seconds: lost messages, cards to keep, renewals, refunds."""

    every: timedelta = timedelta(seconds=10)
    last: datetime | None = None

    def __call__(self, *, now: datetime) -> int:
        if not offered() or (self.last is not None and self.last <= now < self.last + self.every):
            return 0
        self.last = now
        for job in (cards.reconcile, cards.keep_cards, card_charges.charge_due, card_charges.send_refunds):
            try:
                job(now=now)
            except Exception as error:
                log.error("card job failed", job=job.__name__, exc_info=error)
        return 0


def lanes() -> Iterator[Lane]:
    """What a worker does, side by side."""
    yield Lane("events and clock", EventsAndClock())
    yield Lane("long jobs", LongJobs())
    yield Lane("many cases at once", bulk.run_due)
    yield Lane("mail in", inbound.process_due)
    yield Lane("mail out", outbound.send_due)
    yield Lane("mail fetch", imap.fetch_due)
    yield Lane("webhooks", sending.Sender())
    yield Lane("cards", CardJobs())


def run(stop: threading.Event) -> None:
    """Work until `stop` is set."""
    threads = [
        threading.Thread(target=lane.run, args=(stop,), name=lane.name, daemon=True) for lane in lanes()
    ]
    log.info("worker started", lanes=[thread.name for thread in threads])
    for thread in threads:
        thread.start()
    stop.wait()
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    log.info("worker stopped", unfinished=[thread.name for thread in threads if thread.is_alive()])
