"""Everything that is stored and can be recomputed, recomputed. Reads only; memory stays flat."""

from collections.abc import Iterator
from datetime import datetime

from vigente.billing.verification import Difference, verify_books
from vigente.tickets.verification import verify_cases, verify_held

__all__ = ["Difference", "verify"]


def verify(*, now: datetime) -> Iterator[Difference]:
    """Each difference between what is stored and what follows from entries and events, found one by one."""
    yield from verify_books(now=now)
    yield from verify_cases(now=now)
    yield from verify_held(now=now)
