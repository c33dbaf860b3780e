"""Money the card processor has, in our books: once per intent, and then whatever was said of it before."""

from datetime import datetime

import structlog

from vigente.accounts.models import Organization
from vigente.billing.models import Invoice, Order, Payment
from vigente.billing.services.card_disputes import apply_early
from vigente.billing.services.payments import record_payment
from vigente.rules.refusal import RefusalCode, Refused

log = structlog.get_logger(__name__)


def record(
    *,
    organization: Organization,
    intent: str,
    amount_minor: int,
    currency: str,
    now: datetime,
    order: Order | None = None,
    invoice: Invoice | None = None,
) -> Payment:
    """Money the processor certainly has, once per intent; what does not fit its purpose is the customer's credit."""
    money = {
        "organization": organization,
        "method": Payment.Method.CARD,
        "amount_minor": amount_minor,
        "currency": currency,
        "key": f"card:{intent}",
        "reference": intent,
        "now": now,
    }
    try:
        payment = record_payment(order=order, invoice=invoice, **money)  # type: ignore[arg-type]
    except Refused as refusal:
        if refusal.code != RefusalCode.CURRENCY_DIFFERS:
            raise
        log.warning("a card paid in another currency than what it was for", currency=currency)
        payment = record_payment(**money)  # type: ignore[arg-type]
    apply_early(intent=intent, now=now)
    return payment
