"""What is said aloud about a case's promises: that one is near its deadline, that one was broken.

Here: `alerts(policy, clocks, …)`, what is still to be said and when. Not here: saying it, storing when to look again.
A promise stands still while the case waits for its customer, so nothing is said of it then; the first reply does not
(row 42). Nothing is said twice of one promise, however often its deadline moves; once it is broken nobody is warned.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.rules.sla import Clocks, Policy, Promise
from vigente.rules.worktime import between, subtract

__all__ = ["Alert", "Promise", "Said", "alerts", "due_now", "next_at", "warning"]

SHARE = 4  # warned when this part of the promised time is left …
MOST = timedelta(hours=8)  # … and never earlier than this, in working time; a policy may say otherwise

Said = tuple[str, str, bool]  # promise, since when it runs (ISO), whether it was the breach


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to say once it is later than `at`. `since`: when the promise began to run."""

    at: datetime
    promise: Promise
    broken: bool
    since: datetime
    due: datetime

    @property
    def key(self) -> Said:
        return self.promise.value, self.since.isoformat(), self.broken


def alerts(policy: Policy, clocks: Clocks, accepted_at: datetime, said: Collection[Said]) -> list[Alert]:
    """What is still to be said about the open promises, in order of time: of each the warning, then the breach."""
    found: list[Alert] = []
    for promise, since, due, promised in _open(policy, clocks, accepted_at):
        broken = Alert(due, promise, True, since, due)
        if broken.key in said:
            continue
        found.append(broken)
        near = Alert(due, promise, False, since, due)
        if near.key not in said:
            at = subtract(policy.hours, due, warning(policy, promised), floor=since)
            found.append(Alert(at, promise, False, since, due))
    return sorted(found, key=lambda alert: (alert.at, alert.promise, alert.broken))


def due_now(found: Collection[Alert], *, now: datetime) -> list[Alert]:
    """Those to be said at `now`: no warning of what is broken already."""
    passed = [alert for alert in found if alert.at < now]
    broken = {alert.promise for alert in passed if alert.broken}
    return [alert for alert in passed if alert.broken or alert.promise not in broken]


def next_at(found: Collection[Alert]) -> datetime | None:
    """The instant after which there is something to say."""
    return min((alert.at for alert in found), default=None)


def warning(policy: Policy, promised: timedelta) -> timedelta:
    """How long before a deadline its warning is said, in working time; nothing: never."""
    if policy.warn is not None:
        return policy.warn
    if policy.warn_percent is not None:
        return promised * policy.warn_percent / 100
    return min(promised / SHARE, MOST)


def _open(
    policy: Policy, clocks: Clocks, accepted_at: datetime
) -> list[tuple[Promise, datetime, datetime, timedelta]]:
    """The promises that run: promise, since, due, promised working time (of one made by hand: all there is)."""
    found = []
    for promise, due in clocks.running:
        since = clocks.asked_at if promise is Promise.NEXT_REPLY else accepted_at
        if since is not None:
            promised = policy.promised(promise, clocks.severity)
            found.append(
                (promise, since, due, between(policy.hours, since, due) if promised is None else promised)
            )
    return found
