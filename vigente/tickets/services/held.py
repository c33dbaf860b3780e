"""Held requests: let in when coverage appears, chosen, approved, answered, overridden, withdrawn, expired (rows 2,
15, 41, 45, 46, 50).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Exists, QuerySet

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import under_review
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.prepared import Locking, Param, Prepared
from vigente.rules.coverage import Decision, Outcome
from vigente.rules.reasons import NOT_BY_ITSELF, Code, Reason
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import forget
from vigente.tickets.models import Attachment, HeldRequest, Message, Ticket
from vigente.tickets.services.answers import answers_at_intake
from vigente.tickets.services.filing import Filing
from vigente.tickets.services.request import Request
from vigente.tickets.services.submission import accept, charge_for, override_for

STATUS = HeldRequest.Status
PENDING = (STATUS.WAITING, STATUS.CHOOSE, STATUS.APPROVAL)


def release_covered(
    *, organization: Organization, now: datetime, appeared_at: datetime | None = None
) -> list[Ticket]:
    """Let in every waiting request that is covered now, oldest first, each in its own transaction.

    `appeared_at`: when the coverage appeared; what came later was decided with it in sight, however late this runs
    (row 45).
    """
    waiting = _of_members(organization)
    if appeared_at is not None:
        waiting = waiting.filter(received_at__lte=appeared_at)
    released: list[Ticket] = []
    for held in waiting.order_by("received_at", "id"):
        if not NOT_BY_ITSELF & {reason.code for reason in held.decision_value().reasons}:
            ticket = _try(held, now=now)
            if ticket is not None:
                released.append(ticket)
    return released


def ask_to_choose(*, organization: Organization, licence: Licence | None, now: datetime) -> int:
    """A new allotment came while requests waited: they do not burn it by themselves, the customer says which still
    matter (row 45), with the whole of `hold_days` to say so.
    """
    until = now + timedelta(days=rulebook_at(now).hold_days)
    waiting = _of_members(organization)
    if licence is not None:
        waiting = waiting.filter(licence=licence)
    asked = 0
    for held in waiting.order_by("received_at", "id"):
        if NOT_BY_ITSELF & {reason.code for reason in held.decision_value().reasons}:
            continue
        decision = Decision(Outcome.NOT_COVERED, (Reason(Code.RENEWED_CHOOSE),))
        with transaction.atomic():
            if HeldRequest.objects.filter(pk=held.pk, status=STATUS.WAITING).update(
                status=STATUS.CHOOSE, decision=decision.to_json(), hold_until=max(held.hold_until, until)
            ):
                _tell(Kind.HELD_CHOICE_ASKED, held, now=now)
                asked += 1
    return asked


def _of_members(organization: Organization) -> QuerySet[HeldRequest]:
    """What waits and was asked by somebody who still belongs to the organization: nobody else spends its cases."""
    return HeldRequest.objects.filter(
        organization=organization,
        status=STATUS.WAITING,
        requester__is_active=True,
        requester__memberships__organization=organization,
    )


def choose(*, held: Iterable[HeldRequest], user: User, now: datetime) -> list[Ticket | HeldRequest]:
    """Say which waiting requests still matter: each chosen one is decided now, oldest first (row 45)."""
    chosen = sorted(held, key=lambda one: (one.received_at, one.pk))
    return [_try(one, now=now, user=user) or _fresh(one) for one in chosen]


def complete(
    *,
    held: HeldRequest,
    user: User,
    organization: Organization | None,
    licence: Licence | None,
    work_type: WorkType,
    now: datetime,
    fields: Mapping[int, Any] | None = None,
) -> Ticket | HeldRequest:
    """Fill in what a request lacked (licence, kind of work; row 17) and decide it now. Whoever completes what nobody
    had claimed becomes its requester. What a manager approved is approved as it was: changed by somebody else, it is
    asked for anew. `fields`: answers to the vendor's public fields, None where nobody was asked. Raises WrongAnswers.
    """
    if held.requester_id not in (None, user.pk) and not _may_decide(held, user):
        raise Refused(RefusalCode.NOT_YOURS)
    if held.requester_id is None and held.email.lower() != user.email.lower():
        raise Refused(RefusalCode.NOT_YOURS)
    people = {user.pk, held.requester_id or user.pk}
    if organization is not None and Membership.objects.filter(
        user__in=people, organization=organization
    ).count() < len(people):
        raise Refused(RefusalCode.NOT_YOURS, field="organization")
    if licence is not None and (organization is None or licence.organization_id != organization.pk):
        raise Refused(RefusalCode.NOT_YOURS, field="licence")
    given: dict[str, Any] = {}
    if fields is not None:
        given["fields"] = {
            str(key): value
            for key, value in answers_at_intake(
                fields, work_type=work_type, department=held.department
            ).items()
        }
    with transaction.atomic():
        alive = HeldRequest.objects.filter(
            pk=held.pk, status__in=[*PENDING, STATUS.EXPIRED], erased_at__isnull=True
        )
        changed = alive.update(
            requester=held.requester or user,
            organization=organization,
            licence=licence,
            work_type=work_type,
            **given,
        )
        if changed and not _may_decide(held, user):
            same = {"licence": held.licence_id, "work_type": held.work_type_id}
            if same != {"licence": licence.pk if licence else None, "work_type": work_type.pk}:
                alive.update(approved_by=None)
        fresh = _fresh(held)
        if not changed:
            if fresh.ticket is not None:
                return fresh.ticket
            raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
        return _try(
            fresh, now=now, user=user, states=[*PENDING, STATUS.EXPIRED], store_refusal=True
        ) or _fresh(held)


@transaction.atomic
def approve(*, held: HeldRequest, user: User, now: datetime) -> Ticket | HeldRequest:
    """A manager lets a request spend a case (row 46), once."""
    if not _may_decide(held, user):
        raise Refused(RefusalCode.MANAGER_ONLY)
    if not HeldRequest.objects.filter(pk=held.pk, status=STATUS.APPROVAL).update(approved_by=user):
        before = _fresh(held)
        if before.ticket is None:
            raise Refused(RefusalCode.WRONG_STATE, state=before.status)
        return before.ticket
    ticket = _try(held, now=now, user=user, approved=True, states=[STATUS.APPROVAL], store_refusal=True)
    fresh = _fresh(held)
    if ticket is None and fresh.status == STATUS.APPROVAL:
        HeldRequest.objects.filter(pk=held.pk, status=STATUS.APPROVAL).update(status=STATUS.WAITING)
    _tell(Kind.APPROVAL_GIVEN, held, now=now, actor=user)
    return ticket or _fresh(held)


@transaction.atomic
def refuse_approval(*, held: HeldRequest, user: User, now: datetime) -> None:
    """A manager does not let it spend a case (row 46); the text stays readable as of any held request."""
    if not _may_decide(held, user):
        raise Refused(RefusalCode.MANAGER_ONLY)
    _settle(held, STATUS.WITHDRAWN, Kind.APPROVAL_REFUSED, now=now, actor=user, states=[STATUS.APPROVAL])


@transaction.atomic
def withdraw(*, held: HeldRequest, user: User, now: datetime) -> None:
    """Its author, or a manager, no longer needs it."""
    if held.requester_id != user.pk and not _may_decide(held, user):
        raise Refused(RefusalCode.NOT_YOURS)
    _settle(held, STATUS.WITHDRAWN, Kind.HELD_WITHDRAWN, now=now, actor=user)


def decide(*, held: HeldRequest, actor: User, now: datetime) -> Ticket | HeldRequest:
    """Decide a waiting request now, whatever kept it out; if it is not covered, that is why it waits from now on."""
    return _try(held, now=now, user=actor, states=[STATUS.WAITING], store_refusal=True) or _fresh(held)


def override(*, held: HeldRequest, actor: User, reason: str, now: datetime) -> Ticket:
    """A supervisor lets it in with a reason: goodwill, drawn at once (rows 15, 50)."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not reason.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="reason")
    ticket = _try(held, now=now, user=actor, override_by=actor, override_reason=reason.strip())
    if ticket is None:
        raise Refused(RefusalCode.WRONG_STATE, state=_fresh(held).status)
    return ticket


