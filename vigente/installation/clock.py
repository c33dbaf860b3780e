"""The vendor's clock. Read in three places only: request middleware, worker loop, commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from math import ceil

from vigente.installation.labels import take
from vigente.installation.models import Installation

_of_request: ContextVar[datetime | None] = ContextVar("instant_of_request", default=None)


def vendor_now() -> datetime:
    """The present instant in UTC; on a demonstration database, moved by the offset `vigente clock` has set."""
    return vendor_standing()[0]


def vendor_standing() -> tuple[datetime, list[str]]:
    """`vendor_now`, and who needs a second step to sign in: what each request asks of the one row, in one query.
    The owner's words come along (`labels`)."""
    wanted = ("is_demo", "clock_offset_seconds", "second_factor_roles", "labels")
    row = Installation.objects.filter(id=1).values_list(*wanted).first()
    is_demo, offset, roles, words = row or (False, 0, [], {})
    take(words)
    return datetime.now(UTC) + timedelta(seconds=offset if is_demo else 0), roles


def instant() -> datetime:
    """The instant of the request under way, for what has no way to be given one; outside of requests, the present."""
    return _of_request.get() or vendor_now()


@contextmanager
def standing_at(now: datetime) -> Iterator[None]:
    """Within it, `instant` is `now`."""
    token = _of_request.set(now)
    try:
        yield
    finally:
        _of_request.reset(token)


def move_clock(*, to: datetime) -> None:
    """Set the vendor's clock to `to`, rounded up to a whole second of difference. On a demonstration database only."""
    seconds = ceil((to - datetime.now(UTC)).total_seconds())
    if not Installation.objects.filter(id=1, is_demo=True).update(clock_offset_seconds=seconds):
        raise ClockStands("only the clock of a demonstration database can be moved")


class ClockStands(Exception):
    """This installation's clock is the real one."""
