"""Disputes of card payments (row 33), also when word of one comes before word of the payment."""

from datetime import datetime

from vigente.billing.models import Payment, StripeEvent
from vigente.billing.services import refunds

EARLY = "early"
LOST, WON = "lost", frozenset({"won", "warning_closed"})


def heard(*, intent: str, state: str, closed: bool, now: datetime) -> str:
    """A dispute of this intent was opened, or closed in a state. The outcome in a word."""
    payment = Payment.objects.filter(key=f"card:{intent}").select_related("organization").first()
    if payment is None:
        return EARLY
    if not closed:
        refunds.dispute(payment=payment, now=now)
        return "disputed"
    if state == LOST:
        refunds.reverse(payment=payment, now=now)
        return "reversed"
    if state in WON:
        refunds.win(payment=payment, now=now)
        return "won"
    return "ignored"


def apply_early(*, intent: str, now: datetime) -> None:
    """What was said of this intent before its payment was known, in the order in which it happened."""
    rows = StripeEvent.objects.filter(object_id=intent, outcome=EARLY).order_by("created_at", "id")
    for row in rows:
        closed = row.kind.endswith(".closed")
        outcome = heard(intent=intent, state=row.detail, closed=closed, now=now)
        StripeEvent.objects.filter(pk=row.pk).update(outcome=outcome)
