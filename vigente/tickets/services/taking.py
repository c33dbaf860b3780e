"""What of the line an agent may be given: not while away, not beyond what they take at once, nothing they lack the
skill for. Asked once to look for candidates, and again inside the UPDATE that claims one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from vigente.accounts.models import User
from vigente.installation.prepared import Param, Prepared
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Skill, Ticket, TicketTag

NOBODY_LACKS = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Taking:
    """What an agent may be given at `now`. `most`: cases that wait for them, at once; `lacks_…`: primary keys of what
    needs a skill they do not have.
    """

    agent: int
    now: datetime
    most: int | None = None
    lacks_departments: frozenset[int] = NOBODY_LACKS
    lacks_work: frozenset[int] = NOBODY_LACKS
    lacks_tags: frozenset[int] = NOBODY_LACKS

    def able(self) -> Q:
        """Cases the agent has the skills for; empty where nothing needs one."""
        able = Q()
        if self.lacks_departments:
            able &= ~Q(department__in=self.lacks_departments)
        if self.lacks_work:
            able &= ~Q(work_type__in=self.lacks_work)
        if self.lacks_tags:
            able &= ~Q(Exists(TicketTag.objects.filter(ticket=OuterRef("pk"), tag__in=self.lacks_tags)))
        return able

    def free(self) -> Q:
        """Unassigned cases that may be claimed at this very moment: present, able and with a hand free."""
        room = Q(assignee__isnull=True) & Q(Exists(_present(self.agent, self.now))) & self.able()
        return room if self.most is None else room & Q(Exists(_with_room(self.agent)))


def taking_of(agent: User, *, now: datetime) -> Taking:
    """Of an agent. Refuses who is away. One query, four where the agent lacks a skill."""
    away, until, most, lacks = _HOW(agent=agent.pk)[0]
    if away and (until is None or until > now):
        raise Refused(RefusalCode.AWAY)
    if not lacks:
        return Taking(agent.pk, now, most)
    missing = Skill.objects.exclude(agents=agent)
    departments, work, tags = (
        frozenset(missing.filter(**{f"{name}__isnull": False}).values_list(name, flat=True))
        for name in ("departments", "work_types", "tags")
    )
    return Taking(agent.pk, now, most, departments, work, tags)


_HOW = Prepared(
    lambda: User.objects.filter(pk=Param("agent")).values_list(
        "away", "capacity__away_until", "capacity__most", Exists(Skill.objects.exclude(agents=Param("agent")))
    )
)


def _present(agent: int, now: datetime) -> QuerySet[User]:
    here = Q(away=False) | Q(capacity__away_until__lte=now)
    found: QuerySet[User] = User.objects.filter(here, pk=agent, is_active=True)
    return found


def _with_room(agent: int) -> QuerySet[User]:
    """The agent, if they have fewer cases in hand than they take. Lock the agent first: two claims of one agent."""
    in_hand = (
        Ticket.objects.filter(assignee=agent, waits=True)
        .order_by()
        .values("assignee")
        .annotate(many=Count("pk"))
        .values("many")
    )
    load = Coalesce(Subquery(in_hand), Value(0))
    found: QuerySet[User] = User.objects.filter(pk=agent).annotate(load=load)
    return found.filter(capacity__most__gt=F("load"))
