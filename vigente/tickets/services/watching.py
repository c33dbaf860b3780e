"""Keeping an eye on a case, and closing its door: a locked case takes no replies, by page, mail or API."""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.installation.rows import insert_if_new
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket, Watch
from vigente.tickets.services.state import locked, tell


@transaction.atomic
def watch(*, ticket: Ticket, user: User, actor: User | None, now: datetime) -> bool:
    """Let `user` be written what happens in a case; False if they were already. `actor` None: a rule of automation.

    Raises Refused for somebody who is not of the desk, or who may not see the case.
    """
    ticket = locked(ticket.pk)
    if not (user.is_staff_member and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()):
        raise Refused(RefusalCode.INVALID_VALUE, field="user", value=user.pk)
    if not insert_if_new(Watch(ticket=ticket, user=user, since=now)):
        return False
    tell(Kind.TICKET_WATCHED, ticket, now=now, actor=actor, watcher=user.pk)
    return True


@transaction.atomic
def unwatch(*, ticket: Ticket, user: User, actor: User | None, now: datetime) -> bool:
    """No more; False if they did not watch it."""
    ticket = locked(ticket.pk)
    gone, _by_model = Watch.objects.filter(ticket=ticket, user=user).delete()
    if gone:
        tell(Kind.TICKET_UNWATCHED, ticket, now=now, actor=actor, watcher=user.pk)
    return bool(gone)


def lock(*, ticket: Ticket, actor: User | None, now: datetime) -> bool:
    """Take no more replies; notes are still written. False if it was locked already. Any state may be locked."""
    return _set_lock(ticket, now, Kind.TICKET_LOCKED, actor=actor, now=now)


def unlock(*, ticket: Ticket, actor: User | None, now: datetime) -> bool:
    """Take replies again; False if it was not locked."""
    return _set_lock(ticket, None, Kind.TICKET_UNLOCKED, actor=actor, now=now)


@transaction.atomic
def _set_lock(ticket: Ticket, at: datetime | None, kind: Kind, *, actor: User | None, now: datetime) -> bool:
    if actor is not None and not actor.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    ticket = locked(ticket.pk)
    changed = Ticket.objects.filter(pk=ticket.pk, locked_at__isnull=at is not None).update(locked_at=at)
    if changed:
        tell(kind, ticket, now=now, actor=actor)
    return bool(changed)
