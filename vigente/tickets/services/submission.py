"""The one door: every request, whatever its channel, becomes a case or a held request here (rows 1–6, 15, 36, 44).

One transaction: claim the submission's key, decide and draw, write the case or hold it. The same submission again
gets the first answer.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from vigente.accounts.models import Organization, User
from vigente.billing.facts import Facts, facts_asked, facts_found, load
from vigente.billing.models import Licence, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import OVERRIDE_KEY, rank_of
from vigente.billing.services.charging import charge, current_facts
from vigente.billing.services.ledger import add_goodwill
from vigente.events.kinds import Kind
from vigente.events.models import Event, happening, record
from vigente.installation.prepared import Param, PreparedUpdate, together
from vigente.installation.rows import insert, inserting, inserting_if_new
from vigente.rules.coverage import NO_RANK, Decision, Outcome
from vigente.rules.reasons import Code, Reason, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File, attach
from vigente.tickets.models import (
    Department,
    DrawDispute,
    HeldRequest,
    Message,
    Quotation,
    SpamRule,
    Submission,
    Ticket,
)
from vigente.tickets.services.answers import answers_at_intake, keep_answers
from vigente.tickets.services.catching import caught_by
from vigente.tickets.services.departments import agent_for
from vigente.tickets.services.filing import Filing
from vigente.tickets.services.request import Request, prepare, seat_asked
from vigente.tickets.services.state import tell
from vigente.tickets.stamps import adopt_plan, judge, stamp


def submit_request(
    *,
    requester: User | None,
    organization: Organization | None,
    licence: Licence | None,
    work_type: WorkType,
    subject: str,
    channel: str,
    key: str,
    now: datetime,
    html: str = "",
    text: str = "",
    email: str = "",
    opened_by: User | None = None,
    files: tuple[File, ...] = (),
    follows: Ticket | None = None,
    override_reason: str = "",
    sender_name: str = "",
    hold_as: Code | None = None,
    department: Department | None = None,
    fields: Mapping[int, Any] | None = None,
) -> Ticket | HeldRequest:
    """File a request: a case if it is covered, else a held request, stored whole (rows 2, 3). Nothing is decided twice.

    `key` names the submission; sent again it gives the first answer (row 6). `html` is sanitised; `text` alone will do.
    `override_reason`: a supervisor lets in what is not covered, as goodwill that is drawn at once (row 15).
    `department`: where it goes instead of the default one.
    `hold_as`: hold it whatever the coverage, for that reason (row 17). `fields`: answers to the vendor's public fields,
    as they were sent; None where nobody was asked. Raises Refused for bad input, and WrongAnswers, having written
    nothing.
    """
    request = prepare(
        Request(
            requester=requester,
            email=(email or (requester.email if requester else "")).lower(),
            organization=organization,
            licence=licence,
            work_type=work_type,
            subject=subject,
            html=html,
            text=text,
            channel=channel,
            opened_by=opened_by,
            files=files,
            follows=follows,
            sender_name=sender_name,
            department=department,
            fields={}
            if fields is None
            else answers_at_intake(fields, work_type=work_type, department=department),
        )
    )
    return _file(request, key, hold_as=hold_as, override_reason=override_reason, now=now)


@transaction.atomic
def _file(
    request: Request, key: str, *, hold_as: Code | None, override_reason: str, now: datetime
) -> Ticket | HeldRequest:
    """What `submit_request` does with a request that was checked."""
    claimed = _claim(request, key, now=now)
    if isinstance(claimed, Ticket | HeldRequest):
        return claimed
    submission, facts = claimed
    caught = caught_by(request)
    why = hold_as if caught is None else Code.CAUGHT_AS_SPAM
    if why is not None:
        decision = Decision(Outcome.NOT_COVERED, (Reason(why),))
        result: Ticket | HeldRequest = hold(request, decision, now=now, caught=caught)
    else:
        facts = current_facts(request.organization, now=now, read=facts)
        result = _decide_and_write(request, submission, facts, override_reason=override_reason, now=now)
    if isinstance(result, HeldRequest):
        _ANSWERED_BY_HOLDING(submission=submission.pk, answer=result.pk)
    return result


_ANSWERED, _ANSWERED_BY_HOLDING = (
    PreparedUpdate(lambda: Submission.objects.filter(pk=Param("submission")), **{field: Param("answer")})
    for field in ("ticket", "held")
)


def _claim(request: Request, key: str, *, now: datetime) -> tuple[Submission, Facts] | Ticket | HeldRequest:
    """The submission's row, ours to fill, and what it is decided from; or, if it was filed before, what came of it."""
    digest = request.digest()
    submission, seat = Submission(key=key, digest=digest, created_at=now), seat_asked(request)
    facts = facts_asked(request.organization, now=now)
    is_new, *found = together(inserting_if_new(submission), *seat, *facts)
    if seat and not found.pop(0):
        raise Refused(RefusalCode.NOT_YOURS, field="organization")
    if is_new:
        return submission, facts_found(found)
    before = Submission.objects.select_related("ticket", "held__ticket").get(key=key)
    if before.digest != digest:
        raise Refused(RefusalCode.SAME_KEY_OTHER_CONTENT, field="key")
    answer = before.ticket or before.held
    if answer is None:
        raise RuntimeError("a submission without an answer: its transaction cannot have committed")
    return answer


