"""The cast of the mail tests, and mails as they write them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.factories import Customer, make_customer, make_user, publish
from vigente.mail.inbound import process, receive
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.mail.own import default_mailbox
from vigente.mail.tests.corpus import simple
from vigente.tickets.models import Message, Ticket
from vigente.tickets.services.conversation import reply
from vigente.worker.drain import drain_all

BEFORE = timedelta(days=1)


@dataclass
class Desk:
    """A vendor's desk with one customer, and mail in."""

    customer: Customer
    mailbox: Mailbox
    now: datetime

    def take(self, raw: bytes, *, later: timedelta = timedelta(0)) -> InboundMessage:
        """Receive a mail and read it at once."""
        now = self.now + later
        row = receive(raw, mailbox=self.mailbox, now=now)
        done = process(row.pk, now=now)
        done.duplicate = row.duplicate
        return done

    def write(
        self, text: str = "No abre", *, sender: str = "", later: timedelta = timedelta(0), **headers: str
    ):
        return self.take(self.mail(text, sender=sender, **headers), later=later)

    def mail(self, text: str = "No abre", *, sender: str = "", **headers: str) -> bytes:
        sender = sender or self.customer.manager.email
        fields = {
            "From": sender,
            "To": self.mailbox.address,
            "Message_ID": f"<{abs(hash((text, sender)))}@x.test>",
        }
        return simple(text, **fields | headers)

    def answered_case(self) -> tuple[Ticket, OutboundMessage]:
        """A case in which an agent replied, and the mail about it to the requester."""
        ticket = self.customer.ticket(self.now)
        agent = make_user("Ana Técnica", role="agent")
        reply(ticket=ticket, author=agent, channel="web", text="Reinicie el servicio", now=self.now)
        drain_all(now=self.now)
        mail = OutboundMessage.objects.get(ticket=ticket, kind="ticket.replied", to=ticket.requester.email)
        return ticket, mail


def make_desk(now: datetime, *, intake: str = "portal_only", **customer) -> Desk:
    publish(intake_email=intake)
    desk = Desk(make_customer("Ferretería Rosa", now=now - BEFORE, **customer), default_mailbox(), now)
    drain_all(now=now - BEFORE)
    OutboundMessage.objects.all().delete()  # that their plan is in force
    return desk


def public(ticket: Ticket) -> list[str]:
    """What everybody in the case can read."""
    return list(ticket.messages.filter(kind=Message.Kind.REPLY).values_list("text", flat=True))


def notes(ticket: Ticket) -> list[str]:
    return list(ticket.messages.filter(kind=Message.Kind.NOTE).values_list("text", flat=True))
