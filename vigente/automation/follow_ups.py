"""Follow-ups that are due: the case goes on, what was to be done is done, and its agent is told."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from vigente.automation.acting import act
from vigente.automation.running import CHANNEL
from vigente.events.kinds import Kind
from vigente.installation.origin import coming_from, origin
from vigente.rules.automation import Unreadable, read_actions
from vigente.rules.refusal import Refused
from vigente.tickets.models import FollowUp
from vigente.tickets.services.follow_ups import cancel_follow_up, wake
from vigente.tickets.services.state import locked, tell

MOST = 200  # in a turn of the clock; the rest wait for the next


@dataclass(frozen=True, slots=True)
class Source:
    """In whose name its actions act."""

    pk: Any
    name: str


def run_follow_ups(*, now: datetime) -> int:
    """Do what is due, each once, however late and however often asked. Returns how many."""
    due = FollowUp.objects.open().filter(due_at__lte=now, ticket__in_trash=False).order_by("due_at", "id")
    return sum(_run(pk, now=now) for pk in list(due.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def _run(pk: int, *, now: datetime) -> bool:
    """As automation, so that no rule is woken by it. A case that is done needs nobody to come back."""
    row = FollowUp.objects.get(pk=pk)
    ticket = locked(row.ticket_id)
    with coming_from(replace(origin(), channel=CHANNEL)):
        if ticket.is_done:
            return cancel_follow_up(follow_up=row, actor=None, now=now)
        if not FollowUp.objects.open().filter(pk=pk, due_at__lte=now).update(done_at=now):
            return False
        refused = _act(row, now=now)
        tell(Kind.FOLLOW_UP_DUE, locked(ticket.pk), now=now, follow_up=pk, note=row.note, made_by=row.made_by_id,
             refused=refused)  # fmt: skip
        wake(row, locked(ticket.pk), actor=None, now=now)
    return True


def _act(row: FollowUp, *, now: datetime) -> int:
    """Its actions; how many were refused, which stops no other."""
    try:
        actions = read_actions(row.actions) if row.actions else ()
    except Unreadable:
        return len(row.actions)
    refused = 0
    for action in actions:
        try:
            with transaction.atomic():
                act(action, locked(row.ticket_id), rule=Source(None, row.note[:80]), actor=None, now=now)
        except Refused:
            refused += 1
    return refused
