"""Who else is written our replies in a case: colleagues of its customer, and addresses.

A colleague is somebody of the case's own organization: they take part, see the case and reply in it. Anybody else is
an address that is written and no more.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from vigente.accounts.models import Membership, User
from vigente.events.kinds import Kind
from vigente.installation.rows import insert_if_new
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Copy, Participant, Ticket
from vigente.tickets.services.state import locked, tell

MOST = 20  # a case, colleagues and addresses together


@transaction.atomic
def add_copy(*, ticket: Ticket, email: str, actor: User | None, now: datetime, hidden: bool = False) -> bool:
    """Let somebody be written our replies; False if they were already. `hidden`: others are not told of it. `actor`
    None: a rule of automation.

    A customer adds colleagues only, for a mail of ours tells what the case says: staff decide whether a stranger reads
    it. Raises Refused for no address, one of the desk, one too many, and a customer's try to add a stranger.
    """
    email = _checked(email)
    ticket = locked(ticket.pk)
    user = User.objects.filter(email=email, is_active=True).first()
    colleague = user if user is not None and _is_colleague(ticket, user) else None
    if actor is not None and not actor.is_staff_member and (colleague is None or hidden):
        raise Refused(RefusalCode.COLLEAGUES_ONLY, field="email")
    if user is not None and user.is_staff_member:
        raise Refused(RefusalCode.COPY_OF_THE_DESK, field="email")
    if email == ticket.requester.email:
        return False
    if ticket.copies.count() + ticket.participants.count() >= MOST:
        raise Refused(RefusalCode.TOO_MANY_COPIES, field="email", limit=MOST)
    row: Participant | Copy
    if colleague is not None and not hidden:
        row = Participant(ticket=ticket, user=colleague, added_at=now)
    else:
        row = Copy(ticket=ticket, email=email, hidden=hidden, added_by=actor, added_at=now)
    if not insert_if_new(row):
        return False
    person = {"person": colleague.pk} if isinstance(row, Participant) and colleague else {}
    tell(Kind.TICKET_COPY_ADDED, ticket, now=now, actor=actor, address=email, hidden=hidden, **person)
    return True


@transaction.atomic
def remove_copy(*, ticket: Ticket, email: str, actor: User | None, now: datetime) -> bool:
    """No more; False if they were not. Staff, and a customer for colleagues."""
    email = email.strip().lower()
    ticket = locked(ticket.pk)
    colleague = ticket.participants.filter(user__email=email).first()
    copy = ticket.copies.filter(email=email).first() if actor is None or actor.is_staff_member else None
    for row in (colleague, copy):
        if row is None:
            continue
        hidden = isinstance(row, Copy) and row.hidden
        person = {"person": row.user_id} if isinstance(row, Participant) else {}
        row.delete()
        tell(Kind.TICKET_COPY_REMOVED, ticket, now=now, actor=actor, address=email, hidden=hidden, **person)
    return colleague is not None or copy is not None


def _checked(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(RefusalCode.NO_ADDRESS, field="email") from None
    if len(email) > 254:
        raise Refused(RefusalCode.NO_ADDRESS, field="email")
    return email


def _is_colleague(ticket: Ticket, user: User) -> bool:
    return Membership.objects.filter(user=user, organization=ticket.organization_id or 0).exists()
