"""Questions about events: what waits for its consumers, and whether anything happened since."""

from functools import reduce
from operator import or_

from django.db.models import Max, Q, QuerySet, Sum

from vigente.events.models import Event

ATTEMPTS = 7  # so often the worker tries; afterwards an event is left, with its error, for a person


def dead_letters() -> "QuerySet[Event]":
    """Events that were tried as often as they will be, and still failed."""
    return Event.objects.filter(dispatched_at__isnull=True, attempts__gte=ATTEMPTS).order_by("id")


WINDOW = 300  # events looked back over: one that is committed late, below one already seen, changes the sum


def version_of(*subjects: str) -> str:
    """A text that changes whenever something happens to what is named so (`ticket:`). One query over the latest events.

    It may also change without need, when many other events push those out of the window.
    """
    latest = Event.objects.order_by("-pk").values("pk", "subject")[:WINDOW]
    named = reduce(or_, (Q(subject__startswith=subject) for subject in subjects))
    seen = Event.objects.filter(named, pk__in=latest.values("pk")).aggregate(last=Max("pk"), sum=Sum("pk"))
    return f"{seen['last'] or 0}.{seen['sum'] or 0}"
