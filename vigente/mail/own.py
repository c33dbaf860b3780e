"""Who we are in mail: the addresses that are ours, the one that replies go to, the mark our mails carry."""

from email.utils import parseaddr

from django.conf import settings

from vigente.installation.models import Installation
from vigente.mail.addresses import address_key
from vigente.mail.models import Mailbox
from vigente.mail.tokens import own_mark
from vigente.rules.mailsigns import Own
from vigente.tickets.models import Ticket


def reply_base() -> str:
    """The address that signed reply addresses are made of: the local part of MAIL_FROM at MAIL_REPLY_DOMAIN."""
    local = parseaddr(settings.MAIL_FROM)[1].partition("@")[0] or "soporte"
    return address_key(f"{local}@{settings.MAIL_REPLY_DOMAIN or 'localhost'}")


def address_of(ticket: Ticket) -> str:
    """The address that a case is written about from: the first of its department's that is read; "": it has none."""
    boxes = Mailbox.objects.filter(department=ticket.department_id, is_active=True).order_by("pk")
    return boxes.values_list("address", flat=True).first() or ""


def own_addresses() -> frozenset[str]:
    """Every address this desk sends from or receives at, as compared."""
    given = [reply_base(), parseaddr(settings.MAIL_FROM)[1], Installation.current().support_email]
    return frozenset(
        address_key(address) for address in [*given, *Mailbox.objects.values_list("address", flat=True)]
    )


def own() -> Own:
    return Own(own_addresses(), own_mark())


def default_mailbox() -> Mailbox:
    """The mailbox of mail that is piped in without naming one; made on first use."""
    return Mailbox.objects.get_or_create(address=reply_base())[0]
