"""Coming back to a case: at an instant, resting until then. `automation/follow_ups` does what is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.rules.automation import Action, write_actions
from vigente.rules.lifecycle import DONE, PAUSED, Status
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import FollowUp, Ticket
from vigente.tickets.services.state import locked, tell
from vigente.tickets.services.work import change_status

MOST = 20  # to come, of a case
FARTHEST = timedelta(days=5 * 366)
LONGEST = 2_000  # characters of its note


@transaction.atomic
def set_follow_up(
    *,
    ticket: Ticket,
    due_at: datetime,
    actor: User | None,
    now: datetime,
    note: str = "",
    status: str = "",
    cancel_on_reply: bool = False,
    actions: Sequence[Action] = (),
    follow_up: FollowUp | None = None,
) -> FollowUp:
    """Come back to the case at `due_at`, or change how (`follow_up`). `status`: one that waits, in which the case rests
    meanwhile. Raises Refused for an instant that is past or too far, and for a case that is done.
    """
    if not now < due_at <= now + FARTHEST:
        raise Refused(RefusalCode.INVALID_VALUE, field="at", value=str(due_at))
    if status and status not in PAUSED:
        raise Refused(RefusalCode.INVALID_VALUE, field="status", value=status)
    if len(note) > LONGEST:
        raise Refused(RefusalCode.TOO_LONG, field="note", limit=LONGEST)
    ticket = locked(ticket.pk)
    if ticket.status in DONE or ticket.merged_into_id is not None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    if follow_up is None:
        if FollowUp.objects.open().filter(ticket=ticket).count() >= MOST:
            raise Refused(RefusalCode.STILL_USED)
        row = FollowUp(ticket=ticket, made_by=actor, made_at=now, before=ticket.status)
    else:
        row = FollowUp.objects.open().select_for_update().filter(pk=follow_up.pk).first() or _gone()
    row.due_at, row.note, row.status, row.cancel_on_reply = due_at, note.strip(), status, cancel_on_reply
    row.actions = write_actions(actions)
    row.save()
    tell(
        Kind.FOLLOW_UP_SET,
        ticket,
        now=now,
        actor=actor,
        follow_up=row.pk,
        due=due_at.isoformat(),
        note=row.note,
    )
    if status and ticket.status != status:
        change_status(ticket=ticket, status=status, actor=actor, now=now)
    return row


def _gone() -> FollowUp:
    raise Refused(RefusalCode.TOO_LATE)


@transaction.atomic
def cancel_follow_up(*, follow_up: FollowUp, actor: User | None, now: datetime) -> bool:
    """Come back no more; a case that rests only for it goes back to the state it had. False: it was over already."""
    ticket = locked(follow_up.ticket_id)
    rows = FollowUp.objects.open().filter(pk=follow_up.pk)
    if not rows.update(cancelled_at=now):
        return False
    tell(Kind.FOLLOW_UP_CANCELLED, ticket, now=now, actor=actor, follow_up=follow_up.pk)
    wake(follow_up, ticket, actor=actor, now=now)
    return True


def wake(follow_up: FollowUp, ticket: Ticket, *, actor: User | None, now: datetime) -> None:
    """Let a case that rests for it, and for no other, go on: cancelled, as it was before; due, open."""
    if not follow_up.status or ticket.status != follow_up.status or ticket.merged_into_id is not None:
        return
    if (
        FollowUp.objects.open()
        .filter(ticket=ticket, status=follow_up.status)
        .exclude(pk=follow_up.pk)
        .exists()
    ):
        return
    cancelled = FollowUp.objects.filter(pk=follow_up.pk, cancelled_at__isnull=False).exists()
    rested = cancelled and follow_up.before in PAUSED
    after = Status(follow_up.before) if rested else Status.OPEN
    change_status(ticket=ticket, status=after, actor=actor, now=now)


def cancel_answered(*, ticket: int, now: datetime) -> int:
    """The customer wrote: what was only to be done if they did not is over. Returns how many."""
    rows = FollowUp.objects.open().filter(ticket=ticket, cancel_on_reply=True)
    return sum(cancel_follow_up(follow_up=row, actor=None, now=now) for row in rows)
