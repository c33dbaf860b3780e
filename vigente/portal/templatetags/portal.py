"""Filters of the portal's templates: `{% load portal %}`. Each says one value the way `vigente.portal.words` does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.utils import timezone

from vigente.accounts.models import User
from vigente.billing.models import Licence
from vigente.billing.queries import Meter
from vigente.portal import words
from vigente.tickets.models import Ticket
from vigente.ui import formats

register = template.Library()


@register.filter
def standing(ticket: Ticket, reader: User) -> words.Standing:
    """`{% with state=ticket|standing:user %}`: word, meaning, turn. The quotation must be loaded."""
    quoted = ticket.queue == Ticket.Queue.QUOTATION
    return words.standing(ticket, getattr(ticket, "quotation", None) if quoted else None, reader)


@register.filter
def last_moment(end: datetime | None) -> datetime | None:
    """For `hasta el …`: the last instant of a half-open span."""
    return words.last_moment(end) if end else None


@register.filter
def discount_name(code: str | None) -> str:
    return words.discount_name(code)


@register.filter
def cases_left(meter: Meter) -> str:
    return words.cases_left(meter)


@register.filter
def licence_name(licence: Licence | None) -> str:
    return words.licence_name(licence)


@register.filter
def licence_short(licence: Licence) -> str:
    return words.licence_short(licence)


@register.filter
def ordinal(number: int) -> str:
    return words.ordinal(number)


@register.simple_tag(takes_context=True)
def before(context: Context, at: datetime | None) -> str:
    """A promise in the reader's zone: `hoy antes de las 16:00`."""
    now = context.get("now")
    return words.before(at, now=now, zone=timezone.get_current_timezone()) if at and now else ""


@register.simple_tag
def place_words(low: int, high: int | None = None) -> str:
    """`4.º en la fila`, or a range."""
    return words.place(low, high)


@register.simple_tag
def cut_off(at: datetime, zone: str) -> str:
    """Until when a notice counts, with its zone: the last minute before `at`, in the contract's own zone (row 21)."""
    return formats.exact(at - timedelta(minutes=1), ZoneInfo(zone))


@register.simple_tag
def link_words(kind: str) -> str:
    """How another case belongs to this one."""
    return words.link_kinds().get(kind, "")


@register.simple_tag
def signed(count: int) -> str:
    """`+2`, `−1`, `0`."""
    return f"+{count}" if count > 0 else f"{formats.MINUS}{abs(count)}" if count < 0 else "0"


@register.simple_tag
def grant_source(code: str) -> str:
    """Where a case comes from, by name."""
    return words.grant_sources().get(code, "")
