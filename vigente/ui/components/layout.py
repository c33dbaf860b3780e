"""Components that hold others: notice, section, empty state, disclosure, dialog, facts, table, progress."""

from typing import Any
from urllib.parse import parse_qsl

from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from vigente.ui.components.base import attributes, classes, icon, register, render

MEANING_ICONS = {
    "info": "info",
    "ok": "circle-check",
    "attention": "triangle-alert",
    "danger": "circle-alert",
    "brand": "life-buoy",
}


@register.simple_block_tag
def notice(content: str, meaning: str = "info", title: str = "", live: bool = False) -> SafeString:
    """A sentence that must be seen. `meaning`: info, ok, attention, danger, brand. `live` reads it out."""
    heading = format_html('<p class="notice__title">{}</p>', title) if title else ""
    role = mark_safe(' role="alert"' if meaning == "danger" else ' role="status"') if live else ""
    return format_html(
        '<div class="notice notice--{}"{}>{}<div class="notice__body">{}{}</div></div>',
        meaning,
        role,
        icon(MEANING_ICONS[meaning]),
        heading,
        mark_safe(content.strip()),
    )


@register.simple_block_tag
def banner(content: str, meaning: str = "info") -> SafeString:
    """One line over the whole page, for a date that concerns everybody. `meaning`: info or attention."""
    label = _("Aviso")
    names = classes("banner", f"banner--{meaning}")
    return format_html(
        '<aside class="{}" aria-label="{}">{}</aside>', names, label, mark_safe(content.strip())
    )


@register.simple_block_tag
def section(
    content: str, title: str, id: str = "", action: str = "", href: str = "", level: int = 2
) -> SafeString:
    """A titled block of a page or rail; `action` and `href` put a link beside the title."""
    link = format_html('<a href="{}">{}</a>', href, action) if action else ""
    mark = format_html(' id="{}"', id) if id else ""
    return format_html(
        '<section class="section"{}><div class="section__head">'
        '<h{} class="section__title">{}</h{}>{}</div>{}</section>',
        mark,
        level,
        title,
        level,
        link,
        mark_safe(content.strip()),
    )


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "", center: bool = False, level: int = 2) -> SafeString:
    """Nothing here yet: why, and what to do. The content holds a sentence and at most one button."""
    return format_html(
        '<div class="{}">{}<h{} class="empty__title">{}</h{}>{}</div>',
        classes("empty", center and "empty--center"),
        icon(icon_name) if icon_name else "",
        level,
        title,
        level,
        mark_safe(content.strip()),
    )


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:
    """Detail for those who want it, folded."""
    return format_html(
        '<details class="disclosure"{}><summary>{}</summary><div class="disclosure__body">{}</div></details>',
        mark_safe(" open") if open else "",
        summary,
        mark_safe(content.strip()),
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> SafeString:
    """A native dialog, opened by anything with `data-dialog="id"` (give that a real `href` for when no script runs)."""
    return render("dialog", {"id": id, "title": title, "content": mark_safe(content.strip()), "wide": wide})


@register.simple_block_tag
def facts(content: str, wide: bool = False) -> SafeString:
    """A definition list; inside, `{% fact "Plan" %}Tienda{% endfact %}`."""
    return format_html(
        '<dl class="{}">{}</dl>', classes("facts", wide and "facts--wide"), mark_safe(content.strip())
    )


@register.simple_block_tag
def fact(content: str, term: str) -> SafeString:
    """One term of `facts`."""
    return format_html("<dt>{}</dt><dd>{}</dd>", term, mark_safe(content.strip()))


@register.simple_block_tag
def table(content: str, caption: str, show_caption: bool = False, **given: Any) -> SafeString:
    """A data table that stacks on a phone: give every cell `data-label="…"`. The caption is heard, or seen too.

    `hover=True` for rows that are links (`<a class="row-link">`); `stack=False` to scroll sideways instead.
    """
    names = classes(
        "table", given.pop("stack", True) and "table--stack", given.pop("hover", False) and "table--hover"
    )
    hidden = "" if show_caption else mark_safe(' class="sr-only"')
    return format_html(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="{}"{}><caption{}>{}</caption>{}</table></div>',
        caption,
        names,
        attributes(given),
        hidden,
        caption,
        mark_safe(content.strip()),
    )


@register.simple_tag
def progress(value: int | None, total: int, label: str) -> SafeString:
    """How far something slow has come. `value=None` when it cannot be known."""
    return render("progress", {"value": value, "total": total, "label": label})


@register.simple_tag(takes_context=True)
def toast(context: Context, message: Any) -> SafeString:
    """A Django message as a passing line, with the undo and the finished draft that `ui.feedback.done` noted."""
    noted = dict(parse_qsl(getattr(message, "extra_tags", "") or ""))
    level = getattr(message, "level_tag", "")
    meaning = {"success": "ok", "warning": "attention", "error": "danger"}.get(level, "info")
    values = {
        "text": str(message),
        "undo": noted.get("undo", ""),
        "draft": noted.get("draft", ""),
        "meaning": meaning,
        "icon_name": MEANING_ICONS[meaning],
    }
    return render("toast", values, context)
