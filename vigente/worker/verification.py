"""Everything that is stored and can be recomputed, recomputed. Reads only; memory stays flat."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from vigente.billing.money_verification import verify_money
from vigente.billing.verification import Difference, verify_books
from vigente.events.queries import dead_letters
from vigente.tickets.verification import verify_cases, verify_held

__all__ = ["Difference", "verify"]
SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def verify(*, now: datetime) -> Iterator[Difference]:
    """Each difference between what is stored and what follows from entries and events, found one by one.

    Seen as of one moment: what others write meanwhile neither disturbs it nor waits for it.
    """
    with _snapshot():
        yield from verify_books(now=now)
        yield from verify_money(now=now)
        yield from verify_cases(now=now)
        yield from verify_held(now=now)
        yield from verify_events()


def verify_events() -> Iterator[Difference]:
    """Events whose consequences never came: a mail not written, a request not let in."""
    for event in dead_letters().iterator():
        last_line = event.last_error.strip().rpartition("\n")[2]
        yield Difference(
            f"event:{event.pk}", f"{event.kind} of {event.subject}", f"given up ({last_line})", "done"
        )


@contextmanager
def _snapshot() -> Iterator[None]:
    """A read-only view of one moment. Django's own transactions would take SQLite's write lock."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT[connection.vendor])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
