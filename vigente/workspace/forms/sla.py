"""Forms about working hours: the days off of a year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.sla.calendars import countries
from vigente.ui import formats
from vigente.workspace.forms.fields import DayField


def country_choices() -> list[tuple[str, str]]:
    """Countries with a calendar, named in the reader's language."""
    names = Locale.parse(get_language() or "es").territories
    return [("", _t("Ninguno")), *((code, str(names.get(code, code))) for code in countries())]


class HolidaysForm(forms.Form):
    """Which days of a year are off: the country's, those that were kept, and perhaps one more."""

    days = forms.MultipleChoiceField(
        label=_("No se trabaja"), required=False, widget=forms.CheckboxSelectMultiple
    )
    day = DayField(label=_("Otro día"), help_text=_("Un asueto propio, o el feriado de su ciudad."))
    name = forms.CharField(label=_("Cómo se llama ese día"), required=False, max_length=120)

    def __init__(
        self,
        *args: Any,
        year: int,
        offered: Mapping[date, str],
        kept: Mapping[date, str],
        seen: bool,
        **kwargs: Any,
    ) -> None:
        """`seen`: the year was chosen before; if not, all that is offered is marked."""
        super().__init__(*args, **kwargs)
        self.year, self.names = year, dict(sorted({**offered, **kept}.items()))
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), f"{formats.local_day(day)} · {name}") for day, name in self.names.items()
        ]
        self.fields["days"].initial = [day.isoformat() for day in (kept if seen else offered)]
        if not self.names:
            del self.fields["days"]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data.get("day")
        if day is not None and day.year != self.year:
            raise forms.ValidationError(_t("Tiene que ser un día de %(year)s.") % {"year": self.year})
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and not data.get("name"):
            self.add_error("name", _t("Diga cómo se llama, para que todos sepan por qué no se trabaja."))
        if data.get("name") and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _t("Diga qué día es."))
        return data

    def chosen(self) -> dict[date, str]:
        """The days off as they were chosen, with their names."""
        days = {date.fromisoformat(text) for text in self.cleaned_data.get("days", ())}
        found = {day: name for day, name in self.names.items() if day in days}
        if self.cleaned_data.get("day"):
            found[self.cleaned_data["day"]] = self.cleaned_data["name"]
        return found
