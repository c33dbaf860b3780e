"""What managers are written about what they are about to buy (row 25): prepared, placed, over."""

from datetime import datetime
from typing import Any

from vigente.billing.models import Order
from vigente.events.models import Event
from vigente.mail import facts, sums
from vigente.mail.managers import portal_link, tell_managers


def prepared(event: Event, *, now: datetime) -> None:
    """We prepared an order: it waits for their yes, by its link."""
    _tell("order_prepared", event, {Order.Status.PREPARED}, now=now)


def placed(event: Event, *, now: datetime) -> None:
    """It waits for their payment, and how to make it. One that was fulfilled at once is told by its invoice."""
    _tell("order_placed", event, {Order.Status.OPEN}, now=now)


def expired(event: Event, *, now: datetime) -> None:
    """Nobody paid it in time; nothing is owed."""
    _tell("order_expired", event, {Order.Status.EXPIRED}, now=now)


def cancelled(event: Event, *, now: datetime) -> None:
    """By us: whoever cancels their own order knows."""
    if event.actor is not None and event.actor.is_staff_member:
        _tell("order_cancelled", event, {Order.Status.CANCELLED}, now=now)


def order_words(order: Order, *, now: datetime) -> dict[str, Any]:
    """What letters say of an order."""
    return {
        "what": sums.what_of(order),
        "rows": sums.rows_of_order(order),
        "total": sums.amount(order.total_minor, order.currency),
        "until": facts.last_day(order.expires_at, now=now),
        "note": order.note,
        "seller": str(order.created_by or ""),
        "link": portal_link("order", order.token),
    }


def _tell(template: str, event: Event, states: set[str], *, now: datetime) -> None:
    """Only while it is still so: what is told late must not ask for what is done."""
    name, _colon, pk = event.subject.partition(":")
    if name != "order" or not pk.isdigit():
        return
    order = Order.objects.select_related("organization", "created_by").filter(pk=int(pk)).first()
    if order is not None and order.status in states:
        tell_managers(
            template, event, organization_id=order.organization_id, now=now,
            words=lambda: order_words(order, now=now),
        )  # fmt: skip
