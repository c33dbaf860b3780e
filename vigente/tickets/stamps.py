"""Stamps for sorting: what is due when, and the place in line. Always recomputed whole from the case's events (R10,
row 42).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField

from vigente.billing.models import PlanVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind as EventKind
from vigente.events.models import Event
from vigente.installation.prepared import Param, Prepared
from vigente.installation.rows import update
from vigente.rules.alerts import Alert, alerts, next_at
from vigente.rules.lifecycle import IN_LINE, PAUSED
from vigente.rules.precedence import MOST_SEVERE, STEPS, Order, Place, place
from vigente.rules.rulebook import Rulebook
from vigente.rules.sla import Adjustment, Change, Clocks, Happening, Kind, Policy, Promise, What, evaluate
from vigente.rules.worktime import ALWAYS, WorkHours
from vigente.sla.models import BusinessHours, SlaPolicy, work_hours
from vigente.tickets.models import Ticket

NO_PROMISE = Policy(first_reply=None, next_reply=None, resolution=None, hours=ALWAYS)
TIMED = (
    EventKind.TICKET_ACCEPTED,
    EventKind.TICKET_REPLIED,
    EventKind.TICKET_STATUS_CHANGED,
    EventKind.TICKET_SOLVED,
    EventKind.TICKET_CLOSED,
    EventKind.TICKET_REOPENED,
    EventKind.TICKET_SEVERITY_CHANGED,
    EventKind.PROMISE_ADJUSTED,
)
CLOCK = "clock"  # what of a case is adjusted when all its clocks are stopped or let run by hand
SAID = (EventKind.PROMISE_NEAR, EventKind.PROMISE_BROKEN)
STAMPED_BY = (*TIMED, *SAID, EventKind.TICKET_PLACED)
STAMPS = ("due_at", "due_of", "first_reply_due_at", "first_replied_at", "place_group", "place_at", "alert_at")


def policy_of(ticket: Ticket) -> Policy:
    """The promises of a case; none when its plan made none."""
    return ticket.sla_policy.value() if ticket.sla_policy is not None else NO_PROMISE


def hours_of(ticket: Ticket) -> WorkHours:
    """The working hours a case is counted in: of its promise, else the vendor's default, else always."""
    if ticket.sla_policy is not None:
        return work_hours(ticket.sla_policy.hours_id)
    default = BusinessHours.objects.filter(is_default=True).first()
    return default.value() if default else ALWAYS


Named = Callable[[int | None], Policy]  # the policy with this primary key; without one, no promise


def named_in(policies: Mapping[int, Policy]) -> Named:
    """Policies that were read before."""
    return lambda pk: NO_PROMISE if pk is None else policies[pk]


def named(pk: int | None) -> Policy:
    """One by one from the database."""
    return NO_PROMISE if pk is None else SlaPolicy.objects.get(pk=pk).value()


def clocks_of(policy: int | None, severity: int, events: Sequence[Event], named: Named) -> Clocks:
    """The clocks of a case with this policy and urgency now, from its events."""
    for event in reversed(events):
        if event.kind == EventKind.TICKET_SEVERITY_CHANGED:
            severity = event.data.get("before", severity)
    told = (happening_of(EventKind(event.kind), event.data, event.occurred_at) for event in events)
    return evaluate(named(policy), (one for one in told if one is not None), severity=severity)


def happening_of(kind: EventKind, data: dict[str, Any], at: datetime) -> Happening | None:
    """What an event does to the clocks of its case; None: nothing."""
    match kind:
        case EventKind.TICKET_SEVERITY_CHANGED if "after" in data:
            return Happening(at, Kind.SEVERITY, data["after"])
        case EventKind.PROMISE_ADJUSTED if data.get("what") == CLOCK:
            return Happening(at, Kind(data["change"]))
        case EventKind.PROMISE_ADJUSTED if "what" in data:
            until = datetime.fromisoformat(data["until"]) if data["until"] else None
            by = timedelta(minutes=data["minutes"] or 0)
            return Happening(
                at, Kind.ADJUSTED, Adjustment(What(data["what"]), Change(data["change"]), until, by)
            )
    plain = _kind(kind, data)
    return None if plain is None else Happening(at, plain)


