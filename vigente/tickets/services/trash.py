"""The trash: a case thrown away is out of every list at once, and comes back as it was until it is emptied.

Its promises go on meanwhile: who waits for an answer does not wait less because we misplaced the question. What
becomes of its draw follows from why it was thrown away: spam and our own mistakes give it back, anything else keeps
it (row 12).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Ticket, TrashedCase
from vigente.tickets.services.classification import FAVOURS, decide_anew, hold_instead, release_draw
from vigente.tickets.services.emptying import empty_case
from vigente.tickets.services.state import CHANGED, locked, save, tell
from vigente.tickets.stamps import restamp

Why = TrashedCase.Why
GIVES_BACK = {Why.SPAM: Release.SPAM, Why.MISTAKE: Release.OPENED_BY_MISTAKE}


@transaction.atomic
def trash(
    *, ticket: Ticket, actor: User | None, now: datetime, why: str = Why.OTHER, note: str = ""
) -> TrashedCase:
    """Throw a case away, and with it those merged into it. Twice is once. `actor` None: a rule.

    `why` decides about its draw: `Why.SPAM` and `Why.MISTAKE` give it back (the latter is a favour, with a `note`, and
    counts against the month's limit; row 39), `Why.OTHER` keeps it. Raises Refused when it may not.
    """
    if why not in Why.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="why", value=why)
    before = TrashedCase.objects.filter(ticket=ticket.pk).first()
    if before is not None:
        return before
    ticket = locked(ticket.pk)
    reason = GIVES_BACK.get(Why(why))
    note = note.strip()[:200]
    if reason in FAVOURS and ticket.drawn and not note:
        raise Refused(RefusalCode.NEEDS_REASON, field="note")
    drew = ticket.drawn
    if reason is not None:
        release_draw(ticket, reason, actor=actor, now=now, note=note, is_favour=reason in FAVOURS)
    tell(Kind.TICKET_TRASHED, ticket, now=now, actor=actor, why=why)
    save(ticket)
    row = TrashedCase.objects.create(
        ticket=ticket,
        why=why,
        note=note,
        released=drew and not ticket.drawn,
        trashed_by=actor,
        trashed_at=now,
    )
    _take_along(ticket, actor=actor, now=now, why=why)
    Ticket.objects.filter(pk=ticket.pk).update(in_trash=True)
    return row


def _take_along(ticket: Ticket, *, actor: User | None, now: datetime, why: str) -> None:
    """The cases merged into it, and into those: nothing may stay that leads to what is gone."""
    layer = [ticket.pk]
    while layer:
        found = list(Ticket.objects.filter(merged_into__in=layer))
        for child in found:
            tell(Kind.TICKET_TRASHED, child, now=now, actor=actor, why=why)
        TrashedCase.objects.bulk_create(
            TrashedCase(ticket=child, why=why, along_with=ticket, trashed_by=actor, trashed_at=now)
            for child in found
        )
        layer = [child.pk for child in found]
        Ticket.objects.filter(pk__in=layer).update(in_trash=True)


@transaction.atomic
def restore(*, ticket: Ticket, actor: User | None, now: datetime) -> Ticket | HeldRequest:
    """Bring a case back as it was, its stamps anew. A draw that was given back is decided anew: an open case that
    nothing covers any more is held instead. Twice is once. Raises Refused for what was emptied, or merged into a case
    that lies in the trash itself.
    """
    row = TrashedCase.objects.select_for_update().filter(ticket=ticket.pk).first()
    if row is None:
        there: Ticket = Ticket.objects.get(pk=ticket.pk)
        return there
    into = Ticket.everything.filter(absorbed=ticket.pk, in_trash=True)
    if row.emptied_at is not None or row.along_with_id is not None or into.exists():
        raise Refused(RefusalCode.WRONG_STATE, state="trash")
    along = list(TrashedCase.objects.filter(along_with=ticket.pk).values_list("ticket", flat=True))
    Ticket.everything.filter(pk__in=[*along, ticket.pk]).update(in_trash=False)
    TrashedCase.objects.filter(ticket__in=[*along, ticket.pk]).delete()
    for pk in along:
        tell(Kind.TICKET_RESTORED, locked(pk), now=now, actor=actor)
    ticket = locked(ticket.pk)
    tell(Kind.TICKET_RESTORED, ticket, now=now, actor=actor)
    if row.released and not decide_anew(ticket, now=now) and not ticket.is_done:
        return hold_instead(ticket, actor=actor, now=now)
    restamp(ticket, now=now, also=CHANGED)
    return ticket


@transaction.atomic
def empty(*, ticket: Ticket, actor: User | None, now: datetime) -> bool:
    """Erase for good what a case in the trash says; its number, draws and events stay, so that the books do. For
    owners, and for the worker (`actor` None) after `TrashedCase.KEPT`. False if it was emptied before.
    """
    if actor is not None and not actor.is_owner:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    row = TrashedCase.objects.select_for_update().filter(ticket=ticket.pk).first()
    if row is None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    if row.emptied_at is not None:
        return False
    rows = TrashedCase.objects.filter(ticket=ticket.pk) | TrashedCase.objects.filter(along_with=ticket.pk)
    for one in Ticket.everything.filter(trashed__in=rows.values("pk")):
        empty_case(one)
        one.alert_at = None  # nothing is said any more of its promises
        tell(Kind.TICKET_EMPTIED, one, now=now, actor=actor)
    TrashedCase.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        emptied_at=now, emptied_by=actor, note=""
    )
    return True


def empty_due(*, before: datetime, now: datetime, limit: int = 100) -> int:
    """Empty what was thrown away before then."""
    due = list(_old(before).order_by("trashed_at")[:limit])
    return sum(empty(ticket=row.ticket, actor=None, now=now) for row in due)


def _old(before: datetime) -> "QuerySet[TrashedCase]":
    waiting = TrashedCase.objects.filter(emptied_at__isnull=True, along_with__isnull=True)
    return waiting.filter(trashed_at__lte=before).select_related("ticket")
