"""What kind of work a case is, and what follows for its draw (R8, R9; rows 10–13, 16, 36, 39, 44, 47, 48)."""

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models import Licence, WorkType
from vigente.billing.services.charging import charge
from vigente.billing.services.ledger import GivenBack, add_goodwill, give_back
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.lifecycle import Status
from vigente.rules.reasons import REFUSALS, Code, Reason, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Attachment, HeldRequest, Message, Quotation, Ticket
from vigente.tickets.services.request import Request
from vigente.tickets.services.state import finish, locked, move, tell
from vigente.tickets.services.submission import hold

# Given back by an agent's own judgement: counts against the monthly limit of their role (row 39).
FAVOURS = frozenset({Release.SAME_PROBLEM, Release.VENDOR_FAULT, Release.OPENED_BY_MISTAKE})
BY_HAND = FAVOURS | {Release.SPAM}
CLOSES = frozenset({Release.SPAM, Release.OPENED_BY_MISTAKE})


@transaction.atomic
def classify(
    *, ticket: Ticket, work_type: WorkType, actor: User | None, now: datetime
) -> Ticket | HeldRequest:
    """Say what kind of work a case really is.

    Development releases the draw and moves it to the quotation queue (R9, row 11). Work that is always accepted
    releases it too
    (row 44). What was development or free and is now covered work is decided as a new request (rows 36, 44): if it
    is not
    covered, it is held, and the answer is that HeldRequest. A kind that weighs otherwise is drawn anew, whole or
    nothing (row 48). `actor` None: a rule of automation, which may only name the kind anew where the case and what it
    drew stay the same; what is not covered, and what is free, a person decides.
    """
    ticket = locked(ticket.pk)
    before = ticket.work_type
    if before.pk == work_type.pk:
        return ticket
    if actor is None and _weighs(before) != _weighs(work_type):
        raise Refused(RefusalCode.INVALID_VALUE, field="work_type", value=work_type.code)
    if ticket.merged_into_id is not None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    ticket.work_type = work_type
    if before.development:
        _end_quotation(ticket, now=now)
    released = GivenBack.NOTHING
    if work_type.development:
        released = release_draw(ticket, Release.DEVELOPMENT, actor=actor, now=now)
        _to_quotation(ticket, actor=actor, now=now)
    elif work_type.always:
        released = release_draw(ticket, Release.RECLASSIFIED_FREE, actor=actor, now=now)
        ticket.queue = Ticket.Queue.SUPPORT
        ticket.decision = Decision(Outcome.FREE, (Reason(Code.ALWAYS_ACCEPTED),), rank=ticket.rank).to_json()
    elif before.development or before.always:
        ticket.queue = Ticket.Queue.SUPPORT
        if not decide_anew(ticket, now=now):
            _told(ticket, before, released, actor=actor, now=now)
            return hold_instead(ticket, actor=actor, now=now)
    elif ticket.drawn and before.units != work_type.units:
        _weigh_anew(ticket, actor=actor, now=now)
    _told(ticket, before, released, actor=actor, now=now)
    finish(ticket, now=now)
    return ticket


@transaction.atomic
def release(*, ticket: Ticket, reason: Release, actor: User, now: datetime, note: str = "") -> GivenBack:
    """Give the draw of a case back for one of the reasons a person may choose (rows 10, 12, 16). Spam and mistakes
    also close it.

    A favour counts against its author; beyond the month's limit raises Refused: a supervisor decides (row 39).
    """
    if reason not in BY_HAND:
        raise Refused(RefusalCode.INVALID_VALUE, field="reason", value=reason.value)
    if reason in FAVOURS and not note.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="note")
    ticket = locked(ticket.pk)
    outcome = release_draw(
        ticket, reason, actor=actor, now=now, note=note.strip(), is_favour=reason in FAVOURS
    )
    ticket.vendor_fault = ticket.vendor_fault or reason is Release.VENDOR_FAULT
    if reason in CLOSES and ticket.status != Status.CLOSED:
        move(ticket, Status.CLOSED, actor=actor, now=now)
    finish(ticket, now=now)
    return outcome


