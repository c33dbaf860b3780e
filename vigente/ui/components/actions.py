"""Components that lead somewhere: button, navigation, tabs, segmented choice, breadcrumbs, load more, switches."""

from typing import Any

from django.conf import settings
from django.template import Context
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from vigente.ui.components.base import attributes, classes, icon, register, render

LANGUAGES = (("es", "Español"), ("en", "English"))


@register.simple_block_tag
def button(content: str, variant: str = "primary", href: str = "", **given: Any) -> SafeString:
    """A button, or a link that looks like one when `href` is given.

    Variants: primary, quiet, danger, danger-quiet, link, icon. `small`, `wide`, `icon`, `kbd`, `disabled`; anything
    else becomes an attribute (`hx_post=…`, `name=…`, `data_dialog=…`). One primary action per page.
    """
    mark = icon(given.pop("icon")) if given.get("icon") else ""
    key = given.pop("kbd", "")
    names = classes(
        "button",
        variant != "primary" and f"button--{variant}",
        given.pop("small", False) and "button--small",
        given.pop("wide", False) and "button--wide",
        given.pop("class_", ""),
    )
    inside = format_html(
        "{}{}{}", mark, mark_safe(content.strip()), format_html("<kbd>{}</kbd>", key) if key else ""
    )
    if href and not given.get("disabled"):
        return format_html('<a class="{}" href="{}"{}>{}</a>', names, href, attributes(given), inside)
    given.setdefault("type", "submit")
    return format_html('<button class="{}"{}>{}</button>', names, attributes(given), inside)


def _here(context: Context, url: str, prefix: bool) -> bool:
    path = getattr(context.get("request"), "path", "")
    bare = str(url).partition("?")[0]
    return bool(bare) and (path == bare or (prefix and path.startswith(bare)))


@register.simple_tag(takes_context=True)
def navlink(
    context: Context, url: str, label: str, icon_name: str = "", count: int | None = None, **given: Any
) -> SafeString:
    """One entry of a navigation, `<li>` included. Knows the current page; `prefix=True` also the pages below it,
    `current=True` says so outright. `optional=True` leaves it out of a phone's bar. `shortcut="g q"` gives it keys."""
    prefix, optional = given.pop("prefix", False), given.pop("optional", False)
    current = given.pop("current", None)
    current = _here(context, url, prefix) if current is None else current
    given["aria_current"] = "page" if current else None
    given["data_shortcut"] = given.pop("shortcut", None)
    number = format_html('<span class="count">{}</span>', count) if count is not None else ""
    return format_html(
        '<li{}><a href="{}"{}>{}<span>{}</span>{}</a></li>',
        mark_safe(' class="optional"') if optional else "",
        url,
        attributes(given),
        icon(icon_name) if icon_name else "",
        label,
        number,
    )


@register.simple_tag(takes_context=True)
def tab(
    context: Context, url: str, label: str, count: int | None = None, current: bool | None = None
) -> SafeString:
    """One link inside `<nav class="tabs">` or `<div class="segmented">`. `current` else by address and query."""
    if current is None:
        request = context.get("request")
        current = request is not None and str(url) in (request.get_full_path(), f"?{request.GET.urlencode()}")
    mark = mark_safe(' aria-current="page"') if current else ""
    number = format_html(' <span class="count">{}</span>', count) if count is not None else ""
    return format_html('<a href="{}"{}>{}{}</a>', url, mark, label, number)


@register.simple_tag
def breadcrumbs(*pairs: Any) -> SafeString:
    """`{% breadcrumbs "Portal" home_url "Mis casos" cases_url "4119" %}`: label, address; the last has none."""
    steps = [(pairs[i], pairs[i + 1] if i + 1 < len(pairs) else "") for i in range(0, len(pairs), 2)]
    return render("breadcrumbs", {"steps": steps})


@register.simple_tag
def load_more(url: str, shown: int | None = None, total: int | None = None, target: str = "") -> SafeString:
    """The end of a list: how many are shown, and the next ones (htmx appends them to `target`)."""
    return render("load_more", {"url": url, "shown": shown, "total": total, "target": target})


@register.simple_tag(takes_context=True)
def language_switch(context: Context) -> SafeString:
    """Links to this same page in each language."""
    here = get_language() or "es"
    return render("language_switch", {"languages": _translations(context), "here": here[:2]})


@register.simple_tag(takes_context=True)
def hreflang_links(context: Context) -> SafeString:
    """`<link rel="alternate" hreflang=…>` for each language of this page, at BASE_URL whatever was asked."""
    request = context.get("request")
    links = [
        format_html('<link rel="alternate" hreflang="{}" href="{}">', code, settings.BASE_URL + url)
        for code, _name, url in _translations(context)
        if request is not None
    ]
    return mark_safe("".join(links))


def _translations(context: Context) -> list[tuple[str, str, str]]:
    request = context.get("request")
    path = request.get_full_path() if request is not None else "/"
    return [(code, name, translate_url(path, code)) for code, name in LANGUAGES]


@register.simple_tag
def theme_switch() -> SafeString:
    """Light, dark or the system's choice; needs a script, hidden without one."""
    return render("theme_switch", {})


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The reader's chosen theme for `<html data-theme>`, from its cookie: `light`, `dark` or `system`."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in ("light", "dark") else "system"
