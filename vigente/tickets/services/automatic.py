"""What is said and changed in a case by nobody: the automatic reply, and another subject."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Message, Ticket
from vigente.tickets.services.conversation import written
from vigente.tickets.services.request import SUBJECT_MAX
from vigente.tickets.services.state import locked, tell

MOST = 5  # automatic replies in a case within `WITHIN`: two machines that answer each other stop here
WITHIN = timedelta(hours=24)


@transaction.atomic
def reply_automatically(*, ticket: Ticket, text: str, now: datetime) -> Message:
    """Say something to the customer that no person wrote. It keeps no promise, changes no state and takes no case;
    whose turn it is, and when somebody last did something, stay as they were. Raises Refused in a closed or locked
    case, and beyond `MOST` within a day.
    """
    html, text = written("", text, ())
    ticket = locked(ticket.pk)
    if ticket.status == Ticket.Status.CLOSED:
        raise Refused(RefusalCode.WRONG_STATE, state=ticket.status)
    if ticket.locked_at is not None:
        raise Refused(RefusalCode.CASE_LOCKED)
    if automatic_replies(ticket).filter(created_at__gt=now - WITHIN).count() >= MOST:
        raise Refused(RefusalCode.ENOUGH_ANSWERED)
    with translation.override(ticket.requester.language):
        name = _("Respuesta automática")
    message = Message.objects.create(
        ticket=ticket, author=None, author_name=name, by_staff=True, html=html, text=text, channel=Ticket.Channel.WEB,
        created_at=now,
    )  # fmt: skip
    tell(Kind.TICKET_AUTO_REPLIED, ticket, now=now, message=message.pk)
    return message


def automatic_replies(ticket: Ticket) -> QuerySet[Message]:
    """The replies of a case that nobody wrote."""
    return Message.objects.filter(ticket=ticket, kind=Message.Kind.REPLY, by_staff=True, author__isnull=True)


@transaction.atomic
def rename(*, ticket: Ticket, subject: str, actor: User | None, now: datetime) -> None:
    """Give a case another subject; the one before stays in its history. Raises Refused."""
    subject = " ".join(subject.split())
    if not subject:
        raise Refused(RefusalCode.EMPTY, field="subject")
    if not subject.isprintable():
        raise Refused(RefusalCode.BAD_CHARACTERS, field="subject")
    subject = subject[:SUBJECT_MAX]
    ticket = locked(ticket.pk)
    if subject == ticket.subject:
        return
    tell(Kind.TICKET_RENAMED, ticket, now=now, actor=actor, old=ticket.subject, new=subject)
    Ticket.objects.filter(pk=ticket.pk).update(subject=subject)
