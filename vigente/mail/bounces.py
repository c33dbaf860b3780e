"""A mail of ours that did not arrive: marked, said in its case; what it was to announce stays open (row 21)."""

from datetime import datetime

from django.utils.translation import gettext as _

from vigente.billing.models import Subscription
from vigente.events.kinds import Kind
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.parsed import ParsedMail
from vigente.tickets.models import Ticket
from vigente.tickets.services.conversation import add_note

LASTING = "5"  # the first digit of a status that will not change


def note_bounce(row: InboundMessage, mail: ParsedMail, *, now: datetime) -> None:
    """Tie a delivery report to the mail it is about. A forged one would have to name an id that nobody can guess."""
    report = mail.bounce
    if report is None or report.action != "failed" or not report.status.startswith(LASTING):
        return
    ours = OutboundMessage.objects.filter(message_id=report.original_id).select_related("ticket").first()
    if ours is None:
        return
    row.bounce_of, row.ticket = ours, ours.ticket
    if not OutboundMessage.objects.filter(pk=ours.pk, bounced_at__isnull=True).update(bounced_at=now):
        return
    keep_notice_window_open(ours, now=now)
    if ours.ticket is not None:
        add_note(
            ticket=ours.ticket,
            author=None,
            author_name=_("Correo"),
            channel=Ticket.Channel.EMAIL,
            text=_("El correo «%(subject)s» no llegó a %(to)s: %(why)s")
            % {"subject": ours.subject, "to": ours.to, "why": report.diagnostic or report.status},
            key=f"bounce:{ours.pk}",
            now=now,
        )


def keep_notice_window_open(mail: OutboundMessage, *, now: datetime) -> None:
    """A warning that nobody got closes no window: a later notice still counts (row 21)."""
    subject = str(mail.headers.get("about", ""))
    warned = (Kind.SUBSCRIPTION_NOTICE_CLOSING.value, Kind.SUBSCRIPTION_RENEWAL_NEAR.value)
    if mail.kind in warned and subject.startswith("subscription:"):
        Subscription.objects.filter(pk=subject.partition(":")[2]).update(notice_bounced_at=now)
