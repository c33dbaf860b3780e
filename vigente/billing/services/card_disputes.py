"""Disputes of card payments (row 33), also when word of one comes before word of the payment."""

from dataclasses import dataclass
from datetime import datetime

from vigente.billing.models import Payment, StripeEvent
from vigente.billing.services import refunds

EARLY = "early"
LOST, WON = "lost", frozenset({"won", "warning_closed"})


@dataclass(frozen=True, slots=True)
class Disputed:
    """Which dispute it is, and how much of a payment it is about, in minor units; None: all of it."""

    name: str = ""
    minor: int | None = None
    currency: str = ""

    def of(self, payment: Payment) -> int | None:
        """How much of this payment: all of it where the amount is in another currency."""
        return self.minor if self.currency == payment.currency else None


def heard(*, intent: str, state: str, closed: bool, disputed: Disputed, now: datetime) -> str:
    """A dispute of this intent was opened, or closed in a state. The outcome in a word."""
    payment = Payment.objects.filter(key=f"card:{intent}").select_related("organization").first()
    if payment is None:
        return EARLY
    if not closed:
        refunds.dispute(payment=payment, now=now)
        return "disputed"
    if state == LOST:
        refunds.reverse(payment=payment, now=now, amount_minor=disputed.of(payment), dispute=disputed.name)
        return "reversed"
    if state in WON:
        refunds.win(payment=payment, now=now)
        return "won"
    return "ignored"


def apply_early(*, intent: str, now: datetime) -> None:
    """What was said of this intent before its payment was known, in the order in which it happened."""
    rows = StripeEvent.objects.filter(object_id=intent, outcome=EARLY).order_by("created_at", "id")
    for row in rows:
        outcome = heard(
            intent=intent,
            state=row.detail,
            closed=row.kind.endswith(".closed"),
            disputed=Disputed(row.dispute, row.disputed_minor, row.currency),
            now=now,
        )
        StripeEvent.objects.filter(pk=row.pk).update(outcome=outcome)
