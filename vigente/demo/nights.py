"""What happens by itself while the story runs: the clock's own jobs every local midnight, and what follows from events.

Mail of the past is not written, but for the last days, so that the mail log reads like any other day's.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from vigente.demo.money import Till
from vigente.demo.stage import Stage
from vigente.events.models import Event
from vigente.installation.prepared import Prepared
from vigente.rules.periods import day_of, day_start
from vigente.worker import clock
from vigente.worker.consumers import CONSUMERS, Consumer
from vigente.worker.drain import drain_all

MAILED = timedelta(days=2)
REMINDED = timedelta(days=35)  # before that, nobody would read what was said about a term long over
FOLLOWERS = tuple(one for one in CONSUMERS if not one.run.__module__.startswith("vigente.mail"))
FOLLOWED = frozenset().union(*(one.kinds for one in FOLLOWERS))
NIGHTLY = (
    clock.roll_over_subscriptions,
    clock.expire_grants,
    clock.settle_unpaid,
    clock.suspend_unpaid,
    clock.give_up_unpaid,
    clock.expire_orders,
    clock.expire_held_requests,
    clock.close_solved_cases,
)
REMINDERS = (clock.remind_of_terms, clock.remind_of_expiring_cases, clock.remind_of_invoices)


class Nights:
    """Passes time between acts. `tell` is told each midnight reached."""

    def __init__(self, stage: Stage, till: Till, tell: Callable[[datetime], None]) -> None:
        self.stage, self.till, self.tell = stage, till, tell

    def pass_time(self, before: datetime, now: datetime) -> None:
        """Live through every local midnight in `(before, now]`, and let customers pay what they owe."""
        if before == self.stage.begins:
            clock.put_rulebook_in_force(now=before)
        if before > self.stage.now - MAILED:
            self.follow(before)  # mail says what was true when it was written
        midnight = self._next_midnight(before)
        while True:
            self._pay(until=min(midnight, now))
            if midnight > now:
                return
            for job in NIGHTLY:
                job(now=midnight)
            if midnight > self.stage.now - REMINDED:
                for job in REMINDERS:
                    job(now=midnight)
            self.till.look(midnight)
            self.follow(midnight)
            self.tell(midnight)
            midnight = self._next_midnight(midnight)

    def _pay(self, *, until: datetime) -> None:
        while (at := self.till.next_at()) is not None and at <= until:
            self.till.take()
            self.follow(at)

    def follow(self, now: datetime) -> None:
        """What follows from the events so far; mail only for what is recent."""
        if now > self.stage.now - MAILED:
            self._forget(Event.objects.filter(occurred_at__lte=self.stage.now - MAILED), now)
            drain_all(now=now)
            return
        while waiting := _WAITING():
            self._forget(Event.objects.filter(pk__in=[event.pk for event in waiting]), now)
            for event in waiting:
                for consumer in _followers(event):
                    consumer.run(event, now=now)

    def _forget(self, events: QuerySet[Event], now: datetime) -> None:
        events.filter(dispatched_at__isnull=True).update(dispatched_at=now)

    def _next_midnight(self, at: datetime) -> datetime:
        zone = self.stage.vendor.time_zone
        return day_start(day_of(at, zone) + timedelta(days=1), zone)


_WAITING = Prepared(
    lambda: (
        Event.objects.filter(dispatched_at__isnull=True, kind__in=FOLLOWED)
        .order_by("id")
        .select_related("organization", "actor")
    )
)


def _followers(event: Event) -> list[Consumer]:
    return [one for one in FOLLOWERS if event.kind in one.kinds]
