"""The worker: reads the clock once per turn, does what is due, sleeps until something may be. Only `stop` ends it."""

import threading
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

import structlog
from django.db import close_old_connections, connections

from vigente.installation.clock import vendor_now
from vigente.worker import clock
from vigente.worker.drain import drain_events

PAUSE = 0.5  # seconds between turns when nothing was done
PAUSE_AFTER_FAILURE = 1.0
MAIL = ("inbound.process_due", "outbound.send_due", "imap.fetch_due")
log = structlog.get_logger(__name__)


def run(stop: threading.Event) -> None:
    """Work until `stop` is set. The turn under way is finished first."""
    last: dict[str, datetime] = {}
    sweeps = mail_sweeps()
    log.info("worker started", sweeps=[sweep.__module__ for sweep in sweeps])
    while not stop.is_set():
        try:
            done = turn(now=vendor_now(), last=last, sweeps=sweeps)
        except Exception as error:
            log.error("worker turn failed", exc_info=error)
            connections.close_all()  # perhaps the database went away: begin the next turn afresh
            stop.wait(PAUSE_AFTER_FAILURE)
            continue
        close_old_connections()
        stop.wait(0.02 if done else PAUSE)
    connections.close_all()
    log.info("worker stopped")


def turn(*, now: datetime, last: dict[str, datetime], sweeps: tuple[Callable[..., object], ...]) -> int:
    """One turn: events, jobs, what follows from them, mail. Returns how much was done."""
    done = drain_events(now=now)
    done += sum(clock.run_due(now=now, last=last).values())
    done += drain_events(now=now)
    for sweep in sweeps:
        try:
            done += int(sweep(now=now) or 0)  # type: ignore[call-overload]
        except Exception as error:
            log.error("mail sweep failed", sweep=f"{sweep.__module__}.{sweep.__name__}", exc_info=error)
    return done


def mail_sweeps() -> tuple[Callable[..., object], ...]:
    """The mail jobs that this installation has."""
    found = []
    for name in MAIL:
        module, _, function = name.rpartition(".")
        if find_spec(f"vigente.mail.{module}") is not None:
            found.append(getattr(import_module(f"vigente.mail.{module}"), function))
    return tuple(found)
