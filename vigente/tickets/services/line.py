"""The line as its agents and supervisors run it: who is away, how much each takes, and a case moved by hand."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vigente.accounts.models import User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.rules.precedence import STEPS
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Capacity, Ticket
from vigente.tickets.queries.line import line
from vigente.tickets.services.state import locked, tell
from vigente.tickets.stamps import restamp

STEP = timedelta(microseconds=1)
LONGEST_REASON = 300


@transaction.atomic
def set_capacity(
    *, agent: User, away: bool, until: datetime | None, now: datetime, most: int | None = None
) -> None:
    """Say how many cases an agent takes at once (None: any number) and whether they are away, perhaps until when."""
    if until is not None and until <= now:
        raise Refused(RefusalCode.INVALID_VALUE, field="until")
    Capacity.objects.update_or_create(
        agent=agent, defaults={"most": most, "away_until": until if away else None}
    )
    User.objects.filter(pk=agent.pk).update(away=away)


def set_away(*, agent: User, away: bool, until: datetime | None, now: datetime) -> None:
    """The agent says that they are away, or back; how much they take stays."""
    most = Capacity.objects.filter(agent=agent).values_list("most", flat=True).first()
    set_capacity(agent=agent, away=away, until=until, most=most, now=now)


@transaction.atomic
def place_first(*, ticket: Ticket, reason: str, actor: User, now: datetime) -> None:
    """Put a case at the head of its department's line, among those that are late or not as it is itself."""
    ticket = _waiting(ticket)
    rulebook = rulebook_at(now)
    cases = line(now=now, rulebook=rulebook, departments=[ticket.department_id]).exclude(pk=ticket.pk)
    if rulebook.overdue_first:
        late = Q(due_at__lt=now)
        cases = cases.filter(late) if _is_late(ticket, now=now) else cases.exclude(late)
    first = cases.first()
    if first is None:
        raise Refused(RefusalCode.NOT_IN_LINE)
    _place(ticket, first, reason=reason, actor=actor, now=now)


@transaction.atomic
def place_before(*, ticket: Ticket, other: int, reason: str, actor: User, now: datetime) -> None:
    """Put a case right before the one with this number, which waits in the same department, and before all that tie
    with that one (cases of one plan without a promise).
    """
    ticket = _waiting(ticket)
    before = Ticket.objects.in_line().filter(number=other, department=ticket.department_id).first()
    if before is None or before.pk == ticket.pk:
        raise Refused(RefusalCode.NOT_IN_LINE, field="other")
    if rulebook_at(now).overdue_first and _is_late(before, now=now) != _is_late(ticket, now=now):
        raise Refused(RefusalCode.NOT_IN_LINE, field="other")
    _place(ticket, before, reason=reason, actor=actor, now=now)


@transaction.atomic
def place_back(*, ticket: Ticket, reason: str, actor: User, now: datetime) -> None:
    """Give a case its own place again."""
    ticket = _waiting(ticket)
    _say(ticket, group=None, at=None, before=None, reason=reason, actor=actor, now=now)


def _place(ticket: Ticket, before: Ticket, *, reason: str, actor: User, now: datetime) -> None:
    at = before.place_at - STEP
    _say(ticket, group=before.place_group, at=at.isoformat(), before=before.number, reason=reason, actor=actor,
         now=now)  # fmt: skip


def _say(
    ticket: Ticket,
    *,
    group: int | None,
    at: str | None,
    before: int | None,
    reason: str,
    actor: User,
    now: datetime,
) -> None:
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not reason.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="reason")
    order = rulebook_at(now).order.value
    tell(Kind.TICKET_PLACED, ticket, now=now, actor=actor, order=order, group=group, at=at, before=before,
         steps=STEPS, why=reason.strip()[:LONGEST_REASON])  # fmt: skip
    restamp(ticket, now=now)


def _waiting(ticket: Ticket) -> Ticket:
    fresh = locked(ticket.pk)
    if not fresh.in_line:
        raise Refused(RefusalCode.NOT_IN_LINE)
    return fresh


def _is_late(ticket: Ticket, *, now: datetime) -> bool:
    return ticket.due_at is not None and ticket.due_at < now
