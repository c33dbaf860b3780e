"""What is due to be said of a case's promises is said before anything else happens to it."""

from datetime import datetime

from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.alerts import due_now
from vigente.tickets.models import Ticket
from vigente.tickets.stamps import standing_of


def say_due(ticket: Ticket, *, now: datetime) -> int:
    """Record what is due of a locked case, before anything else happens to it. Whoever calls it stamps it anew."""
    said = due_now(standing_of(ticket).alerts, now=now)
    for alert in said:
        record(
            Kind.PROMISE_BROKEN if alert.broken else Kind.PROMISE_NEAR,
            subject=ticket.event_subject,
            organization_id=ticket.organization_id,
            now=now,
            number=ticket.number,
            promise=alert.promise.value,
            since=alert.since.isoformat(),
            due=alert.due.isoformat(),
        )
    return len(said)
