"""A case opened for a customer may be disputed for some days; a second person decides (row 15)."""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import Membership, User
from vigente.events.kinds import Kind
from vigente.rules.reasons import Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import DrawDispute, Ticket
from vigente.tickets.services.classification import release_draw
from vigente.tickets.services.state import locked, save, tell

STATUS = DrawDispute.Status


@transaction.atomic
def dispute(*, ticket: Ticket, user: User, text: str, now: datetime) -> None:
    """The customer says this case should not have used one of theirs."""
    ticket = locked(ticket.pk)
    manages = Membership.objects.filter(
        user=user, organization=ticket.organization_id, role=Membership.Role.MANAGER
    ).exists()
    if ticket.requester_id != user.pk and not manages:
        raise Refused(RefusalCode.NOT_YOURS)
    found = DrawDispute.objects.filter(ticket=ticket).first()
    if found is None or found.status != STATUS.POSSIBLE or not ticket.drawn:
        raise Refused(RefusalCode.WRONG_STATE, state=found.status if found else None)
    if now >= found.until:
        raise Refused(RefusalCode.TOO_LATE, until=found.until.isoformat())
    DrawDispute.objects.filter(pk=found.pk).update(
        status=STATUS.OPEN, text=text.strip()[:4000], disputed_at=now
    )
    tell(Kind.DRAW_DISPUTED, ticket, now=now, actor=user)


@transaction.atomic
def decide_dispute(*, ticket: Ticket, upheld: bool, actor: User, now: datetime) -> None:
    """Somebody else than the one who opened the case decides; upheld, the draw is given back."""
    ticket = locked(ticket.pk)
    if not actor.is_staff_member or actor.pk == ticket.opened_by_id:
        raise Refused(RefusalCode.SECOND_PERSON)
    changed = DrawDispute.objects.filter(ticket=ticket, status=STATUS.OPEN).update(
        status=STATUS.UPHELD if upheld else STATUS.REFUSED, decided_by=actor, decided_at=now
    )
    if not changed:
        raise Refused(RefusalCode.WRONG_STATE)
    if upheld:
        release_draw(ticket, Release.DISPUTE_UPHELD, actor=actor, now=now)
        save(ticket)
    tell(Kind.DRAW_DISPUTE_DECIDED, ticket, now=now, actor=actor, upheld=upheld)