@transaction.atomic
def move_licence(*, ticket: Ticket, licence: Licence, actor: User, now: datetime) -> None:
    """Filed on the wrong licence: released and drawn on the right one in one transaction, or not at all (row 47)."""
    ticket = locked(ticket.pk)
    if ticket.organization_id != licence.organization_id:
        raise Refused(RefusalCode.NOT_YOURS, field="licence")
    if ticket.licence_id == licence.pk:
        return
    before = ticket.licence_id
    drew = ticket.drawn
    if drew:
        release_draw(ticket, Release.WRONG_LICENCE, actor=actor, now=now, may_make_goodwill=False)
    ticket.licence = licence
    if drew and not decide_anew(ticket, now=now):
        raise Refused(RefusalCode.NOT_ENOUGH, field="licence", units=ticket.work_type.units, left=0)
    tell(Kind.TICKET_MOVED_LICENCE, ticket, now=now, actor=actor, before=before, after=licence.pk)
    finish(ticket, now=now)


def decide_anew(ticket: Ticket, *, now: datetime) -> bool:
    """Decide a case as if it were asked now, drawing if a grant pays (rows 12, 36, 44, 47). Unsaved; False if it is
    not covered.
    """
    draw = ticket.draw + 1
    decision = charge(
        organization=ticket.organization,
        licence=ticket.licence,
        work=ticket.work_type,
        user=None,
        source=lambda: f"ticket:{ticket.number}:{draw}",
        now=now,
        approved=True,
    )
    if not decision.accepted:
        return False
    ticket.decision = decision.to_json()
    if decision.outcome is Outcome.COVERED:
        ticket.draw, ticket.drawn = draw, True
    if decision.rank < ticket.rank:
        tell(Kind.TICKET_RANK_CHANGED, ticket, now=now, before=ticket.rank, after=decision.rank)
        ticket.rank = decision.rank
    return True


def lost_cover(ticket: Ticket) -> bool:
    """Whether what let a finished case in holds no longer: found not covered (`hold_instead`), or given back as spam or
    a mistake. Opened again as it is, it would be worked on for nothing.
    """
    if ticket.drawn or not ticket.is_done:
        return False
    if any(reason.code in REFUSALS for reason in ticket.decision_value().reasons):
        return True
    return last_release(ticket) in CLOSES


def last_release(ticket: Ticket) -> Release | None:
    """Why the case's last draw was given back; None while it stands, or if it never drew."""
    if ticket.drawn or not ticket.draw:
        return None
    told = Event.objects.filter(subject=ticket.event_subject, kind=Kind.TICKET_RELEASED.value)
    last = told.order_by("-id").first()
    return Release(last.data["reason"]) if last else None


def cover_again(ticket: Ticket, *, now: datetime) -> None:
    """Before a finished case is opened again by hand: one that lost its cover is decided anew, or stays as it is.
    Unsaved.
    """
    if lost_cover(ticket) and not decide_anew(ticket, now=now):
        raise Refused(RefusalCode.NOT_ENOUGH, units=ticket.work_type.units, left=0)


def draw_goodwill(ticket: Ticket, *, reason: Release, actor: User, now: datetime, note: str = "") -> None:
    """Let a case stand although nothing pays: goodwill, drawn at once, so the books balance. Unsaved."""
    if ticket.organization is None:
        return
    add_goodwill(
        organization=ticket.organization,
        licence=ticket.licence,
        key=f"goodwill:draw:{ticket.number}:{ticket.draw + 1}",
        cases=ticket.work_type.units,
        rank=ticket.rank,
        now=now,
        reason=reason,
        actor=actor,
        note=note,
    )
    decide_anew(ticket, now=now)


