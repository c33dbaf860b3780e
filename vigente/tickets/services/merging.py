"""Joining cases that are one, and parting one that is two (rows 12, 14)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import Membership, User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.installation.prepared import Locking, Param
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.lifecycle import Status
from vigente.rules.reasons import Code, Reason, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import HeldRequest, Message, Participant, SplitProposal, Ticket, TicketLink
from vigente.tickets.services.classification import (
    copy_files,
    decide_anew,
    hold_instead,
    last_release,
    release_draw,
)
from vigente.tickets.services.filing import Filing
from vigente.tickets.services.request import Request
from vigente.tickets.services.state import finish, locked, move, tell
from vigente.tickets.services.submission import accept, charge_for, hold


@transaction.atomic
def merge(*, ticket: Ticket, into: Ticket, actor: User, now: datetime) -> None:
    """Join a duplicate into another case of the same organization; the absorbed case's draw is released (row 12).

    A case that drew is never absorbed by one that draws nothing: that would hide a draw. Join them the other way round.
    """
    first, second = sorted(
        (ticket.pk, into.pk)
    )  # always in this order: two that cross wait, and do not block
    rows = {first: locked(first), second: locked(second)}
    ticket, into = rows[ticket.pk], rows[into.pk]
    if ticket.pk == into.pk or ticket.merged_into_id is not None or into.merged_into_id is not None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    if ticket.organization_id != into.organization_id or (
        ticket.organization_id is None and ticket.requester_id != into.requester_id
    ):
        raise Refused(RefusalCode.OTHER_ORGANIZATION, field="into")
    if ticket.drawn and not into.drawn:
        raise Refused(RefusalCode.MERGE_HIDES_DRAW, field="into")
    if ticket.requester_id != into.requester_id:
        Participant.objects.get_or_create(ticket=into, user=ticket.requester, defaults={"added_at": now})
    release_draw(ticket, Release.DUPLICATE, actor=actor, now=now)
    if ticket.status != Status.CLOSED:
        move(ticket, Status.CLOSED, actor=actor, now=now)
    ticket.merged_into = into
    tell(Kind.TICKET_MERGED, ticket, now=now, actor=actor, into=into.number)
    finish(ticket, now=now)


@transaction.atomic
def unmerge(*, ticket: Ticket, actor: User, now: datetime) -> Ticket | HeldRequest:
    """Part a case again; what joining it gave back is decided anew (row 12). Not covered now: held, and the answer is
    that HeldRequest.
    """
    ticket = locked(ticket.pk)
    if ticket.merged_into is None:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    into = ticket.merged_into
    ticket.merged_into = None
    tell(Kind.TICKET_UNMERGED, ticket, now=now, actor=actor, **{"from": into.number})
    if last_release(ticket) is Release.DUPLICATE and not decide_anew(ticket, now=now):
        return hold_instead(ticket, actor=actor, now=now)
    move(ticket, Status.OPEN, actor=actor, now=now)
    finish(ticket, now=now)
    return ticket


@transaction.atomic
def propose_split(
    *,
    ticket: Ticket,
    messages: Iterable[Message],
    subject: str,
    actor: User,
    now: datetime,
    new_problem: bool = True,
) -> SplitProposal:
    """Say that some messages are another case. If it is a new problem it will draw, so the customer is asked first
    (row 14);
    if it is not, it is parted at once and draws nothing."""
    ticket = locked(ticket.pk)
    chosen = [
        message
        for message in messages
        if message.ticket_id == ticket.pk and message.kind == Message.Kind.REPLY
    ]
    subject = " ".join(subject.split())[:200]
    if not chosen:
        raise Refused(RefusalCode.EMPTY, field="messages")
    if not subject:
        raise Refused(RefusalCode.EMPTY, field="subject")
    if not new_problem and len(chosen) == ticket.messages.filter(kind=Message.Kind.REPLY).count():
        raise Refused(RefusalCode.INVALID_VALUE, field="messages")
    proposal = SplitProposal.objects.create(
        ticket=ticket,
        subject=subject,
        proposed_by=actor,
        asked_at=now,
        answer_until=now + timedelta(days=rulebook_at(now).split_answer_days),
    )
    proposal.messages.set(chosen)
    if new_problem:
        tell(Kind.SPLIT_PROPOSED, ticket, now=now, actor=actor, proposal=proposal.pk)
    else:
        reason = Reason(Code.FOLLOW_UP_SAME_PROBLEM, {"number": ticket.number})
        decision = Decision(Outcome.FREE, (reason,), rank=ticket.rank)
        child = accept(_child(proposal), decision, filing=Filing(), now=now)
        _parted(proposal, child, actor=actor, now=now)
    return proposal


@transaction.atomic
def answer_split(
    *, proposal: SplitProposal, accepted: bool, user: User, now: datetime
) -> Ticket | HeldRequest | None:
    """The customer's answer: yes parts the case and draws (held if it is not covered); no leaves everything as it
    is.
    """
    proposal = _asked(proposal)
    ticket = proposal.ticket
    manages = Membership.objects.filter(
        user=user, organization=ticket.organization_id, role=Membership.Role.MANAGER
    ).exists()
    if ticket.requester_id != user.pk and not manages:
        raise Refused(RefusalCode.NOT_YOURS)
    if now >= proposal.answer_until:
        raise Refused(RefusalCode.TOO_LATE, until=proposal.answer_until.isoformat())
    if not accepted:
        _answered(proposal, SplitProposal.Status.DECLINED, now=now)
        tell(Kind.SPLIT_DECLINED, ticket, now=now, actor=user, proposal=proposal.pk, silent=False)
        return None
    request = _child(proposal)
    filing = Filing()
    decision = charge_for(request, filing.source, now=now)
    if not decision.accepted:
        _answered(proposal, SplitProposal.Status.ACCEPTED, now=now)
        return hold(request, decision, now=now)
    child = accept(request, decision, filing=filing, now=now)
    _parted(proposal, child, actor=user, now=now)
    return child


def expire_splits(*, now: datetime, limit: int = 100) -> int:
    """Silence is a no: nothing is drawn, the new problem is held whole (row 14)."""
    due = list(
        SplitProposal.objects.filter(
            status=SplitProposal.Status.ASKED, answer_until__lte=now, ticket__in_trash=False
        ).values_list("pk", flat=True)[:limit]
    )
    for pk in due:
        with transaction.atomic():
            proposal = SplitProposal.objects.select_related("ticket").get(pk=pk)
            if not _answered(proposal, SplitProposal.Status.DECLINED, now=now):
                continue
            decision = Decision(Outcome.NOT_COVERED, (Reason(Code.SPLIT_UNANSWERED),))
            held = hold(_child(proposal), decision, now=now)
            tell(Kind.SPLIT_DECLINED, proposal.ticket, now=now, proposal=pk, silent=True, held=held.pk)
    return len(due)


def _child(proposal: SplitProposal) -> Request:
    ticket = locked(proposal.ticket_id)
    messages = list(proposal.messages.order_by("created_at", "id"))
    return Request(
        requester=ticket.requester,
        email=ticket.requester.email,
        organization=ticket.organization,
        licence=ticket.licence,
        work_type=ticket.work_type,
        subject=proposal.subject,
        html="\n".join(message.html for message in messages),
        text="\n\n".join(message.text for message in messages),
        channel=ticket.channel,
        follows=ticket,
        department=ticket.department,
    )


def _parted(proposal: SplitProposal, child: Ticket, *, actor: User, now: datetime) -> None:
    first = child.messages.get()
    for message in proposal.messages.all():
        copy_files(message, to=first, now=now)
    _answered(proposal, SplitProposal.Status.ACCEPTED, now=now)
    SplitProposal.objects.filter(pk=proposal.pk).update(child=child)
    TicketLink.objects.get_or_create(
        ticket=child, other=proposal.ticket, defaults={"kind": TicketLink.Kind.SPLIT, "created_at": now}
    )
    tell(Kind.SPLIT_ACCEPTED, proposal.ticket, now=now, actor=actor, proposal=proposal.pk, child=child.number)


def _asked(proposal: SplitProposal) -> SplitProposal:
    fresh = _LOCKED.first(proposal=proposal.pk)
    assert fresh is not None, "a proposal is never deleted"
    if fresh.status != SplitProposal.Status.ASKED:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    return fresh


_LOCKED = Locking(
    lambda: SplitProposal.objects.select_related("ticket__organization").filter(pk=Param("proposal"))
)


def _answered(proposal: SplitProposal, status: str, *, now: datetime) -> int:
    return SplitProposal.objects.filter(pk=proposal.pk, status=SplitProposal.Status.ASKED).update(
        status=status, answered_at=now
    )
