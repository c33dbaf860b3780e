"""What letters say about a case and its coverage, in the language and zone that are active."""

from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vigente.accounts.models import Organization
from vigente.billing.models import Licence
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import meter_of
from vigente.rules.lifecycle import reopen_until
from vigente.rules.reasons import Reason
from vigente.tickets.models import Ticket
from vigente.tickets.queries.line import place_of
from vigente.tickets.stamps import hours_of
from vigente.ui import formats
from vigente.ui.meter import meter_text
from vigente.ui.wording import reason_sentence


def zone() -> tzinfo:
    return timezone.get_current_timezone()


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def exact(at: datetime | None) -> str:
    """The whole instant: `viernes 31 de julio de 2026, 14:30 (America/Managua)`; "" when there is none."""
    return formats.exact(at, zone()) if at else ""


def day(at: datetime | None, *, now: datetime) -> str:
    """The day of an instant: `31 de julio`; "" when there is none."""
    return formats.day(at, zone=zone(), now=now, long=True) if at else ""


def last_day(end: datetime | None, *, now: datetime) -> str:
    """The last usable day before an end."""
    return formats.last_day(end, zone=zone(), now=now) if end else ""


def coverage(
    organization: Organization | None,
    licence: Licence | None,
    *,
    now: datetime,
    this: int = 0,
    left: int | None = None,
) -> str:
    """The meter in one line: `○◐●●  usa 1 · quedan 2 · Plan Avance, hasta el 31 de julio`. "" without a plan.

    `this`: the cases that the request at hand uses; `left`: what its own decision left, when others came after it.
    """
    if organization is None:
        return ""
    meter = meter_of(organization=organization, licence=licence, now=now)
    if not meter.plan and meter.total == 0:
        return ""
    remaining = meter.left if left is None or meter.left is None else left
    used = meter.used - this if meter.total is None or remaining is None else meter.total - this - remaining
    text = meter_text(used=max(0, used), left=remaining, this=this).replace("  ", "\N{NO-BREAK SPACE} ")
    until = last_day(meter.until, now=now)
    if not meter.plan:
        return text
    if not until:
        return f"{text} · {meter.plan}"
    return _("%(meter)s · %(plan)s, hasta el %(until)s") % {"meter": text, "plan": meter.plan, "until": until}


def of_ticket(ticket: Ticket, *, now: datetime) -> dict[str, Any]:
    """What the letter about an accepted case says: the promise, the place, what it cost and why it was accepted."""
    place = place_of(ticket, now=now)
    this = ticket.work_type.units if ticket.drawn else 0
    return {
        "promise": exact(ticket.first_reply_due_at),
        "place": place,
        "coverage": coverage(
            ticket.organization,
            ticket.licence,
            now=now,
            this=this,
            left=ticket.decision_value().left if this else None,
        ),
        "reasons": reasons(ticket.decision, now=now),
    }


def reasons(decision: dict[str, Any], *, now: datetime) -> list[str]:
    """The reasons of a stored decision as sentences, each once."""
    found = [reason_sentence(Reason.from_json(reason), now=now) for reason in decision.get("reasons", [])]
    return list(dict.fromkeys(found))


def reopening(ticket: Ticket, *, now: datetime) -> str:
    """Until when a reply opens the case again (row 9); "" when a person did not close it."""
    if ticket.closed_by_person_at is None:
        return ""
    days = rulebook_at(ticket.closed_by_person_at).reopen_days
    return last_day(
        reopen_until(ticket.closed_by_person_at, hours=hours_of(ticket), reopen_days=days), now=now
    )
