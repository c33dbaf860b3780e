"""Tags of the workspace's own templates: counts of its views, and values as its pages say them."""

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vigente.billing.models import Licence
from vigente.billing.queries import StatementLine
from vigente.billing.services import claims
from vigente.tickets.models.line import is_away
from vigente.tickets.queries import counts
from vigente.tickets.queries.counts import MOST
from vigente.ui import formats
from vigente.ui.components.base import now_of
from vigente.ui.formats import number
from vigente.workspace.words import movement_text

register = template.Library()


@register.simple_tag(takes_context=True)
def view_counts(context: Context) -> dict[str, str]:
    """Cases per view for the navigation, as text; one query, once per page."""
    request = context["request"]
    if not hasattr(request, "desk_counts"):
        request.desk_counts = count_texts(counts(request.user, now=request.now))
    return request.desk_counts


def count_texts(values: dict[str, int]) -> dict[str, str]:
    """Counts as a reader reads them; those that were not counted to the end say so."""
    return {
        name: number(MOST - 1) + "+" if value >= MOST else number(value) for name, value in values.items()
    }


@register.simple_tag(takes_context=True)
def is_away_now(context: Context) -> bool:
    """Whether the reader is away at this moment: until then, or until they say they are back."""
    request = context["request"]
    return request.user.away and is_away(request.user, now=request.now)


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """`{{ mapping|get:key }}`."""
    return mapping.get(key, "")


@register.filter
def last_of(key: str, shown: int = 4) -> str:
    """The end of a licence key, as it is named on pages: `…7F2K`."""
    return f"…{key[-shown:]}"


@register.filter
def spent(minutes: int) -> str:
    """Working time: `45 min`, `1 h 05`; never in days, which would be of 24 hours."""
    hours, rest = divmod(minutes, 60)
    return f"{number(hours)}{formats.NBSP}h{formats.NBSP}{rest:02d}" if hours else formats.span(rest)


@register.filter
def yes_no(value: bool) -> str:
    return _("Sí") if value else _("No")


@register.filter(name="is")
def is_same(value: Any, other: str) -> bool:
    """Whether a value is the one named: `{{ view_name|is:"line" }}`."""
    return bool(value == other)


@register.simple_tag
def action_link(name: str, number: int, label: str) -> SafeString:
    """A link to a form of this case; it opens in the page's dialog."""
    return _dialog_link(reverse(f"workspace:{name}", args=[number]), label)


@register.filter
def link_name(kind: str) -> str:
    """How a related case belongs to this one."""
    return {
        "follows": _("Continúa a este"),
        "followed_by": _("Continuación"),
        "merged_into": _("Este se unió a él"),
        "absorbed": _("Unido aquí"),
        "split": _("Separado"),
    }.get(kind, _("Relacionado"))


@register.filter
def channel_name(channel: str) -> str:
    """How a case or request came in."""
    return {
        "web": _("por el portal"),
        "email": _("por correo"),
        "phone": _("por teléfono"),
        "api": _("desde un programa"),
    }.get(channel, channel)


@register.simple_tag(takes_context=True)
def last_day(context: Context, end: datetime | None) -> str:
    """The last usable day before an end (exclusive), in the reader's zone: `31 de julio`."""
    if end is None:
        return "—"
    return formats.last_day(end, zone=timezone.get_current_timezone(), now=now_of(context))


@register.simple_tag
def organization_link(name: str, pk: int, label: str) -> SafeString:
    """A link to a form about an organization or its contract; it opens in the page's dialog."""
    return _dialog_link(reverse(f"workspace:{name}", args=[pk]), label)


def _dialog_link(url: str, label: str) -> SafeString:
    return format_html(
        '<a href="{}" hx-get="{}" hx-target="#action" data-command="{}">{}</a>',
        url,
        url,
        label.rstrip("…"),
        label,
    )


@register.simple_tag(takes_context=True)
def by(context: Context, at: datetime) -> str:
    """A promise as people say it: `hoy antes de las 16:00`, `el jueves antes de las 10:00`."""
    now, zone = now_of(context) or at, timezone.get_current_timezone()
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    words = {"time": formats.clock(at, zone)}
    if days == 0:
        return _("hoy antes de las %(time)s") % words
    if days == 1:
        return _("mañana antes de las %(time)s") % words
    words["day"] = (
        formats.weekday(at, zone) if 1 < days < 7 else formats.day(at, zone=zone, now=now, long=True)
    )
    return _("el %(day)s antes de las %(time)s") % words


@register.filter
def signed(cases: int | None) -> str:
    """A movement with its sign: `+4`, `−1`; a grant without limit: `∞`."""
    if cases is None:
        return "∞"
    return f"+{number(cases)}" if cases > 0 else f"{formats.MINUS}{number(-cases)}" if cases else "0"


@register.filter
def in_currency(minor: int, currency: str) -> str:
    """An amount inside a sentence: `C$ 1,260.00`."""
    return formats.money(minor, currency)


@register.filter
def minus_in(minor: int, currency: str) -> str:
    """An amount that is taken off or goes out: `−C$ 1,260.00`."""
    return formats.money(-minor, currency)


@register.filter
def movement(line: StatementLine) -> str:
    """A line of the books in words."""
    return movement_text(line)


@register.filter
def said(value: Any) -> str:
    """A cell of a settings list: yes and no in words, instants by their day, a link as it is."""
    if isinstance(value, SafeString):
        return value
    if isinstance(value, bool):
        return _("Sí") if value else "—"
    if isinstance(value, datetime):
        return formats.day(value, zone=timezone.get_current_timezone())
    return "—" if value is None else str(value)


@register.filter
def is_provisional(licence: Licence) -> bool:
    """Whether the customer registered it without its key, which is still to be told."""
    return claims.is_provisional(licence)
