"""A reply that can be taken back: it stands in the case at once, and nobody is told before `until`.

What waits are the events: their claim lies in the future, as if a worker had them. A worker takes them then, whether or
not anything was restarted in between. Taking back deletes them under the same condition, so either one of the two wins.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Draft, Message, SendHold, Ticket
from vigente.tickets.services.state import finish, locked, tell
from vigente.tickets.services.time import forget_time_of

STATE = (
    "status", "assignee_id", "last_reply_by", "solved_at", "closed_at", "closed_by_person_at", "last_activity_at",
)  # fmt: skip
_INSTANTS = frozenset(name for name in STATE if name.endswith("_at"))
_MOVES = frozenset({
    Kind.TICKET_REPLIED, Kind.TICKET_ASSIGNED, Kind.TICKET_STATUS_CHANGED, Kind.TICKET_SOLVED, Kind.TICKET_CLOSED,
    Kind.TICKET_REOPENED, Kind.TICKET_MERGED, Kind.TICKET_CLASSIFIED, Kind.TICKET_RELEASED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begun:
    """A case before a reply: its state, and the latest thing that had happened."""

    state: dict[str, Any]
    event: int


def begin(ticket: Ticket) -> Begun:
    """Note how the case stands. Call it under the case's lock, before the reply is written."""
    state = {name: getattr(ticket, name) for name in STATE}
    state |= {name: state[name].isoformat() for name in _INSTANTS if state[name] is not None}
    latest = Event.objects.filter(subject=ticket.event_subject).aggregate(latest=Max("id"))["latest"]
    return Begun(state, latest or 0)


def hold_back(message: Message, ticket: Ticket, begun: Begun, *, until: datetime, author: User) -> None:
    """Let what the reply caused wait until then. Call it in the transaction that wrote the reply."""
    told = Event.objects.filter(subject=ticket.event_subject, pk__gt=begun.event, actor=author)
    events = list(told.values_list("pk", flat=True))
    Event.objects.filter(pk__in=events).update(claimed_until=until)
    message.visible_at = until
    message.save(update_fields=["visible_at"])
    SendHold.objects.create(message=message, until=until, events=events, before=begun.state)


@transaction.atomic
def take_back(*, message: Message, actor: User, now: datetime) -> list[str]:
    """Its author takes it back in time: as if it had not been sent, its text a draft again. Returns the names of its
    files, which are to be attached anew. Raises Refused once somebody may have been told.
    """
    ticket = locked(message.ticket_id)
    hold = SendHold.objects.filter(message=message).select_related("message").first()
    if hold is None or now >= hold.until:
        raise Refused(RefusalCode.TOO_LATE)
    message = hold.message
    if message.author_id != actor.pk:
        raise Refused(RefusalCode.NOT_YOURS)
    moved = Event.objects.filter(
        subject=ticket.event_subject, pk__gt=max(hold.events), kind__in=_MOVES
    ).exists()
    waiting = Event.objects.filter(pk__in=hold.events, dispatched_at=None, claimed_until=hold.until)
    if moved:  # something else happened meanwhile: only the reply itself never was
        waiting = waiting.filter(kind=Kind.TICKET_REPLIED)
    wanted = 1 if moved else len(hold.events)
    deleted, _by_model = waiting.delete()
    if deleted < wanted:
        raise Refused(RefusalCode.TOO_LATE)
    Event.objects.filter(pk__in=hold.events, dispatched_at=None, claimed_until=hold.until).update(
        claimed_until=None
    )
    files = list(message.attachments.values_list("filename", flat=True))
    Draft.objects.update_or_create(
        ticket=ticket,
        author=actor,
        defaults={"kind": Message.Kind.REPLY, "body": message.text, "updated_at": now},
    )
    forget_time_of(message)
    message.delete()
    if not moved:
        _restore(ticket, hold.before)
    tell(Kind.TICKET_SEND_UNDONE, ticket, now=now, actor=actor)
    finish(ticket, now=now)
    return files


def let_go(message: int) -> None:
    """The time is over: everybody who may reads it."""
    SendHold.objects.filter(message=message).delete()
    Message.objects.filter(pk=message, visible_at__isnull=False).update(visible_at=None)


def _restore(ticket: Ticket, state: dict[str, Any]) -> None:
    for name, value in state.items():
        is_instant = name in _INSTANTS and value is not None
        setattr(ticket, name, datetime.fromisoformat(value) if is_instant else value)