@transaction.atomic
def answer(*, held: HeldRequest, actor: User, text: str, now: datetime) -> None:
    """Answer with a link to an article or a request for data, and nothing more: the case itself waits for coverage
    (row 50).
    """
    if not text.strip():
        raise Refused(RefusalCode.EMPTY, field="text")
    if len(text) > 2000:
        raise Refused(RefusalCode.TOO_LONG, field="text", limit=2000)
    if not HeldRequest.objects.filter(pk=held.pk, status__in=PENDING).update(answer=text.strip()):
        raise Refused(RefusalCode.WRONG_STATE, state=_fresh(held).status)
    _tell(Kind.HELD_ANSWERED, held, now=now, actor=actor)


def expire_due(*, now: datetime) -> int:
    """Close what waited too long; its author is told how to recover it (row 41). While a transfer of theirs is under
    review the request waits (row 25).
    """
    due = _OVER(now=now)
    for held in due:
        with transaction.atomic():
            _settle(held, STATUS.EXPIRED, Kind.HELD_EXPIRED, now=now, actor=None, quietly=True)
    return len(due)


_OVER = Prepared(
    lambda: HeldRequest.objects.filter(
        ~Exists(under_review()), status__in=PENDING, hold_until__lte=Param("now", DateTimeField())
    ).order_by("hold_until")[:200]
)


