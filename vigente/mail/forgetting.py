"""What mail keeps of a case is erased with the case: the raw bytes that came, the texts that were sent."""

from datetime import datetime

from vigente.events.models import Event
from vigente.mail.models import InboundMessage, OutboundMessage


def forget_case(event: Event, *, now: datetime) -> None:
    """A case was emptied for good. The rows stay, so that the same mail again is still known; may run twice."""
    name, _colon, pk = event.subject.partition(":")
    if name != "ticket" or not pk.isdigit():
        return
    InboundMessage.objects.filter(ticket=int(pk)).update(raw=b"", subject="", sender="", facts={}, error="")
    OutboundMessage.objects.filter(ticket=int(pk)).exclude(status=OutboundMessage.Status.QUEUED).update(
        subject="—", text="", html=""
    )
    OutboundMessage.objects.filter(ticket=int(pk), status=OutboundMessage.Status.QUEUED).update(
        subject="—", text="", html="", status=OutboundMessage.Status.MUTED
    )
