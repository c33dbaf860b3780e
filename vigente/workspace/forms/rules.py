"""The rulebook as a form: one field per setting, made from the value it edits; the value itself checks what fits
together.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import CLOUD_DISCOUNT, Rulebook
from vigente.ui.rulebook_words import CHOICES, LABELS
from vigente.workspace.forms.fields import DayField, start_of_day
from vigente.workspace.rulebook import ENUMS, GROUPS

ROLES = ("agent", "supervisor", "owner")


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
        return tuple(sorted({int(part) for part in parts}))


def _key(value: Any) -> str:
    """What a choice of the form is called: an enum's value, yes or no."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value.value)


class RulebookForm(forms.Form):
    """Starts from the rules in force. Cleans to `rulebook` and `effective_from`."""

    def __init__(self, *args: Any, current: Rulebook, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current, self.now = current, now
        for group in GROUPS:
            for name in group.names:
                self._add(name, getattr(current, name))
        self.fields["effective_on"] = DayField(label=_("Rigen desde"), help_text=_("Vacío: desde ahora."))
        self.fields["note"] = forms.CharField(label=_("Por qué cambian"), required=False, max_length=300)

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
        elif name == "discounts":
            rule = self._cloud()
            percent = None if rule is None else rule.basis_points / 100
            self.fields["cloud_percent"] = forms.DecimalField(
                label=_("Descuento de WEB en nuestra nube (%)"),
                min_value=0,
                max_value=100,
                decimal_places=2,
                required=False,
                initial=percent,
            )
            self.fields["cloud_packs"] = forms.BooleanField(
                label=_("También en casos extra"),
                required=False,
                initial=bool(rule and rule.applies_to_packs),
            )
        elif name in CHOICES:
            choices = [(_key(key), text) for key, text in CHOICES[name].items()]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=_key(value))
        elif name == "dunning_days":
            self.fields[name] = DaysField(label=label, initial=value)
        elif name == "plans_required_from":
            day = value.astimezone(self.current.zone).date() if value else None
            self.fields[name] = DayField(label=label, help_text=_("Vacío: desde siempre."), initial=day)
        elif isinstance(value, int):
            self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=100_000, initial=value)
        else:
            self.fields[name] = forms.CharField(label=label, max_length=64, initial=value)

    def _cloud(self) -> DiscountRule | None:
        return next((rule for rule in self.current.discounts if rule.code == CLOUD_DISCOUNT.code), None)

    def grouped(self) -> list[tuple[Any, str, list[forms.BoundField]]]:
        """Fields as the page lays them out: (title, id, fields) per group."""
        extra = {
            "favour_limits": [f"favours_{role}" for role in ROLES],
            "discounts": ["cloud_percent", "cloud_packs"],
        }
        return [
            (
                group.title,
                group.id,
                [self[field] for name in group.names for field in extra.get(name, [name])],
            )
            for group in GROUPS
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            data["rulebook"] = replace(self.current, **self._values(data))
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
        if data["rulebook"] == self.current:
            raise forms.ValidationError(_t("No cambió nada."))
        return data

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in (name for group in GROUPS for name in group.names):
            if name in ENUMS:
                values[name] = ENUMS[name](data[name])
            elif name in CHOICES:
                values[name] = data[name] == "yes"
            elif name == "plans_required_from":
                values[name] = start_of_day(data[name], self.current.zone) if data[name] else None
            elif name == "favour_limits":
                values[name] = {role: data[f"favours_{role}"] for role in ROLES}
            elif name == "discounts":
                values[name] = self._discounts(data)
            else:
                values[name] = data[name]
        return values

    def _discounts(self, data: dict[str, Any]) -> tuple[DiscountRule, ...]:
        others = tuple(rule for rule in self.current.discounts if rule.code != CLOUD_DISCOUNT.code)
        percent = data.get("cloud_percent")
        if not percent:
            return others
        base = self._cloud() or CLOUD_DISCOUNT
        points = int(percent * 100)
        return (replace(base, basis_points=points, applies_to_packs=data["cloud_packs"]), *others)


_FAVOURS = {
    "agent": _("Favores al mes de un técnico (vacío: sin límite)"),
    "supervisor": _("De un supervisor"),
    "owner": _("Del propietario"),
}