def erase_due(*, now: datetime, limit: int = 200) -> int:
    """Erase the texts of requests that were never let in, after the retention time (row 41). The row stays."""
    due = list(
        HeldRequest.objects.filter(erase_at__lte=now, erased_at__isnull=True).order_by("erase_at")[:limit]
    )
    for held in due:
        with transaction.atomic():
            over = HeldRequest.objects.filter(pk=held.pk, erase_at__lte=now, erased_at__isnull=True)
            if not over.update(html="", text="", answer="", fields={}, erased_at=now):
                continue  # its author took it up again a moment ago
            files = list(Attachment.objects.filter(held=held))
            Attachment.objects.filter(held=held).delete()
            _tell(Kind.HELD_ERASED, held, now=now)
        forget(file.path for file in files)
    return len(due)


def _try(
    held: HeldRequest,
    *,
    now: datetime,
    user: User | None = None,
    approved: bool = False,
    states: Iterable[str] = PENDING,
    override_by: User | None = None,
    override_reason: str = "",
    store_refusal: bool = False,
) -> Ticket | None:
    """Decide a held request now; the case if it is let in, else None. Exactly one of several at once lets it in."""
    with transaction.atomic():
        fresh = _LOCKED.first(held=held.pk)
        assert fresh is not None, "a request is never deleted"
        if fresh.status not in set(states):
            return fresh.ticket
        request = _request(fresh, user, override_by)
        if request is None:
            return None
        filing = Filing(request.department)
        approved = approved or fresh.approved_by_id is not None
        decision = charge_for(request, filing.source, now=now, approved=approved)
        if not decision.accepted and override_by is not None:
            decision = override_for(request, filing.source, override_by, override_reason, now=now)
        if not decision.accepted:
            if store_refusal:
                status = STATUS.WAITING if fresh.status == STATUS.EXPIRED else fresh.status
                if any(reason.code is Code.NEEDS_APPROVAL for reason in decision.reasons):
                    status = STATUS.APPROVAL
                until = max(fresh.hold_until, now + timedelta(days=rulebook_at(now).hold_days))
                HeldRequest.objects.filter(pk=fresh.pk).update(
                    decision=decision.to_json(),
                    status=status,
                    hold_until=until,
                    settled_at=None,
                    erase_at=None,
                )
                if status == STATUS.APPROVAL != fresh.status:
                    _tell(Kind.APPROVAL_ASKED, fresh, now=now, actor=user)
            return None
        ticket = accept(request, decision, filing=filing, now=now, held=fresh)
        message = Message.objects.get(ticket=ticket)
        Attachment.objects.filter(held=fresh).update(held=None, message=message)
        HeldRequest.objects.filter(pk=fresh.pk).update(
            status=STATUS.RELEASED, ticket=ticket, settled_at=now, erase_at=None
        )
        _tell(Kind.HELD_RELEASED, fresh, now=now, actor=user, ticket=ticket.pk, number=ticket.number)
        held.refresh_from_db()
        return ticket


_LOCKED = Locking(
    lambda: HeldRequest.objects.select_related(
        "organization", "licence", "work_type", "requester", "ticket", "department"
    ).filter(pk=Param("held"))
)


def _request(held: HeldRequest, user: User | None, override_by: User | None) -> Request | None:
    requester = held.requester or (user if user is not None and not user.is_staff_member else None)
    if requester is None or held.work_type is None:
        return None
    return Request(
        requester=requester,
        email=held.email,
        organization=held.organization,
        licence=held.licence,
        work_type=held.work_type,
        subject=held.subject,
        html=held.html,
        text=held.text,
        channel=held.channel,
        opened_by=None,
        follows=held.follows,
        sender_name=held.sender_name,
        department=held.department,
        fields={int(key): value for key, value in held.fields.items()},
    )


def _settle(
    held: HeldRequest,
    status: str,
    kind: Kind,
    *,
    now: datetime,
    actor: User | None,
    states: Iterable[str] = PENDING,
    quietly: bool = False,
) -> None:
    erase_at = now + timedelta(days=rulebook_at(now).held_retention_days)
    changed = HeldRequest.objects.filter(pk=held.pk, status__in=list(states)).update(
        status=status, settled_at=now, erase_at=erase_at
    )
    if changed:
        _tell(kind, held, now=now, actor=actor)
        held.refresh_from_db()
    elif not quietly:
        raise Refused(RefusalCode.WRONG_STATE, state=_fresh(held).status)


def _may_decide(held: HeldRequest, user: User) -> bool:
    return (
        held.organization_id is not None
        and Membership.objects.filter(
            user=user, organization=held.organization_id, role=Membership.Role.MANAGER
        ).exists()
    )


def _fresh(held: HeldRequest) -> HeldRequest:
    return HeldRequest.objects.select_related("ticket").get(pk=held.pk)


def _tell(kind: Kind, held: HeldRequest, *, now: datetime, actor: User | None = None, **data: Any) -> None:
    record(kind, subject=held.event_subject, organization=held.organization, actor=actor, now=now, **data)
