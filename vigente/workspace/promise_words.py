"""What people decided about a case's deadlines, in the reader's words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.rules.sla import Change, Kind
from vigente.tickets.stamps import CLOCK
from vigente.ui import formats

WHAT = {"reply": gettext_lazy("la respuesta"), "resolution": gettext_lazy("la resolución")}
_SAID: Mapping[str, Callable[[], str]] = {
    Change.SET.value: lambda: _("%(who)s fijó el plazo de %(what)s para el %(until)s"),
    Change.CLEAR.value: lambda: _("%(who)s quitó el plazo de %(what)s"),
    Change.EXTEND.value: lambda: _("%(who)s alargó el plazo de %(what)s %(span)s hábiles"),
    Change.SHORTEN.value: lambda: _("%(who)s acortó el plazo de %(what)s %(span)s hábiles"),
    Change.RESTORE.value: lambda: _("%(who)s devolvió el plazo de %(what)s a lo prometido"),
    Kind.HELD.value: lambda: _("%(who)s detuvo los plazos hasta que responda el cliente"),
    Kind.RELEASED.value: lambda: _("%(who)s dejó correr los plazos"),
}


def adjustment_text(who: str, data: Mapping[str, Any]) -> str:
    """`Ana alargó el plazo de la respuesta 2 horas hábiles: “…”`."""
    until = data.get("until")
    words = {
        "who": who,
        "what": WHAT.get(data.get("what", ""), "" if data.get("what") == CLOCK else "—"),
        "until": formats.exact(datetime.fromisoformat(until), timezone.get_current_timezone())
        if until
        else "—",
        "span": formats.span_in_words(data.get("minutes") or 0),
    }
    text = _SAID.get(data.get("change", ""), lambda: _("%(who)s cambió los plazos"))() % words
    return f"{text}: “{data['why']}”" if data.get("why") else text
