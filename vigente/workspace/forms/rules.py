"""The rulebook as a form: one field per setting, standing in the setting's sentence; rows for the discounts."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.rules.rulebook import Rulebook
from vigente.ui.rulebook_sentences import ENUMS, GROUPS, Group
from vigente.ui.rulebook_words import CHOICES, LABELS
from vigente.workspace.forms import discounts
from vigente.workspace.forms.fields import DayField, start_of_day
from vigente.workspace.rulebook import Line, line

ROLES = ("agent", "supervisor", "owner")
NAMES = tuple(name for group in GROUPS for name in group.names)


class DaysField(forms.CharField):
    """Whole numbers of days with commas or spaces between; negative ones come before. Cleans to a sorted tuple."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=80, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("\N{MINUS SIGN}", "-")
        parts = [part for part in re.split(r"[\s,;]+", text) if part]
        if len(parts) > 12 or not all(re.fullmatch(r"[+-]?\d{1,2}", part, re.ASCII) for part in parts):
            raise forms.ValidationError(_t("Escriba días separados por comas, por ejemplo: -7, 0, 3, 5."))
        if any(abs(int(part)) > 90 for part in parts):
            raise forms.ValidationError(_t("Los días van de -90 a 90."))
        return tuple(dict.fromkeys(int(part) for part in parts))


class ZoneField(forms.CharField):
    """The name of a time zone."""

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise forms.ValidationError(
                _t("No es una zona horaria. Un ejemplo es America/Managua.")
            ) from None
        return name


def _key(value: Any) -> str:
    """What a choice of the form is called: an enum's value, yes or no."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value.value)


class RulebookForm(forms.Form):
    """Starts from `current`; `base` is what it is compared with. Cleans to `rulebook` and `effective_from`."""

    def __init__(
        self, *args: Any, current: Rulebook, now: datetime, base: Rulebook | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.current, self.now, self.base = current, now, base or current
        for name in NAMES:
            self._add(name, getattr(current, name))
        more = self.is_bound and "add_discount" in self.data
        self.discounts = discounts.Discounts(
            discounts.counted(self.data, more=more) if self.is_bound else None,
            prefix=discounts.PREFIX,
            initial=[discounts.initial(rule) for rule in current.discounts],
            form_kwargs={"choices": discounts.choices()},
        )
        self.fields["effective_on"] = DayField(label=_("Rigen desde"), help_text=_("Vacío: desde ahora."))
        self.fields["note"] = forms.CharField(label=_("Por qué cambian"), required=False, max_length=300)
        self.fields["draft_name"] = forms.CharField(
            label=_("Nombre del borrador"), required=False, max_length=80
        )

    def _add(self, name: str, value: Any) -> None:
        label = LABELS[name]
        if name == "favour_limits":
            for role in ROLES:
                self.fields[f"favours_{role}"] = forms.IntegerField(
                    label=_FAVOURS[role],
                    min_value=0,
                    max_value=10_000,
                    required=False,
                    initial=value.get(role),
                )
        elif name in CHOICES:
            choices = [(_key(key), text) for key, text in CHOICES[name].items()]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=_key(value))
        elif name == "dunning_days":
            self.fields[name] = DaysField(label=label, initial=value)
        elif name == "plans_required_from":
            self.fields[name] = DayField(label=label, initial=self._required_on())
        elif isinstance(value, int):
            self.fields[name] = forms.IntegerField(
                label=label, min_value=int(name == "pack_days"), max_value=100_000, initial=value
            )
        elif name != "discounts":
            self.fields[name] = ZoneField(label=label, max_length=64, initial=value)

    def _required_on(self) -> Any:
        value = self.current.plans_required_from
        return value.astimezone(self.current.zone).date() if value else None

    def controls(self, name: str) -> list[forms.BoundField]:
        """The fields of a setting, in the order of its sentence."""
        if name == "discounts":
            return []
        return [self[field] for field in _FIELDS.get(name, [name])]

    def sentences(
        self, *, began: dict[str, datetime | None], differing: frozenset[str]
    ) -> Iterator[tuple[Group, list[Line]]]:
        """The page's groups, each setting a sentence with its controls. `differing`: names said to differ."""
        for group in GROUPS:
            lines = [
                line(
                    name,
                    self._stands(name),
                    self.controls(name),
                    began=began.get(name),
                    differs=name in differing,
                )
                for name in group.names
                if name != "discounts"
            ]
            yield group, lines

    def _stands(self, name: str) -> Any:
        """The value that stands in the control now, for the words around it."""
        value = getattr(self.current, name)
        if isinstance(value, int) and not isinstance(value, bool):
            typed = str(self[name].value() or "")
            return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else value
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.discounts.is_bound and not self.discounts.is_valid():
            self.add_error(None, _t("Revise los descuentos: alguno no se puede usar."))
        if self.errors:
            return data
        try:
            data["rulebook"] = Rulebook(**self._values(data))
        except ValueError as error:
            raise forms.ValidationError(
                _t("Estas reglas no se pueden usar juntas: %(error)s") % {"error": error}
            ) from None
        day = data["effective_on"]
        begins = start_of_day(day, data["rulebook"].zone) if day else self.now
        if begins < self.now:
            self.add_error(
                "effective_on", _t("Elija hoy sin fecha, o un día por venir: lo decidido se respeta.")
            )
        data["effective_from"] = begins
        return data

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in NAMES:
            if name in ENUMS:
                values[name] = ENUMS[name](data[name])
            elif name in CHOICES:
                values[name] = data[name] == "yes"
            elif name == "plans_required_from":
                values[name] = self._required_from(data)
            elif name == "favour_limits":
                values[name] = {
                    **self.current.favour_limits,
                    **{role: data[f"favours_{role}"] for role in ROLES},
                }
            elif name == "discounts":
                values[name] = self.discounts.rules() if self.discounts.is_bound else self.current.discounts
            else:
                values[name] = data[name]
        return values

    def _required_from(self, data: dict[str, Any]) -> datetime | None:
        """The start of the day; an instant within the day that stands there already is kept."""
        day, before = data["plans_required_from"], self.current.plans_required_from
        if day is None:
            return None
        if (
            before is not None
            and day == self._required_on()
            and before != start_of_day(day, self.current.zone)
        ):
            return before
        return start_of_day(day, ZoneInfo(data["billing_zone"]))


_FIELDS = {"favour_limits": [f"favours_{role}" for role in ROLES]}
_FAVOURS = {
    "agent": _("Favores al mes de un técnico"),
    "supervisor": _("Favores al mes de un supervisor"),
    "owner": _("Favores al mes del propietario"),
}