def _kind(kind: EventKind, data: dict[str, Any]) -> Kind | None:
    match kind:
        case EventKind.TICKET_ACCEPTED:
            return Kind.ACCEPTED
        case EventKind.TICKET_REPLIED:
            return Kind.AGENT_REPLY if data.get("by") == "agent" else Kind.CUSTOMER_REPLY
        case EventKind.TICKET_SOLVED | EventKind.TICKET_CLOSED:
            return Kind.SOLVED
        case EventKind.TICKET_REOPENED:
            return Kind.REOPENED
        case EventKind.TICKET_STATUS_CHANGED if data.get("before") == data.get("after"):
            return None  # another label of the same state
        case EventKind.TICKET_STATUS_CHANGED if data.get("after") in PAUSED:
            return Kind.WAITING
        case EventKind.TICKET_STATUS_CHANGED if data.get("after") in IN_LINE:
            return Kind.RESUMED
    return None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a case's events come to: its clocks, what is still to be said of its promises, a place given by hand and
    under which order of attention.
    """

    clocks: Clocks
    alerts: tuple[Alert, ...] = ()
    placed: Place | None = None
    placed_in: str = ""


def standing_of(ticket: Ticket) -> Standing:
    """Of a case, from its events."""
    return judge(ticket, _STAMPED_BY(subject=ticket.event_subject))


def judge(ticket: Ticket, events: Iterable[Event], named: Named = named) -> Standing:
    """Of events in their order, whoever read them."""
    events = list(events)
    policy = policy_of(ticket)
    current = ticket.sla_policy_id

    def known(pk: int | None) -> Policy:
        return policy if pk == current else named(pk)

    clocks = clocks_of(current, ticket.severity, events, known)
    said = {
        (event.data["promise"], event.data["since"], event.kind == EventKind.PROMISE_BROKEN)
        for event in events
        if event.kind in SAID and "since" in event.data
    }
    placed, order = _placed(events)
    return Standing(clocks, tuple(alerts(policy, clocks, ticket.accepted_at, said)), placed, order)


def _placed(events: Iterable[Event]) -> tuple[Place | None, str]:
    """The place given by hand that still holds: until the case is answered, paused or done, or given its own again."""
    placed: Place | None = None
    order = ""
    for event in events:
        if event.kind == EventKind.TICKET_PLACED and "group" in event.data:
            group, order = group_given(event.data), event.data["order"]
            placed = None if group is None else Place(group, datetime.fromisoformat(event.data["at"]))
        elif placed is not None and _kind(EventKind(event.kind), event.data) in (
            Kind.AGENT_REPLY,
            Kind.WAITING,
            Kind.SOLVED,
        ):
            placed = None
    return placed, order


def group_given(data: Mapping[str, Any]) -> int | None:
    """The group in which a supervisor placed a case; None: its own again. Before `steps` was written there were three
    levels of severity, the most severe 2.
    """
    group: int | None = data["group"]
    if group is None or "steps" in data or data["order"] != Order.STRICT:
        return group
    rank, below = divmod(group, 3)
    return rank * STEPS + MOST_SEVERE - 2 + below


_STAMPED_BY = Prepared(
    lambda: Event.objects.filter(subject=Param("subject", CharField()), kind__in=STAMPED_BY).order_by("id")
)


def stamp(ticket: Ticket, standing: Standing, *, rulebook: Rulebook) -> None:
    """Set the stamps on `ticket`, unsaved."""
    clocks = standing.clocks
    ticket.due_of, ticket.due_at = clocks.next_up or ("", None)
    ticket.first_reply_due_at = clocks.held_against(Promise.FIRST_REPLY)
    ticket.first_replied_at = clocks.first_replied_at
    ticket.alert_at = next_at(standing.alerts)
    by_hand = standing.placed if standing.placed_in == rulebook.order else None
    where = by_hand or place(
        order=rulebook.order,
        rank=ticket.rank,
        due_at=clocks.due,
        accepted_at=ticket.accepted_at,
        severity=ticket.severity,
        allowance=timedelta(minutes=ticket.allowance_minutes),
        floor=_floor(ticket) if ticket.severity > 0 else timedelta(0),
        ceiling=_ceiling(ticket) if ticket.severity < 0 else None,
    )
    ticket.place_group, ticket.place_at = where.group, where.at


def restamp(ticket: Ticket, *, now: datetime, also: tuple[str, ...] = ()) -> None:
    """Recompute and save the stamps, and the fields `also`. Call it after every event of the case, inside its
    transaction.
    """
    stamp(ticket, standing_of(ticket), rulebook=rulebook_at(now))
    update(ticket, also + STAMPS)


def adopt_plan(ticket: Ticket, version: PlanVersion | None, *, rank: int) -> None:
    """Give a case the rank, head start and promises of a plan version, unsaved."""
    ticket.rank = rank
    if version is not None and version.rank <= rank:
        ticket.rank = version.rank
    if version is not None:
        ticket.allowance_minutes = version.allowance_minutes
        ticket.sla_policy = version.sla_policy


def _floor(ticket: Ticket) -> timedelta:
    """The head start of the next better plan: a raised severity never passes it.

    Of what was sold when the case was accepted: terms never change, so neither does this.
    """
    better = PlanVersion.objects.filter(rank__lt=ticket.rank, sold_from__lte=ticket.accepted_at)
    minutes = (
        better.order_by("-rank", "-allowance_minutes").values_list("allowance_minutes", flat=True).first()
    )
    return timedelta(minutes=minutes or 0)


def _ceiling(ticket: Ticket) -> timedelta | None:
    """The head start of the next worse plan that was sold then: one less severe never falls behind it."""
    worse = PlanVersion.objects.filter(rank__gt=ticket.rank, sold_from__lte=ticket.accepted_at)
    minutes = worse.order_by("rank", "allowance_minutes").values_list("allowance_minutes", flat=True).first()
    return None if minutes is None else timedelta(minutes=minutes)
