"""What pages and the API read of the log."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from vigente.tickets.queries.pages import Page, pack, unpack
from vigente.webhooks.models import Delivery, Endpoint


def delivery_page(
    endpoint: Endpoint, *, status: str = "all", cursor: str | None = None, limit: int = 50
) -> Page[Delivery]:
    """A page of an endpoint's messages, newest first, without what they say. `status`: one of them, or "all"."""
    rows: Any = Delivery.objects.filter(endpoint=endpoint).defer("body", "last_response")
    if status != "all":
        rows = rows.filter(status=status)
    start = unpack(cursor, int)
    if start:
        rows = rows.filter(pk__lt=start[0])
    found = list(rows.order_by("-id")[: limit + 1])
    more = pack(found[limit - 1].pk) if len(found) > limit else ""
    return Page(found[:limit], more)


def with_failures(endpoints: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
    """Endpoints with `waiting` and `failed`: how many of their messages wait, and how many could not be delivered."""
    return endpoints.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__status=Delivery.Status.PENDING)),
        failed=Count("deliveries", filter=Q(deliveries__status=Delivery.Status.FAILED)),
    )
