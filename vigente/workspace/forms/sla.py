"""Forms about working hours and what is promised in them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.rules.promises import Promise
from vigente.sla.calendars import countries
from vigente.sla.models import SlaPolicy
from vigente.tickets.labels import severity_choices
from vigente.tickets.services.promises import LONGEST_REASON
from vigente.ui import formats
from vigente.workspace.forms.fields import DayField

LONGEST_MINUTES = 10_000_000  # as in a catalogue's file: a later deadline would be in no calendar
GENERAL = ("first_reply_minutes", "next_reply_minutes", "resolution_minutes")
PROMISES = {
    Promise.FIRST_REPLY: _("primera respuesta"),
    Promise.NEXT_REPLY: _("respuestas siguientes"),
    Promise.RESOLUTION: _("resolución"),
}


class PolicyForm(forms.ModelForm):
    """Promises in working minutes; empty promises nothing. For each raised urgency, its own where they differ."""

    class Meta:
        model = SlaPolicy
        fields = ("name", "hours", *GENERAL, "warn_minutes", "warn_percent")
        labels = {
            "name": _("Nombre"),
            "hours": _("Horario en que cuenta"),
            "first_reply_minutes": _("Primera respuesta, en minutos hábiles"),
            "next_reply_minutes": _("Respuestas siguientes"),
            "resolution_minutes": _("Resolución"),
            "warn_minutes": _("Avisar antes de que venza, en minutos hábiles"),
            "warn_percent": _("o cuando quede este % del plazo"),
        }
        help_texts = {
            "warn_minutes": _(
                "Vacíos los dos: cuando queda la cuarta parte, y nunca más de 8 horas antes. Con 0 no se avisa."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warn_percent"].validators.append(MaxValueValidator(100))
        for name in (*GENERAL, "warn_minutes"):
            self.fields[name].validators.append(MaxValueValidator(LONGEST_MINUTES))
        for level, label in self.raised:
            own = self.instance.levels.get(str(level), {})
            for promise, what in PROMISES.items():
                self.fields[f"level_{level}_{promise}"] = forms.IntegerField(
                    label=_t("Urgencia %(level)s: %(what)s") % {"level": str(label).lower(), "what": what},
                    required=False,
                    min_value=0,
                    max_value=LONGEST_MINUTES,
                    initial=own.get(promise.value),
                )
            self.fields[f"level_{level}_{Promise.FIRST_REPLY}"].help_text = _t(
                "Vacío: como el general de arriba."
            )
        self.order_fields(["name", "hours", *GENERAL, *(n for n in self.fields if n.startswith("level_"))])

    @property
    def raised(self) -> list[tuple[int, Any]]:
        """The urgencies besides the ordinary one, which has the general promises."""
        return [(int(level), label) for level, label in severity_choices() if int(level)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("warn_minutes") is not None and data.get("warn_percent") is not None:
            self.add_error("warn_percent", _t("Elija minutos o porcentaje, no los dos."))
        return data

    def save(self, commit: bool = True) -> SlaPolicy:
        levels: dict[str, dict[str, int]] = dict(self.instance.levels)
        for level, _label in self.raised:
            levels.pop(str(level), None)
            found = {one.value: self.cleaned_data.get(f"level_{level}_{one}") for one in PROMISES}
            own = {name: minutes for name, minutes in found.items() if minutes is not None}
            if own:
                levels[str(level)] = own
        self.instance.levels = levels
        policy: SlaPolicy = super().save(commit)
        return policy


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


class PromiseForm(forms.Form):
    """What is decided about a deadline of a case, and why."""

    DOES = (
        ("extend", _("Dar más tiempo")),
        ("shorten", _("Dar menos tiempo")),
        ("set", _("Fijar para un momento")),
        ("clear", _("Quitar el plazo")),
        ("restore", _("Volver a lo prometido")),
        ("held", _("Detener los plazos hasta que responda el cliente")),
        ("released", _("Dejar correr los plazos")),
    )
    what = forms.ChoiceField(
        label=_("Qué plazo"),
        choices=[("reply", _("El de la respuesta que se debe")), ("resolution", _("El de la resolución"))],
        initial="reply",
        widget=forms.RadioSelect,
    )
    does = forms.ChoiceField(
        label=_("Qué se decide"), choices=DOES, initial="extend", widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(
        label=_("Cuánto, en minutos hábiles"), required=False, min_value=1, max_value=LONGEST_MINUTES
    )
    until = forms.DateTimeField(
        label=_("Para cuándo, si se fija"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(
        label=_("Por qué"), max_length=LONGEST_REASON, help_text=_("Lo lee todo el equipo en el caso.")
    )

    def __init__(self, *args: Any, held: bool, **kwargs: Any) -> None:
        """`held`: the clocks are stopped by hand now."""
        super().__init__(*args, **kwargs)
        unwanted = "held" if held else "released"
        self.fields["does"].choices = [one for one in self.DOES if one[0] != unwanted]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("does") in ("extend", "shorten")
            and not data.get("minutes")
            and "minutes" not in self.errors
        ):
            self.add_error("minutes", _t("Diga cuánto."))
        if data.get("does") == "set" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _t("Diga para cuándo."))
        return data
