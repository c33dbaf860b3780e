"""The line (R10): its order, the place of a case in it, and why it stands there.

A place is counted among the cases of the same department, because only its agents take them. Where a list shows several
departments the caller says so, and the place is the one in that list.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, IntegerField, Q, Value, When

from vigente.billing.models import Plan
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.precedence import LAST_RANK, Order, Place, position_range
from vigente.rules.precedence import place as own_place
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import Ticket
from vigente.tickets.models.tickets import ORDER_OF_ATTENTION, TicketQuerySet
from vigente.tickets.stamps import group_given

ARRIVALS_LOOKED_AT = 200  # of the newest cases, for the upper end of a place's range
ARRIVALS_SPAN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Moved:
    """A supervisor gave the case its place by hand: who, why, when."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands and why. `ahead`: (rank, plan names, number of cases) before it, best plan first."""

    place: int
    rank: int
    plan: str
    order: Order
    ahead: tuple[tuple[int, str, int], ...]
    severity: int
    due_at: datetime | None
    late: bool
    late_first: int = 0  # cases ahead only because they are past their promise and `overdue_first` is on
    moved: "Moved | None" = None

    @property
    def better_plans(self) -> tuple[tuple[int, str, int], ...]:
        return tuple(item for item in self.ahead if item[0] < self.rank)

    @property
    def same_plan(self) -> int:
        return sum(count for rank, _, count in self.ahead if rank == self.rank)

    @property
    def has_plan(self) -> bool:
        return self.rank < LAST_RANK


def line(
    *,
    now: datetime,
    rulebook: Rulebook,
    departments: Collection[int] | None = None,
    among: TicketQuerySet | None = None,
) -> TicketQuerySet:
    """Cases that wait for an agent, in order of attention; `late` 0: goes first because it is overdue."""
    cases = (Ticket.objects.all() if among is None else among).in_line()
    if departments is not None:
        cases = cases.filter(department__in=departments)
    if not rulebook.overdue_first:
        return cases
    late = Case(When(due_at__lt=now, then=Value(0)), default=Value(1), output_field=IntegerField())
    return cases.annotate(late=late).order_by("late", *ORDER_OF_ATTENTION)


def place_of(ticket: Ticket, *, now: datetime) -> tuple[int, int] | None:
    """The place in line as a range (row 42): now, and at worst if as many better plans come as came in the last day.

    None for a case that waits for nobody here.
    """
    if not ticket.in_line:
        return None
    return place_range(
        place=Place(ticket.place_group, ticket.place_at),
        rank=ticket.rank,
        department=ticket.department_id,
        now=now,
        ticket=ticket,
        rulebook=rulebook_at(now),
    )


def place_range(
    *,
    place: Place,
    rank: int,
    department: int | None,
    now: datetime,
    rulebook: Rulebook,
    ticket: Ticket | None = None,
    due_at: datetime | None = None,
) -> tuple[int, int]:
    """The range for a stamp in a department's line; without `ticket`, for one that would be accepted now (row 42)."""
    departments = None if department is None else [department]
    due_at = ticket.due_at if ticket else due_at
    ahead = line(now=now, rulebook=rulebook, departments=departments).filter(
        _before(place, ticket.pk if ticket else None, due_at, now=now, overdue_first=rulebook.overdue_first)
    )
    newest = Ticket.objects.order_by("-id").values("pk")[:ARRIVALS_LOOKED_AT]
    arrivals = Ticket.objects.filter(
        pk__in=newest,
        queue=Ticket.Queue.SUPPORT,
        accepted_at__gt=now - ARRIVALS_SPAN,
        accepted_at__lte=now,
        rank__lt=rank,
    )
    if departments is not None:
        arrivals = arrivals.filter(department__in=departments)
    return position_range(ahead.count(), arrivals.count())


