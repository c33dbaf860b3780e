"""A list that is put in order by hand: dragged, with Alt and the arrows, or with two buttons."""

from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

from vigente.ui.components.base import register, render


@register.simple_block_tag(takes_context=True)
def sortable(context: Context, content: str, url: str, label: str, id: str = "sortable") -> SafeString:
    """An ordered list whose new order is posted to `url` once (`vigente.ui.sorting.order_of` reads it).

    Inside, one `sortable_row` each, with the same `id` if it is given. `label` names the list to those who hear it.
    """
    values = {"url": url, "label": label, "id": id, "content": SafeString(content.strip())}
    return render("sortable", values, context)


@register.simple_block_tag
def sortable_row(content: str, key: Any, name: str, id: str = "sortable") -> SafeString:
    """One row: its primary key, its name for the buttons, and anything inside, forms too."""
    values = {"key": key, "name": name, "id": id, "content": SafeString(content.strip())}
    return render("sortable_row", values)
