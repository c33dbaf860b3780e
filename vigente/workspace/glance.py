"""What the right rail says about a case: coverage, why it stands where it stands, the last message, the customer's
other cases.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vigente.accounts.models import User
from vigente.billing.facts import load
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import Meter, meter_of
from vigente.rules.coverage import Decision
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import Message, Ticket
from vigente.tickets.queries import Standing, why_here
from vigente.tickets.queries.cases import other_cases


@dataclass(frozen=True, slots=True)
class ShownMeter:
    """The coverage meter beside a case: its own units stand apart while the grant that paid is still in force."""

    used: int
    this: int
    left: int | None
    until: datetime | None


def shown_meter(
    meter: Meter | None, *, ticket: Ticket, decision: Decision, now: datetime
) -> ShownMeter | None:
    """Coverage now, with this case's own units told apart."""
    if meter is None:
        return None
    current = ticket.drawn and decision.until is not None and decision.until > now
    this = min(decision.units, meter.used) if current else 0
    return ShownMeter(used=meter.used - this, this=this, left=meter.left, until=meter.until)


@dataclass(frozen=True, slots=True)
class Glance:
    """One case at a glance. `meter`: coverage now, None without an organization."""

    ticket: Ticket
    decision: Decision
    meter: Meter | None
    shown_meter: ShownMeter | None
    standing: Standing | None
    last_message: Message | None
    others: list[Ticket]


def glance(
    number: int,
    *,
    user: User,
    now: datetime,
    shown: Collection[int] | None,
    rulebook: Rulebook | None = None,
) -> Glance | None:
    """Read it; None for a case this person does not see. `shown`: the departments the list numbers, None for all."""
    ticket = (
        Ticket.objects.visible_to(user)
        .select_related("organization", "licence__edition", "requester", "assignee")
        .filter(number=number)
        .first()
    )
    if ticket is None:
        return None
    rulebook = rulebook or rulebook_at(now)
    organization, meter = ticket.organization, None
    if organization is not None:
        facts = load(organization, now=now, rulebook=rulebook)
        meter = meter_of(organization=organization, licence=ticket.licence, now=now, facts=facts)
    decision = ticket.decision_value()
    return Glance(
        ticket=ticket,
        decision=decision,
        meter=meter,
        shown_meter=shown_meter(meter, ticket=ticket, decision=decision, now=now),
        standing=why_here(ticket, now=now, rulebook=rulebook, departments=shown or ()),
        last_message=ticket.messages.exclude(kind=Message.Kind.NOTE)
        .select_related("author")
        .order_by("-created_at", "-id")
        .first(),
        others=other_cases(ticket, user),
    )