def _decide_and_write(
    request: Request, submission: Submission, facts: Facts, *, now: datetime, override_reason: str
) -> Ticket | HeldRequest:
    """Decide, draw, and write the case, or hold it. Inside the caller's transaction."""
    filing = Filing(request.department)
    decision = charge_for(request, filing.source, now=now, known=facts)
    if not decision.accepted and override_reason:
        decision = override_for(request, filing.source, request.opened_by, override_reason, now=now)
    if not decision.accepted:
        return hold(request, decision, now=now)
    return accept(request, decision, filing=filing, now=now, facts=facts, submission=submission)


def charge_for(
    request: Request,
    source: Callable[[], str],
    *,
    now: datetime,
    approved: bool = False,
    known: Facts | None = None,
) -> Decision:
    """Decide a request and draw on the grant that pays; see `billing.services.charging`."""
    return charge(
        organization=request.organization,
        licence=request.licence,
        work=request.work_type,
        user=request.requester if request.opened_by is None else request.opened_by,
        source=source,
        now=now,
        approved=approved,
        known=known,
    )


def override_for(
    request: Request, source: Callable[[], str], actor: User | None, reason: str, *, now: datetime
) -> Decision:
    """A supervisor lets it in: a goodwill grant, drawn at once, so the books still balance (row 15)."""
    if actor is None or not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if request.organization is None:
        raise Refused(RefusalCode.NO_ORGANIZATION)
    if request.organization.is_blocked:
        raise Refused(RefusalCode.BLOCKED)
    rank, _version = rank_of(organization=request.organization, licence=request.licence, now=now)
    grant = add_goodwill(
        organization=request.organization,
        licence=request.licence,
        key=f"{OVERRIDE_KEY}{secrets.token_hex(12)}",
        cases=request.work_type.units,
        rank=rank,
        now=now,
        reason=Release.OVERRIDE,
        actor=actor,
        note=reason,
        is_favour=True,
    )
    facts = load(request.organization, now=now)
    alone = replace(facts, grants=tuple(one for one in facts.grants if one.id == grant.pk))
    decision = charge_for(request, source, now=now, approved=True, known=alone)
    return replace(
        decision, reasons=(Reason(Code.STAFF_OVERRIDE, {"reason": reason[:200]}), *decision.reasons)
    )


def accept(
    request: Request,
    decision: Decision,
    *,
    filing: Filing,
    now: datetime,
    held: HeldRequest | None = None,
    facts: Facts | None = None,
    submission: Submission | None = None,
) -> Ticket:
    """Write the case that `decision` let in, its first message, its place in line, and that it happened.

    `submission`: what it answers.
    """
    facts = facts or load(request.organization, now=now)
    ticket = _new_ticket(request, decision, facts, filing=filing, now=now)
    insert(ticket)
    message = Message(
        ticket=ticket,
        author=ticket.requester,
        author_name=request.sender_name,
        html=request.html,
        text=request.text,
        channel=request.channel,
        created_at=held.received_at if held else now,
    )
    answer = [_ANSWERED.asked(submission=submission.pk, answer=ticket.pk)] if submission else []
    together(inserting(message), inserting(_acceptance(ticket, now=now)), *answer)
    attach(request.files, now=now, message=message)
    if ticket.assignee_id is not None:
        tell(
            Kind.TICKET_ASSIGNED,
            ticket,
            now=now,
            assignee=ticket.assignee_id,
            of_department=True,
            by_line=False,
        )
    keep_answers(ticket, request.fields, actor=request.opened_by or request.requester, now=now)
    if request.opened_by is not None and request.opened_by.pk != ticket.requester_id:
        _opened_for_customer(ticket, request.opened_by, now=now, dispute_days=facts.rulebook.dispute_days)
    if ticket.queue == Ticket.Queue.QUOTATION:
        Quotation.objects.create(ticket=ticket, created_at=now)
        record(
            Kind.QUOTATION_REQUESTED,
            subject=ticket.event_subject,
            organization=ticket.organization,
            actor=ticket.requester,
            now=now,
        )
    return ticket


