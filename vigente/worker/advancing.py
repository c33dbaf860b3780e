"""Living through time faster than it passes: from due instant to due instant, everything in the order it would happen.

For `vigente clock advance`, the demonstration's history and the simulation. The nightly verification is not repeated
for each night: the worker does it once the clock stands.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from vigente.billing import due as billing_due
from vigente.billing.models.rulebooks import rulebook_at
from vigente.installation.clock import move_clock
from vigente.mail.inbound import process_due
from vigente.mail.outbound import send_due
from vigente.rules.periods import day_of, day_start
from vigente.tickets import due as tickets_due
from vigente.worker import clock
from vigente.worker.drain import drain_all

NOT_WHILE_ADVANCING = {clock.verify_nightly, clock.forget_old_sessions}


class People(Protocol):
    """Who does something by themselves while time passes, as the demonstration's customers pay."""

    def next_at(self, *, after: datetime) -> datetime | None: ...
    def act(self, *, now: datetime) -> int: ...


def advance_to(
    target: datetime,
    *,
    now: datetime,
    progress: Callable[[datetime], None] | None = None,
    people: People | None = None,
) -> Counter[str]:
    """Move a demonstration's clock from `now` to `target` and do everything that falls due on the way, in order.

    `progress` is told each instant reached; `people` act at theirs. Stopped halfway, the clock stands there. Returns
    what was done, by job.
    """
    if target < now:
        raise ValueError("the clock goes forward only")

    def reached(instant: datetime) -> None:
        move_clock(to=instant)
        if progress:
            progress(instant)

    return live_through(now, target, reached=reached, people=people)


def live_through(
    start: datetime,
    end: datetime,
    *,
    reached: Callable[[datetime], None] | None = None,
    people: People | None = None,
) -> Counter[str]:
    """Do what falls due in `(start, end]`, at the instants at which it does. The clock itself is not touched."""
    done: Counter[str] = Counter()
    instant = start
    while instant < end:
        acting = people.next_at(after=instant) if people else None
        instant = next_instant(after=instant, until=end if acting is None else min(acting, end))
        if reached:
            reached(instant)
        done.update(settle(now=instant))
        if people and (acted := people.act(now=instant)):
            done["payments"] += acted
            done.update(settle(now=instant))
    return done


def settle(*, now: datetime) -> Counter[str]:
    """Everything due at `now`, until nothing more is, mail included."""
    done: Counter[str] = Counter()
    done["events"] += drain_all(now=now)
    while True:
        turn: Counter[str] = Counter()
        for job in clock.JOBS:
            if job.run not in NOT_WHILE_ADVANCING:
                turn[job.name] += clock.run(job, now=now)
        turn["events"] += drain_all(now=now)
        done.update(turn)
        if not any(turn.values()):
            break
    done["mail"] += process_due(now=now) + send_due(now=now)
    return done


def next_instant(*, after: datetime, until: datetime) -> datetime:
    """The next instant at which something falls due, at most a local day on (reminders are said within their day)."""
    zone = rulebook_at(after).billing_zone
    tomorrow = day_start(day_of(after, zone) + timedelta(days=1), zone)
    found = (billing_due.next_due(after), tickets_due.next_due(after))
    return min([until, tomorrow, *(at for at in found if at is not None)])
