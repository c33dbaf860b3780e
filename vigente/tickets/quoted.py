"""What quoted work comes to (R9): its price is written before tax, its invoice has it."""

from datetime import datetime

from vigente.billing.prices import Priced, price_amount
from vigente.rules.invoicing import Label, LabelCode
from vigente.tickets.models import Ticket


def work_price(ticket: Ticket, amount_minor: int, currency: str, *, now: datetime) -> Priced | None:
    """As it would be invoiced on acceptance; None for who has no organization, and so gets no invoice."""
    if ticket.organization is None:
        return None
    return price_amount(
        label=Label(LabelCode.WORK, {"ticket": ticket.number, "subject": ticket.subject[:120]}),
        amount_minor=amount_minor,
        currency=currency,
        organization=ticket.organization,
        now=now,
    )


def work_total(ticket: Ticket, amount_minor: int, currency: str, *, now: datetime) -> int | None:
    """With tax, in minor units, where that differs from the price; else None."""
    priced = work_price(ticket, amount_minor, currency, now=now)
    return priced.total_minor if priced is not None and priced.total_minor != amount_minor else None
