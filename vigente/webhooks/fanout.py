"""From an event to what is to be delivered: one row for each endpoint that wants its kind, in the worker's transaction.

What a rule of automation calls is told to the endpoint it names, whatever that one listens to, and to no other.
Run again for the same event it writes nothing more: the database holds one row for an endpoint and an event.
"""

from datetime import datetime

from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.installation.prepared import Prepared
from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.payloads import body_of
from vigente.webhooks.signing import new_message_id


def tell_endpoints(event: Event, *, now: datetime) -> int:
    """Write the deliveries of an event; returns for how many endpoints. Without endpoints it is one small query."""
    called = event.data.get("endpoint") if event.kind == Kind.AUTOMATION_CALL else None
    wanting = [
        pk for pk, kinds in _ACTIVE() if (called == pk if called else not kinds or event.kind in kinds)
    ]
    if not wanting:
        return 0
    body = body_of(event)
    Delivery.objects.bulk_create(
        [
            Delivery(
                endpoint_id=pk,
                event=event,
                message_id=new_message_id(),
                kind=event.kind,
                body=body,
                next_attempt_at=now,
                created_at=now,
            )
            for pk in wanting
        ],
        ignore_conflicts=True,
    )
    return len(wanting)


def somebody_listens() -> bool:
    """Whether any endpoint is on. Asked after the events were read, it misses none that an endpoint should hear."""
    return bool(_ACTIVE())


_ACTIVE = Prepared(lambda: Endpoint.objects.filter(is_active=True).order_by("id").values_list("pk", "kinds"))
