"""Questions about events that wait for their consumers."""

from django.db.models import QuerySet

from vigente.events.models import Event

ATTEMPTS = 7  # so often the worker tries; afterwards an event is left, with its error, for a person


def dead_letters() -> "QuerySet[Event]":
    """Events that were tried as often as they will be, and still failed."""
    return Event.objects.filter(dispatched_at__isnull=True, attempts__gte=ATTEMPTS).order_by("id")
