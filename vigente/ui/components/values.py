"""Components that show one value: time, due, money, number, place, badge, avatar, meter."""

from datetime import datetime, timedelta
from typing import Any

from django.template import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from vigente.ui import formats
from vigente.ui.components.base import classes, icon, now_of, register
from vigente.ui.meter import Meter
from vigente.ui.promises import NAMES


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, style: str = "relative") -> SafeString:
    """An instant in the reader's zone. Styles: relative, date (31 de julio), day (31 jul), time, datetime, exact.

    `until` is for the end of a span, which is not part of it: midnight of 1 August reads 31 de julio.
    """
    if at is None:
        return mark_safe("—")
    zone, now = timezone.get_current_timezone(), now_of(context)
    if style == "relative" and now is not None:
        text = formats.relative(at, now=now, zone=zone)
    elif style == "time":
        text = formats.clock(at, zone)
    elif style == "day":
        text = formats.day(at, zone=zone, now=now)
    elif style == "date":
        text = formats.day(at, zone=zone, now=now, long=True)
    elif style == "until":
        text = formats.last_day(at, zone=zone, now=now)
    elif style == "exact":
        text = formats.exact(at, zone)
    else:
        text = f"{formats.day(at, zone=zone, now=now, long=True)}, {formats.clock(at, zone)}"
    live = mark_safe(" data-relative") if style == "relative" else ""
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>', _iso(at), formats.exact(at, zone), live, text
    )


def _iso(at: datetime) -> str:
    return at.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag(takes_context=True)
def due(
    context: Context, at: datetime | None, soon: int = 60, paused: bool = False, what: str = ""
) -> SafeString:
    """A promise against now: late (−12 min), soon (38 min, within `soon` minutes), or fine (2 h 10, mañana, jueves).
    `what`: which promise, as `ui.promises` names it.
    """
    now = now_of(context)
    if paused:
        return format_html('<span class="due due--paused">{}{}</span>', icon("pause"), _("en pausa"))
    if at is None or now is None:
        return format_html(
            '<span class="due due--paused"><span aria-hidden="true">—</span>{}</span>',
            _hidden(_("sin plazo")),
        )
    zone = timezone.get_current_timezone()
    minutes = int(abs((at - now) / timedelta(minutes=1)))
    if at < now:
        text, tone, mark = formats.MINUS + formats.span(minutes), "late", icon("triangle-alert")
        words = _("venció hace %(span)s") % {"span": formats.span_in_words(minutes)}
    else:
        text, words = (
            _until(at, now, minutes),
            _("vence en %(span)s") % {"span": formats.span_in_words(minutes)},
        )
        tone, mark = ("soon", icon("clock")) if minutes < soon else ("fine", SafeString(""))
    known = NAMES.get(what)
    name = format_html('<span class="due__what">{}</span> ', known[1]) if known else ""
    return format_html(
        '<span class="due due--{}" title="{}{}">{}{}<time datetime="{}" aria-hidden="true">{}</time>{}</span>',
        tone,
        f"{known[0]}: " if known else "",
        formats.exact(at, zone),
        name,
        mark,
        _iso(at),
        text,
        _hidden(words),
    )


def _until(at: datetime, now: datetime, minutes: int) -> str:
    zone = timezone.get_current_timezone()
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days <= 0:
        return formats.span(minutes)
    if days == 1:
        return formats.span(minutes) if minutes < 60 else _("mañana")
    return formats.weekday(at, zone) if days < 7 else formats.day(at, zone=zone, now=now)


def _hidden(words: str) -> SafeString:
    return format_html('<span class="sr-only">{}</span>', words)


@register.simple_tag
def money(minor: int | None, currency: str, whole: bool = False) -> SafeString:
    """An amount in minor units with its currency."""
    if minor is None:
        return mark_safe("—")
    return format_html('<span class="money">{}</span>', formats.money(minor, currency, whole=whole))


@register.filter
def number(value: int | float) -> str:
    """A number with the reader's separators: `{{ count|number }}`."""
    return formats.number(value)


@register.filter
def file_size(count: int) -> str:
    """Bytes as people read them: `{{ file.size|file_size }}`."""
    return formats.file_size(count)


@register.filter
def percent(basis_points: int) -> str:
    """Basis points as a percentage: `{{ 4000|percent }}` is 40 %."""
    return formats.percent(basis_points)


@register.simple_tag
def place(position: int | None, rank: int = 3, until: int | None = None) -> SafeString:
    """A case's place in line; the darker, the better its plan's rank. With `until`, a range (4–6)."""
    if position is None:
        return mark_safe("")
    text = f"{position}–{until}" if until and until != position else str(position)
    tone = f"place--{rank}" if rank in (1, 2) else ""
    title = _("Lugar %(place)s en la fila") % {"place": text}
    return format_html(
        '<span class="{}" title="{}">{}{}</span>', classes("place", tone), title, _hidden(_("Lugar ")), text
    )


@register.simple_tag
def badge(text: Any, meaning: str = "", icon_name: str = "", title: str = "") -> SafeString:
    """A word in a pill. `meaning`: ok, attention, danger, info, brand or nothing. The word carries the meaning."""
    mark = icon(icon_name) if icon_name else ""
    tip = format_html(' title="{}"', title) if title else ""
    return format_html(
        '<span class="{}"{}>{}{}</span>', classes("badge", meaning and f"badge--{meaning}"), tip, mark, text
    )


@register.simple_tag
def avatar(name: str, staff: bool = False, small: bool = False) -> SafeString:
    """The initials of a person, for the eye only: the name always stands beside it."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    initials = (
        "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"
    )
    names = classes("avatar", staff and "avatar--staff", small and "avatar--small")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', names, initials)


@register.simple_tag
def meter(
    used: int = 0, left: int | None = 0, this: int = 0, label: bool = False, size: str = "", words: str = ""
) -> SafeString:
    """The signature: boxes for used, this and left cases; a bar beyond twelve; `left=None` is without limit.

    `label` writes the short line beside it. Those who hear the page get the whole sentence either way; `words` replaces
    it where the boxes mean something else (what a plan offers: "4 casos al mes").
    """
    value = Meter(used=int(used or 0), left=left, this=int(this or 0))
    said = words or value.in_words()
    beside = (
        format_html('<span class="meter__label" aria-hidden="true">{}</span>', value.label()) if label else ""
    )
    names = classes("meter", size and f"meter--{size}")
    return format_html(
        '<span class="{}" title="{}">{}{}{}</span>', names, said, _drawing(value), beside, _hidden(said)
    )


def _drawing(value: Meter) -> SafeString:
    if value.unlimited:
        inner = mark_safe('<span class="meter__box meter__box--endless"></span>')
    elif not value.total:
        inner = mark_safe('<span class="meter__box meter__box--none"></span>')
    elif value.fits_boxes:
        inner = format_html_join(
            "", '<span class="meter__box meter__box--{}"></span>', ((box,) for box in value.boxes)
        )
    else:
        return _bar(value)
    return format_html('<span class="meter__boxes" aria-hidden="true">{}</span>', inner)


def _bar(value: Meter) -> SafeString:
    """Widths are SVG attributes in thousandths, so no style is written into the page."""
    used = round(1000 * value.used / value.total)
    this = max(8, round(1000 * value.this / value.total)) if value.this else 0
    return format_html(
        '<svg class="meter__bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="this" x="{}" width="{}" height="10"/><rect class="left" x="{}" width="{}" height="10"/></svg>',
        used,
        this,
        used + this,
        max(0, 1000 - used - this),
    )
