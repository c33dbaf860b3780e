"""What is said of a case's promises: near its deadline, broken. Each once, as an event; the clock or whoever comes
first says it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField

from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.prepared import Locking, Param, Prepared
from vigente.rules.alerts import due_now
from vigente.tickets.models import Ticket
from vigente.tickets.stamps import restamp, standing_of

MANY = 200  # cases a turn of the clock looks at


def say_all_due(*, now: datetime) -> int:
    """Say what is due at `now` of every case; how much was said. Safe to run late, twice and on several machines."""
    return sum(_say_of(pk, now=now) for pk in _WAITING_TO_BE_SAID(now=now))


@transaction.atomic
def _say_of(pk: int, *, now: datetime) -> int:
    ticket = _LOCKED.first(ticket=pk)
    if ticket is None or ticket.alert_at is None or ticket.alert_at >= now:
        return 0
    said = say_due(ticket, now=now)
    restamp(ticket, now=now)
    return said


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


_LOCKED = Locking(lambda: Ticket.objects.select_related("sla_policy").filter(pk=Param("ticket")))
_WAITING_TO_BE_SAID = Prepared(
    lambda: (
        Ticket.objects.filter(alert_at__lt=Param("now", DateTimeField()))
        .order_by("alert_at", "id")
        .values_list("pk", flat=True)[:MANY]
    )
)