def _new_ticket(
    request: Request, decision: Decision, facts: Facts, *, filing: Filing, now: datetime
) -> Ticket:
    """The case with its plan's rank, its promises and its place in line, unsaved."""
    requester = request.requester or request.opened_by
    assert requester is not None, "a case has a requester"
    drawn = decision.outcome is Outcome.COVERED
    quoted = decision.outcome is Outcome.QUOTATION
    ticket = Ticket(
        number=filing.number,
        organization=request.organization,
        licence=request.licence,
        requester=requester,
        opened_by=request.opened_by or requester,
        department=filing.department,
        work_type=request.work_type,
        subject=request.subject,
        queue=Ticket.Queue.QUOTATION if quoted else Ticket.Queue.SUPPORT,
        channel=request.channel,
        decision=decision.to_json(),
        draw=1 if drawn else 0,
        drawn=drawn,
        follows=request.follows,
        rank=decision.rank,
        accepted_at=now,
        last_activity_at=now,
        last_reply_by="customer",
    )
    if filing.department.assigns and not quoted:
        ticket.assignee = agent_for(filing.department, now=now)
    licence_id = request.licence.pk if request.licence else None
    version = facts.best_version(licence_id, now=now) if decision.rank < NO_RANK else None
    adopt_plan(ticket, version, rank=decision.rank)
    accepted = happening(Kind.TICKET_ACCEPTED, subject="", now=now, actor=None, organization_id=None)
    stamp(ticket, judge(ticket, [accepted]), rulebook=facts.rulebook)
    return ticket


def _acceptance(ticket: Ticket, *, now: datetime) -> Event:
    return happening(
        Kind.TICKET_ACCEPTED,
        subject=ticket.event_subject,
        organization_id=ticket.organization_id,
        actor=ticket.opened_by,
        now=now,
        number=ticket.number,
        decision=ticket.decision,
        channel=ticket.channel,
    )


def _opened_for_customer(ticket: Ticket, agent: User, *, now: datetime, dispute_days: int) -> None:
    """Somebody of the vendor's spent a customer's case: the customer may object (row 15)."""
    until = now + timedelta(days=dispute_days)
    if ticket.drawn:
        DrawDispute.objects.create(ticket=ticket, until=until)
    record(
        Kind.TICKET_OPENED_FOR_CUSTOMER,
        subject=ticket.event_subject,
        organization=ticket.organization,
        actor=agent,
        now=now,
        dispute_until=until.isoformat() if ticket.drawn else None,
    )


def hold(request: Request, decision: Decision, *, now: datetime, caught: int | None = None) -> HeldRequest:
    """Keep a request that is not covered, whole (rows 2, 3, 41, 46). `caught`: by that rule of spam, which answers
    nobody; its text is kept as long as that of any request that was settled.
    """
    book = rulebook_at(now)
    waits_for_manager = any(reason.code is Code.NEEDS_APPROVAL for reason in decision.reasons)
    held = HeldRequest.objects.create(
        token=secrets.token_urlsafe(18),
        organization=request.organization,
        licence=request.licence,
        requester=request.requester,
        email=request.email,
        sender_name=request.sender_name,
        department=request.department,
        work_type=request.work_type,
        follows=request.follows,
        subject=request.subject,
        html=request.html,
        text=request.text,
        fields={str(key): value for key, value in request.fields.items()},
        channel=request.channel,
        status=_first_status(waits_for_manager=waits_for_manager, caught=caught),
        caught_by_id=caught,
        erase_at=now + timedelta(days=book.held_retention_days) if caught else None,
        decision=decision.to_json(),
        received_at=now,
        hold_until=now + timedelta(days=book.hold_days),
    )
    attach(request.files, now=now, held=held)
    if caught is not None:
        SpamRule.objects.filter(pk=caught).update(caught=F("caught") + 1, last_at=now)
        record(
            Kind.HELD_CAUGHT, subject=held.event_subject, organization=held.organization, now=now, rule=caught
        )
        return held
    record(
        Kind.HELD,
        subject=held.event_subject,
        organization=held.organization,
        actor=request.opened_by or request.requester,
        now=now,
        decision=decision.to_json(),
        channel=request.channel,
    )
    if waits_for_manager:
        record(
            Kind.APPROVAL_ASKED,
            subject=held.event_subject,
            organization=held.organization,
            actor=request.requester,
            now=now,
        )
    return held


def _first_status(*, waits_for_manager: bool, caught: int | None) -> str:
    if caught is not None:
        return HeldRequest.Status.SPAM
    return HeldRequest.Status.APPROVAL if waits_for_manager else HeldRequest.Status.WAITING