def why_here(
    ticket: Ticket, *, now: datetime, rulebook: Rulebook, departments: Collection[int] | None = None
) -> Standing | None:
    """Why a case stands where it stands: how many of which plans are before it. None when it is not in line.

    `departments`: the ones the list shows, empty for all; None: the case's own, as the customer is told.
    """
    if not ticket.in_line:
        return None
    shown = [ticket.department_id] if departments is None else departments
    place = Place(ticket.place_group, ticket.place_at)
    before = _before(place, ticket.pk, ticket.due_at, now=now, overdue_first=rulebook.overdue_first)
    late = Q(due_at__lt=now)
    by_rank = (
        line(now=now, rulebook=rulebook, departments=shown or None)
        .filter(before)
        .order_by("rank")
        .values_list("rank")
        .annotate(cases=Count("pk"), overdue=Count("pk", filter=late & Q(rank__gt=ticket.rank)))
    )
    found = list(by_rank)
    names = plan_names({rank for rank, *_ in found} | {ticket.rank})
    return Standing(
        place=1 + sum(cases for _, cases, _ in found),
        rank=ticket.rank,
        plan=names.get(ticket.rank, ""),
        order=rulebook.order,
        ahead=tuple((rank, names.get(rank, ""), cases) for rank, cases, _ in found),
        severity=ticket.severity,
        due_at=ticket.due_at,
        late=ticket.due_at is not None and ticket.due_at < now,
        late_first=sum(overdue for *_, overdue in found) if rulebook.overdue_first else 0,
        moved=moved_by_hand([ticket]).get(ticket.pk) if _is_elsewhere(ticket, rulebook) else None,
    )


def moved_by_hand(tickets: Iterable[Ticket]) -> dict[int, Moved]:
    """Of these cases those that stand where a supervisor put them. One query."""
    by_subject = {ticket.event_subject: ticket for ticket in tickets}
    found: dict[int, Moved] = {}
    told = Event.objects.filter(subject__in=list(by_subject), kind=Kind.TICKET_PLACED).select_related("actor")
    for event in told.order_by("id"):
        ticket = by_subject[event.subject]
        found.pop(ticket.pk, None)
        if event.data["at"] == ticket.place_at.isoformat() and group_given(event.data) == ticket.place_group:
            found[ticket.pk] = Moved(str(event.actor or "—"), event.data["why"], event.occurred_at)
    return found


def _is_elsewhere(ticket: Ticket, rulebook: Rulebook) -> bool:
    """Whether a case does not stand at its own place. Under fair order severity makes that hard to tell: perhaps."""
    if rulebook.order is Order.FAIR and ticket.severity:
        return True
    own = own_place(
        order=rulebook.order,
        rank=ticket.rank,
        due_at=ticket.due_at,
        accepted_at=ticket.accepted_at,
        severity=ticket.severity,
        allowance=timedelta(minutes=ticket.allowance_minutes),
    )
    return (own.group, own.at) != (ticket.place_group, ticket.place_at)


def plan_names(ranks: Collection[int]) -> dict[int, str]:
    """The names of the plans of each rank as people would say them: `Tienda` or `Tienda, Comercio`; a family once."""
    names: dict[int, dict[str, str]] = {}
    plans = Plan.objects.filter(versions__rank__in=ranks).order_by("interval", "id")
    for rank, family, name in plans.values_list("versions__rank", "family", "name"):
        names.setdefault(rank, {}).setdefault(family, name)
    return {rank: ", ".join(list(dict.fromkeys(some.values()))[:2]) for rank, some in names.items()}


def _before(
    place: Place, ticket_id: int | None, due_at: datetime | None, *, now: datetime, overdue_first: bool
) -> Q:
    """Who stands before a stamp. The redundant first bound lets the index on the line stop early."""
    tie = Q(place_at__lte=place.at) if ticket_id is None else Q(place_at=place.at, id__lt=ticket_id)
    earlier = Q(place_group__lte=place.group) & (
        Q(place_group__lt=place.group) | Q(place_at__lt=place.at) | tie
    )
    if not overdue_first:
        return earlier
    if due_at is not None and due_at < now:
        return Q(due_at__lt=now) & earlier
    return Q(due_at__lt=now) | earlier