def hold_instead(ticket: Ticket, *, actor: User | None, now: datetime) -> HeldRequest:
    """What is not covered after all: the text is held whole, the case is closed, and says why (rows 36, 44). Saves
    the case.
    """
    first = ticket.messages.order_by("created_at", "id").first()
    decision = charge(  # writes nothing: it was just refused
        organization=ticket.organization,
        licence=ticket.licence,
        work=ticket.work_type,
        user=None,
        source=lambda: f"ticket:{ticket.number}:{ticket.draw + 1}",
        now=now,
        approved=True,
    )
    held = hold(
        Request(
            requester=ticket.requester,
            email=ticket.requester.email,
            organization=ticket.organization,
            licence=ticket.licence,
            work_type=ticket.work_type,
            subject=ticket.subject,
            html=first.html if first else "",
            text=first.text if first else "",
            channel=ticket.channel,
            follows=ticket,
        ),
        decision,
        now=now,
    )
    if ticket.status != Status.CLOSED:
        move(ticket, Status.CLOSED, actor=None, now=now)
    ticket.decision = replace(ticket.decision_value(), reasons=decision.reasons).to_json()
    finish(ticket, now=now)
    if first is not None:
        copy_files(first, held=held, now=now)
    return held


def copy_files(
    message: Message, *, now: datetime, held: HeldRequest | None = None, to: Message | None = None
) -> None:
    """The same files, seen from another place; the bytes lie once."""
    for file in message.attachments.filter(deleted_at=None):
        Attachment.objects.create(
            held=held,
            message=to,
            token=secrets.token_urlsafe(18),
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            path=file.path,
            cid=file.cid,
            is_inline=file.is_inline,
            created_at=now,
        )


def release_draw(
    ticket: Ticket,
    reason: Release,
    *,
    actor: User | None,
    now: datetime,
    note: str = "",
    is_favour: bool = False,
    may_make_goodwill: bool = True,
) -> GivenBack:
    """Give the standing draw of a case back, unsaved; nothing if it has none."""
    if not ticket.drawn:
        return GivenBack.NOTHING
    outcome = give_back(
        source=ticket.draw_source,
        reason=reason,
        now=now,
        actor=actor,
        is_favour=is_favour,
        note=note,
        goodwill_key=f"goodwill:case:{ticket.number}" if may_make_goodwill else None,
        may_make_goodwill=may_make_goodwill,
    )
    ticket.drawn = False
    tell(Kind.TICKET_RELEASED, ticket, now=now, actor=actor, reason=reason.value, outcome=outcome.value)
    return outcome


def _weighs(work_type: WorkType) -> tuple[bool, bool, int]:
    return work_type.development, work_type.always, work_type.units


def _to_quotation(ticket: Ticket, *, actor: User | None, now: datetime) -> None:
    ticket.queue = Ticket.Queue.QUOTATION
    Quotation.objects.update_or_create(
        ticket=ticket,
        defaults={"status": Quotation.Status.REQUESTED, "reclassified_by": actor, "settled_at": None},
        create_defaults={
            "status": Quotation.Status.REQUESTED,
            "reclassified_by": actor,
            "created_at": now,
        },
    )
    tell(Kind.QUOTATION_REQUESTED, ticket, now=now, actor=actor)


def _end_quotation(ticket: Ticket, *, now: datetime) -> None:
    """It is ordinary work after all: there is nothing left to accept, decline or object to."""
    waiting = (Quotation.Status.REQUESTED, Quotation.Status.QUOTED, Quotation.Status.OBJECTED)
    Quotation.objects.filter(ticket=ticket, status__in=waiting).update(
        status=Quotation.Status.COVERED, settled_at=now
    )


def _weigh_anew(ticket: Ticket, *, actor: User | None, now: datetime) -> None:
    release_draw(ticket, Release.RECLASSIFIED_FREE, actor=actor, now=now, may_make_goodwill=False)
    if not decide_anew(ticket, now=now):
        raise Refused(RefusalCode.NOT_ENOUGH, field="work_type", units=ticket.work_type.units, left=0)


def _told(
    ticket: Ticket, before: WorkType, released: GivenBack, *, actor: User | None, now: datetime
) -> None:
    tell(
        Kind.TICKET_CLASSIFIED,
        ticket,
        now=now,
        actor=actor,
        before=before.code,
        after=ticket.work_type.code,
        released=released.value,
    )
