"""Charts: a drawing of a data table that stands beside it, and a tiny line for a trend."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from vigente.ui.components.base import register

WIDE, HIGH = 80, 28


@register.simple_tag
def chart(table: str, label: str, scale: int = 1, unit: str = "") -> SafeString:
    """Draw the table with this id: its heads with `data-series` ("line" or "bar"), its cells' `data-value`.

    Values are divided by `scale`, into `unit`. Load `ui/charts/charts.css` and `charts.js` on the page; without a
    script there is only the table. Arrow keys go from one row to the next and say it.
    """
    return format_html(
        '<figure class="plot" data-chart="{}" data-scale="{}" data-unit="{}" role="group" tabindex="0"'
        ' aria-label="{}" hidden>'
        '<div class="plot__area" aria-hidden="true"></div><output aria-live="polite"></output></figure>',
        table,
        scale,
        unit,
        _("%(label)s. Flechas: un dato a la vez; la tabla de abajo los tiene todos.") % {"label": label},
    )


@register.simple_tag
def sparkline(values: Sequence[int]) -> SafeString:
    """A trend as a line, for the eye only: the sentence beside it says its numbers. Nothing of fewer than two."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    span = high - low or 1
    step = WIDE / (len(values) - 1)
    points = [
        f"{round(at * step, 1)},{round(HIGH - 3 - (HIGH - 6) * (value - low) / span, 1)}"
        for at, value in enumerate(values)
    ]
    last_x, last_y = points[-1].split(",")
    return format_html(
        '<svg class="sparkline" viewBox="-2 0 {} {}" width="{}" height="{}" aria-hidden="true">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        WIDE + 5, HIGH, WIDE + 5, HIGH, " ".join(points), last_x, last_y,
    )  # fmt: skip
