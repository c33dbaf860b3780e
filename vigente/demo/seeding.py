"""Makes the demonstration: an invented vendor whose last months are lived through by the real services, in seconds.

One transaction: either the whole demonstration is there or nothing is. The books balance because nothing but the
services wrote them; `vigente verify` says so.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction

from vigente.demo import credentials
from vigente.demo.agenda import Agenda
from vigente.demo.casting import Casting
from vigente.demo.content.people import customers
from vigente.demo.journeys import open_company
from vigente.demo.money import Till, open_money
from vigente.demo.nights import Nights
from vigente.demo.stage import HISTORY, Stage, open_stage
from vigente.mail.models import OutboundMessage
from vigente.tickets.models import HeldRequest, Ticket, TicketNumber

FIRST_NUMBER = 3900  # the vendor had a help desk before
DELIVERED = timedelta(minutes=30)


class Progress(Protocol):
    """What of `rich.progress.Progress` is used."""

    def add_task(self, description: str, *, total: float | None) -> object: ...
    def update(self, task: object, *, completed: float) -> object: ...


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What was made."""

    organizations: int
    tickets: int
    held: int
    acts: int


def seed_demo(*, now: datetime, seed: int = 7, progress: Progress | None = None) -> DemoResult:
    """Fill an empty database with the demonstration as it stands at `now`. The same seed and instant tell the same."""
    with _without_collector(), transaction.atomic():
        stage = open_stage(now=now, seed=seed, password=credentials.password_for(seed))
        TicketNumber.objects.update_or_create(pk=1, defaults={"last": FIRST_NUMBER})
        open_money(stage)
        agenda, till = Agenda(), Till(stage)
        companies = [
            open_company(
                one,
                stage=stage,
                agenda=agenda,
                till=till,
                logins=credentials.logins_of(one.key, [person.email for person in one.people]),
            )
            for one in customers()
        ]
        nights = Nights(stage, till, _teller(stage, progress))
        Casting(stage, agenda, nights.follow).cast(companies)
        agenda.at(stage.begins, nights.follow)
        acts = agenda.run(until=now, pass_time=nights.pass_time)
        nights.follow(now)
        _deliver(now)
        credentials.store(stage, companies, now=now)
    return DemoResult(len(companies), Ticket.objects.count(), HeldRequest.objects.count(), acts)


def _teller(stage: Stage, progress: Progress | None) -> Callable[[datetime], None]:
    if progress is None:
        return lambda at: None
    task = progress.add_task("Living through nine months", total=HISTORY.days)

    def tell(at: datetime) -> None:
        progress.update(task, completed=(at - stage.begins).days)

    return tell


def _deliver(now: datetime) -> None:
    """Mail of the past was sent when it was written; only the last half hour's waits for the worker."""
    for mail in OutboundMessage.objects.filter(status="queued", created_at__lt=now - DELIVERED):
        mail.status, mail.attempts = OutboundMessage.Status.SENT, 1
        mail.sent_at = mail.created_at + timedelta(seconds=3 + mail.pk % 40)
        mail.save(update_fields=["status", "attempts", "sent_at"])


@contextmanager
def _without_collector() -> Iterator[None]:
    """Many short-lived rows and no cycles among them: collecting them is a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
