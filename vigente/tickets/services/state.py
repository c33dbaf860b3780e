"""How a case changes, for the services beside: lock, change its state, save, tell. Not called by surfaces."""

from datetime import datetime
from typing import Any

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.installation.prepared import Locking, Param
from vigente.installation.rows import update
from vigente.rules.lifecycle import DONE, Status, may_change
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CaseStatus, Ticket
from vigente.tickets.services.saying import say_due
from vigente.tickets.stamps import restamp

CHANGED = (
    "status", "label", "queue", "severity", "department", "assignee", "licence", "work_type", "draw", "drawn",
    "vendor_fault", "rank", "allowance_minutes", "sla_policy", "merged_into", "decision", "last_activity_at",
    "last_reply_by",
    "solved_at", "closed_at", "closed_by_person_at",
)  # fmt: skip


def locked(pk: int) -> Ticket:
    """The case, fresh, locked where the database can; elsewhere the transaction already holds the only write lock."""
    ticket: Ticket | None = _LOCKED.first(ticket=pk)
    if ticket is None:
        raise Ticket.DoesNotExist(f"there is no case {pk}")
    return ticket


_LOCKED = Locking(lambda: Ticket.objects.select_related("work_type", "sla_policy").filter(pk=Param("ticket")))


def save(ticket: Ticket) -> None:
    """Save everything but the stamps, which `restamp` saves."""
    update(ticket, CHANGED)


def finish(ticket: Ticket, *, now: datetime) -> None:
    """Save a case to which something happened at `now`, with its stamps anew."""
    ticket.last_activity_at = now
    restamp(ticket, now=now, also=CHANGED)


def tell(kind: Kind, ticket: Ticket, *, now: datetime, actor: User | None = None, **data: Any) -> Event:
    """Record that `kind` happened to the case; first what was to be said of its promises by then."""
    if ticket.alert_at is not None and ticket.alert_at < now:
        say_due(ticket, now=now)
        ticket.alert_at = None  # until it is stamped anew
    return record(
        kind,
        subject=ticket.event_subject,
        organization_id=ticket.organization_id,
        actor=actor,
        now=now,
        number=ticket.number,
        **data,
    )


def move(
    ticket: Ticket, after: Status, *, actor: User | None, now: datetime, label: CaseStatus | None = None
) -> None:
    """Change the status, unsaved, and say so. `actor` None: the clock, which starts no reopening window (row 9)."""
    before = Status(ticket.status)
    if before == after:
        return
    if actor is not None and actor.is_staff_member and not may_change(before, after):
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    ticket.status, ticket.label = after.value, label
    named = {"label": label.pk} if label is not None else {}
    if after in DONE:
        ticket.solved_at = ticket.solved_at or now
        if actor is not None:
            ticket.closed_by_person_at = now
        if after is Status.CLOSED:
            ticket.closed_at = now
        kind = Kind.TICKET_CLOSED if after is Status.CLOSED else Kind.TICKET_SOLVED
        tell(kind, ticket, now=now, actor=actor, by_person=actor is not None, **named)
    elif before in DONE:
        ticket.solved_at = ticket.closed_at = ticket.closed_by_person_at = None
        tell(Kind.TICKET_REOPENED, ticket, now=now, actor=actor)
    if after not in DONE:
        tell(Kind.TICKET_STATUS_CHANGED, ticket, now=now, actor=actor, before=before.value, after=after.value,
             **named)  # fmt: skip
