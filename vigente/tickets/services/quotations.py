"""Work no plan covers (R9, row 11): quoted, accepted or declined; objected to once, and then a second person
decides.
"""

from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import Membership, User
from vigente.billing.models import Invoice, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.invoices import issue
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.lifecycle import Status
from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Quotation, Ticket
from vigente.tickets.quoted import work_price
from vigente.tickets.services.classification import decide_anew, draw_goodwill
from vigente.tickets.services.state import finish, locked, move, tell

STATUS = Quotation.Status


@transaction.atomic
def quote(
    *, ticket: Ticket, amount_minor: int, currency: str, scope: str, actor: User, now: datetime
) -> None:
    """Say what the work would cost, in minor units of `currency`. A supervisor or the owner."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if amount_minor <= 0:
        raise Refused(RefusalCode.INVALID_VALUE, field="amount", value=amount_minor)
    if not scope.strip():
        raise Refused(RefusalCode.EMPTY, field="scope")
    ticket, _quotation = _in(ticket, STATUS.REQUESTED, STATUS.QUOTED)
    Quotation.objects.filter(ticket=ticket).update(
        status=STATUS.QUOTED, amount_minor=amount_minor, currency=currency, scope=scope.strip(), quoted_at=now
    )
    tell(Kind.QUOTATION_QUOTED, ticket, now=now, actor=actor, amount=amount_minor, currency=currency)
    move(ticket, Status.WAITING_CUSTOMER, actor=actor, now=now)
    finish(ticket, now=now)


@transaction.atomic
def accept_quotation(*, ticket: Ticket, user: User, now: datetime) -> None:
    """The customer accepts the price, and its invoice is issued; a manager of the organization, or the requester where
    there is none.
    """
    ticket, quotation = _in(ticket, STATUS.QUOTED)
    _require_customer(ticket, user, manager=True)
    _settle(ticket, STATUS.ACCEPTED, Kind.QUOTATION_ACCEPTED, user=user, now=now)
    if ticket.organization is not None and quotation.amount_minor:
        _bill(ticket, quotation, user=user, now=now)
    move(ticket, Status.OPEN, actor=user, now=now)
    finish(ticket, now=now)


@transaction.atomic
def decline_quotation(*, ticket: Ticket, user: User, now: datetime) -> None:
    """The customer does not want it; the case is closed."""
    ticket, _quotation = _in(ticket, STATUS.QUOTED, STATUS.REQUESTED)
    _require_customer(ticket, user)
    _settle(ticket, STATUS.DECLINED, Kind.QUOTATION_DECLINED, user=user, now=now)
    move(ticket, Status.CLOSED, actor=user, now=now)
    finish(ticket, now=now)


@transaction.atomic
def object_to(*, ticket: Ticket, user: User, text: str, now: datetime) -> None:
    """The customer says the plan covers this after all. Once per case (row 11)."""
    if not text.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="text")
    ticket, quotation = _in(ticket, STATUS.REQUESTED, STATUS.QUOTED)
    _require_customer(ticket, user)
    if quotation.objected_at is not None:
        raise Refused(RefusalCode.ONCE_ONLY)
    if quotation.reclassified_by_id is None:
        raise Refused(
            RefusalCode.WRONG_STATE, state=quotation.status
        )  # they asked for development themselves
    Quotation.objects.filter(ticket=ticket).update(
        status=STATUS.OBJECTED, objection=text.strip()[:4000], objected_at=now
    )
    tell(Kind.QUOTATION_OBJECTED, ticket, now=now, actor=user)


@transaction.atomic
def decide_objection(*, ticket: Ticket, covered: bool, actor: User, now: datetime) -> None:
    """A second person, never the one who reclassified, decides. Covered: the case goes back in line and draws;
    should nothing
    pay any more, goodwill does, for the customer was right."""
    ticket, quotation = _in(ticket, STATUS.OBJECTED)
    if quotation.reclassified_by_id == actor.pk:
        raise Refused(RefusalCode.SECOND_PERSON)
    if covered:
        ticket.queue = Ticket.Queue.SUPPORT
        ticket.work_type = _work_before(ticket) or ticket.work_type
        if not ticket.work_type.development and not decide_anew(ticket, now=now):
            draw_goodwill(ticket, reason=Release.OVERRIDE, actor=actor, now=now)
        move(ticket, Status.OPEN, actor=actor, now=now)
        after = STATUS.COVERED
    else:
        after = STATUS.QUOTED if quotation.amount_minor else STATUS.REQUESTED
    Quotation.objects.filter(ticket=ticket).update(
        status=after, objection_decided_by=actor, settled_at=now if covered else None
    )
    tell(Kind.QUOTATION_OBJECTION_DECIDED, ticket, now=now, actor=actor, covered=covered)
    finish(ticket, now=now)


def _bill(ticket: Ticket, quotation: Quotation, *, user: User, now: datetime) -> None:
    """Issue the invoice for quoted work, once per case, due `payment_days` later (R9)."""
    assert ticket.organization is not None
    priced = work_price(ticket, quotation.amount_minor or 0, quotation.currency, now=now)
    assert priced is not None
    issue(
        key=f"work:{ticket.pk}",
        organization=ticket.organization,
        priced=priced,
        purpose=Invoice.Purpose.WORK,
        due_at=now + timedelta(days=rulebook_at(now).payment_days),
        actor=user,
        now=now,
    )


def _work_before(ticket: Ticket) -> WorkType | None:
    last = (
        Event.objects.filter(subject=ticket.event_subject, kind=Kind.TICKET_CLASSIFIED.value)
        .order_by("-id")
        .first()
    )
    return WorkType.objects.filter(code=last.data["before"]).first() if last else None


def _in(ticket: Ticket, *states: str) -> tuple[Ticket, Quotation]:
    ticket = locked(ticket.pk)
    quotation = Quotation.objects.filter(ticket=ticket).first()
    if quotation is None or quotation.status not in states:
        raise Refused(RefusalCode.WRONG_STATE, state=quotation.status if quotation else None)
    return ticket, quotation


def _require_customer(ticket: Ticket, user: User, *, manager: bool = False) -> None:
    manages = Membership.objects.filter(
        user=user, organization=ticket.organization_id, role=Membership.Role.MANAGER
    ).exists()
    if manages or (ticket.requester_id == user.pk and (not manager or ticket.organization_id is None)):
        return
    raise Refused(RefusalCode.MANAGER_ONLY if manager else RefusalCode.NOT_YOURS)


def _settle(ticket: Ticket, status: str, kind: Kind, *, user: User, now: datetime) -> None:
    Quotation.objects.filter(ticket=ticket).update(status=status, settled_at=now)
    tell(kind, ticket, now=now, actor=user)
