"""Components of a case's conversation: message, event line, files, timeline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

from vigente.ui.components.base import register, render


@register.simple_block_tag(takes_context=True)
def message(
    context: Context, content: str, author: str, at: datetime, kind: str = "customer", **given: Any
) -> SafeString:
    """One message; the block's content is its (already sanitised) text.

    `kind`: customer, staff or note (never shown to customers). `role`: the words after the name. `id`: anchor.
    `quote`: older text, folded. `files`: rows for `files`. `via`: how it came ("correo").
    `edited=True` says so; `deleted`: when it was, instead of its text; `gone_files`: names of files that were.
    `pending=True` while it is on its way. `plain=True` keeps line breaks of text without markup.
    """
    values = {"author": author, "at": at, "kind": kind, "body": SafeString(content.strip()), **given}
    return render("message", values, context)


@register.simple_block_tag(takes_context=True)
def event(context: Context, content: str, at: datetime, icon_name: str = "history") -> SafeString:
    """One line for something that happened between messages."""
    return render("event", {"text": SafeString(content.strip()), "at": at, "icon_name": icon_name}, context)


@register.simple_tag
def files(rows: Iterable[Any]) -> SafeString:
    """Attachments. Each row has `name`, `size` (bytes), `url`; images also `is_image` and `thumbnail_url`."""
    return render("files", {"rows": rows})


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    """What happened, in order: `<li>` with a line, a `{% when %}` and perhaps a `<small>`; `is-now`, `is-ahead`."""
    return SafeString(f'<ol class="timeline">{content.strip()}</ol>')
