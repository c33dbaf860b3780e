"""Who could take what waits: agents with what they have in hand, and for each case of a line who may be given it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from vigente.accounts.models import STAFF_ROLES, User
from vigente.tickets.models import Skill, Ticket, TicketTag
from vigente.tickets.models.line import is_away


@dataclass(frozen=True, slots=True)
class Hand:
    """An agent. `load`: cases that wait for them; `most`: how many they take at once, None for any number."""

    agent: User
    load: int
    most: int | None
    is_away: bool
    until: datetime | None
    departments: frozenset[int]
    skills: frozenset[int]

    @property
    def is_full(self) -> bool:
        return self.most is not None and self.load >= self.most

    @property
    def is_free(self) -> bool:
        return not self.is_away and not self.is_full

    def may_take(self, ticket: Ticket, needed: Collection[int]) -> bool:
        """Whether "next case" could give it to them, now or once they are back or have a hand free."""
        return (not self.departments or ticket.department_id in self.departments) and self.skills.issuperset(
            needed
        )


def crew(*, now: datetime) -> list[Hand]:
    """The agents, by name. Three queries."""
    waiting = Count("assigned_tickets", filter=Q(assigned_tickets__waits=True))
    found = (
        User.objects.filter(role__in=STAFF_ROLES, is_active=True)
        .select_related("capacity")
        .prefetch_related("departments", "skills")
        .annotate(in_hand=waiting)
        .order_by("name", "email")
    )
    return [_hand(user, now=now) for user in found]


def _hand(user: User, *, now: datetime) -> Hand:
    capacity = getattr(user, "capacity", None)
    return Hand(
        agent=user,
        load=user.in_hand,  # type: ignore[attr-defined]
        most=capacity.most if capacity else None,
        is_away=is_away(user, now=now),
        until=capacity.away_until if capacity else None,
        departments=frozenset(one.pk for one in user.departments.all()),
        skills=frozenset(one.pk for one in user.skills.all()),
    )


def needed_by(tickets: Iterable[Ticket]) -> dict[int, list[Skill]]:
    """For each case the skills it needs, by its department, kind of work and tags. At most five queries, any size."""
    tickets = list(tickets)
    skills = list(Skill.objects.prefetch_related("departments", "work_types", "tags"))
    if not skills:
        return {ticket.pk: [] for ticket in tickets}
    tags: dict[int, set[int]] = {}
    for ticket, tag in TicketTag.objects.filter(ticket__in=tickets).values_list("ticket", "tag"):
        tags.setdefault(ticket, set()).add(tag)
    return {
        ticket.pk: [one for one in skills if _needs(one, ticket, tags.get(ticket.pk, set()))]
        for ticket in tickets
    }


def _needs(skill: Skill, ticket: Ticket, tags: Collection[int]) -> bool:
    return (
        any(one.pk == ticket.department_id for one in skill.departments.all())
        or any(one.pk == ticket.work_type_id for one in skill.work_types.all())
        or any(one.pk in tags for one in skill.tags.all())
    )
