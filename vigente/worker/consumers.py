"""THE list of what follows from an event. Ask here "what happens after a reply?"; nothing is hidden in signals.

A consumer is `run(event, *, now)`. It may run again for the same event (a worker was killed, another consumer
failed), so it looks at how things stand now and does what is missing. What it writes is taken back if it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from vigente.accounts.models import Organization
from vigente.automation import running as automation
from vigente.billing.models import Licence, Subscription
from vigente.billing.services import reminders
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.installation.prepared import Param, Prepared
from vigente.mail import consumers as mail
from vigente.rules.lifecycle import UNSOLVED
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import follow_ups, held, sending, work
from vigente.tickets.services.state import locked
from vigente.tickets.stamps import restamp
from vigente.webhooks.fanout import somebody_listens, tell_endpoints


class Run(Protocol):
    def __call__(self, event: Event, *, now: datetime) -> object: ...


@dataclass(frozen=True, slots=True)
class Consumer:
    """What follows from events of these kinds. `wanted`: asked once for a batch; False: nothing would follow now."""

    name: str
    kinds: frozenset[str]
    run: Run
    wanted: Callable[[], bool] = lambda: True

    @classmethod
    def of(cls, run: Run, *kinds: Kind) -> "Consumer":
        return cls(getattr(run, "__name__", str(run)), frozenset(kind.value for kind in kinds), run)


def release_held_requests(event: Event, *, now: datetime) -> None:
    """Coverage may have appeared: let in what waited for it, oldest first."""
    if event.organization is None or not _somebody_waits(event.organization):
        return
    if not _is_renewal(event):
        held.release_covered(organization=event.organization, now=now, appeared_at=event.occurred_at)


def ask_which_still_matter(event: Event, *, now: datetime) -> None:
    """A renewal brought cases while requests waited: they do not burn them by themselves (row 45)."""
    if event.organization is None or not _somebody_waits(event.organization):
        return
    if _is_renewal(event):
        held.ask_to_choose(organization=event.organization, licence=_licence(event), now=now)


def lift_open_cases(event: Event, *, now: datetime) -> None:
    """A better plan may be in force: open cases rise to its rank, none sinks (row 29)."""
    if event.organization is not None:
        work.rerank(organization=event.organization, licence=_licence(event), now=now)


def release_everywhere(event: Event, *, now: datetime) -> None:
    """The rules changed for everybody: whoever waits may be covered now."""
    waiting = HeldRequest.objects.filter(status=HeldRequest.Status.WAITING, organization__isnull=False)
    for organization in Organization.objects.filter(pk__in=waiting.values("organization")):
        held.release_covered(organization=organization, now=now)


def restamp_open_cases(event: Event, *, now: datetime) -> None:
    """Working hours, promises or the order of attention changed: how we work changes for all (row 43)."""
    if event.kind == Kind.PLANS_IMPORTED and not event.data.get("promises_changed"):
        return
    for pk in (
        Ticket.objects.filter(status__in=UNSOLVED).values_list("pk", flat=True).iterator(chunk_size=500)
    ):
        restamp(locked(pk), now=now)


def show_reply(event: Event, *, now: datetime) -> None:
    """The time to take it back is over: its readers may read it, and what follows tells them."""
    sending.let_go(int(event.data.get("message") or 0))


def cancel_answered_follow_ups(event: Event, *, now: datetime) -> None:
    """The customer wrote: what was to be done only if they did not is over."""
    if event.data.get("by") == "customer":
        follow_ups.cancel_answered(ticket=int(event.subject.partition(":")[2]), now=now)


def say_last_case(event: Event, *, now: datetime) -> None:
    """The last case in hand was used: its people may want more before the next month (row 3)."""
    reminders.say_last_case(event, now=now)


def follow_rules(event: Event, *, now: datetime) -> None:
    """The team's own rules of automation."""
    automation.follow(event, now=now)


def _somebody_waits(organization: Organization) -> bool:
    return bool(_WAITING(organization=organization.pk))


_WAITING = Prepared(
    lambda: HeldRequest.objects.filter(
        organization=Param("organization"), status=HeldRequest.Status.WAITING
    ).values_list("pk")[:1]
)


def _is_renewal(event: Event) -> bool:
    """Whether what came is a further allotment of a contract, under this plan or the one it replaced."""
    if event.kind == Kind.SUBSCRIPTION_PERIOD_OPENED and event.data.get("period"):
        return True
    if event.kind not in (Kind.SUBSCRIPTION_PERIOD_OPENED, Kind.SUBSCRIPTION_ACTIVATED):
        return False
    return Subscription.objects.filter(replaced_by=int(event.subject.partition(":")[2])).exists()


def _licence(event: Event) -> Licence | None:
    found = event.data.get("licence")
    return Licence.objects.filter(pk=found).first() if found else None


CASES_MAY_HAVE_COME = (
    Kind.SUBSCRIPTION_ACTIVATED,
    Kind.SUBSCRIPTION_WOKE,
    Kind.SUBSCRIPTION_REINSTATED,
    Kind.SUBSCRIPTION_UPGRADED,
    Kind.PACK_ADDED,
    Kind.GOODWILL_GRANTED,
    Kind.ORGANIZATION_UNBLOCKED,
    Kind.LICENCE_TRANSFERRED,
    Kind.TICKET_RELEASED,
    Kind.TICKET_CLASSIFIED,
    Kind.TICKET_MOVED_LICENCE,
    Kind.TICKET_MERGED,
    Kind.DRAW_DISPUTE_DECIDED,
)


WITHOUT_MAIL: tuple[Consumer, ...] = (
    Consumer.of(show_reply, Kind.TICKET_REPLIED),  # before anybody is written to
    Consumer.of(cancel_answered_follow_ups, Kind.TICKET_REPLIED),
    Consumer.of(
        ask_which_still_matter, Kind.SUBSCRIPTION_PERIOD_OPENED, Kind.SUBSCRIPTION_ACTIVATED
    ),  # before anything is released
    Consumer.of(release_held_requests, *CASES_MAY_HAVE_COME),
    Consumer.of(release_everywhere, Kind.RULEBOOK_PUBLISHED),
    Consumer.of(
        lift_open_cases,
        Kind.SUBSCRIPTION_ACTIVATED,
        Kind.SUBSCRIPTION_WOKE,
        Kind.SUBSCRIPTION_REINSTATED,
        Kind.SUBSCRIPTION_UPGRADED,
        Kind.SUBSCRIPTION_TERMS_CHANGED,
        Kind.SUBSCRIPTION_REPLACED,
        Kind.LICENCE_TRANSFERRED,
    ),
    Consumer.of(say_last_case, Kind.TICKET_ACCEPTED),
    Consumer.of(restamp_open_cases, Kind.PLANS_IMPORTED, Kind.RULEBOOK_PUBLISHED),
    replace(Consumer.of(follow_rules, *automation.KINDS), wanted=automation.somebody_waits),
)
CONSUMERS: tuple[Consumer, ...] = (
    *WITHOUT_MAIL,
    *(Consumer.of(run, *kinds) for kinds, run in mail.CONSUMERS),
    replace(Consumer.of(tell_endpoints, *Kind), wanted=somebody_listens),
)
