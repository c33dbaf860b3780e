"""What every component shares: the library they register in, attributes, icons, the reader's now and zone."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.template.engine import Engine
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


def attributes(given: dict[str, Any]) -> SafeString:
    """Keyword arguments as HTML attributes: `hx_post` becomes `hx-post`, True a bare name, False and None nothing."""
    pairs = []
    bare = []
    for key, value in given.items():
        name = key.rstrip("_").replace("_", "-")
        if value is True:
            bare.append((name,))
        elif value is not None and value is not False:
            pairs.append((name, value))
    return format_html_join("", ' {}="{}"', pairs) + format_html_join("", " {}", bare)


def classes(*names: str | bool | None) -> str:
    """The names that are set, joined by a space."""
    return " ".join(name for name in names if isinstance(name, str) and name)


def render(component: str, values: dict[str, Any], context: Context | None = None) -> SafeString:
    """A component's tiny template, with the request's CSRF token and language when a context is given."""
    request = context.get("request") if context is not None else None
    if context is not None and "csrf_token" not in values:
        values["csrf_token"] = context.get("csrf_token")
    template = Engine.get_default().get_template(f"ui/components/{component}.html")
    return SafeString(template.render(_context(values, context, request)))


def _context(values: dict[str, Any], context: Context | None, request: Any) -> Context:
    inner = Context(values)
    if context is not None:
        inner["now"] = values.get("now") or now_of(context)
        if request is not None:
            inner["request"] = request
    return inner


def now_of(context: Context) -> datetime | None:
    """The instant of this page or mail (aware, UTC), if it was given one."""
    now = context.get("now")
    if now is None:
        now = getattr(context.get("request"), "now", None)
    return now


@cache
def _sprite() -> str:
    """Where the drawings are; found once, for a page holds a hundred of them."""
    return static("ui/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing from the sprite; `label` only when no word stands beside it."""
    href = f"{_sprite()}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)
