"""Noting and correcting the working time of a case."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.installation.rows import insert_if_new
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Message, Ticket, TimeSpent
from vigente.tickets.models.time import MOST_MINUTES
from vigente.tickets.services.state import locked, tell


@transaction.atomic
def add_time(
    *, ticket: Ticket, user: User, minutes: int, now: datetime, message: Message | None = None
) -> None:
    """Note minutes (1 to 1440) that `user` worked; of one message once, also when sent again."""
    if not user.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    _checked(minutes, least=1)
    ticket = locked(ticket.pk)
    if not insert_if_new(TimeSpent(ticket=ticket, message=message, user=user, minutes=minutes, at=now)):
        return
    _add(ticket.pk, minutes)
    written = {} if message is None else {"message": message.pk}
    tell(Kind.TICKET_TIME_ADDED, ticket, now=now, actor=user, minutes=minutes, **written)


@transaction.atomic
def correct_time(*, entry: TimeSpent, minutes: int, actor: User, now: datetime) -> None:
    """Set what was noted to other minutes (0: it was none): one's own, a supervisor anybody's."""
    _checked(minutes, least=0)
    ticket = locked(entry.ticket_id)
    entry = TimeSpent.objects.get(pk=entry.pk)
    if entry.user_id != actor.pk and not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if entry.minutes == minutes:
        return
    before, entry.minutes = entry.minutes, minutes
    entry.save(update_fields=["minutes"])
    _add(ticket.pk, minutes - before)
    tell(Kind.TICKET_TIME_CORRECTED, ticket, now=now, actor=actor, before=before, after=minutes)


def forget_time_of(message: Message) -> None:
    """The message was taken back as if it had never been sent. Call it under the case's lock."""
    entry = TimeSpent.objects.filter(message=message).first()
    if entry is not None:
        _add(entry.ticket_id, -entry.minutes)
        entry.delete()


def _add(ticket: int, minutes: int) -> None:
    Ticket.objects.filter(pk=ticket).update(minutes_spent=F("minutes_spent") + minutes)


def _checked(minutes: int, *, least: int) -> None:
    if not least <= minutes <= MOST_MINUTES:
        raise Refused(RefusalCode.INVALID_VALUE, field="minutes", value=minutes)
