"""Forms of the way from free support to plans."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.billing.services.csv_import_reading import MOST_BYTES, ImportFileError, decode
from vigente.workspace.forms.fields import DayField, start_of_day
from vigente.workspace.import_words import problem_text


class DateForm(forms.Form):
    """The first day on which a plan is needed, still to come."""

    on = DayField(label=_("Primer día en que hace falta un plan"), required=True)

    def __init__(self, *args: Any, now: datetime, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone = now, zone

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if start_of_day(day, self.zone) <= self.now:
            raise forms.ValidationError(_t("Elija un día por venir: lo ya atendido no se vuelve a decidir."))
        return day


class CustomersForm(forms.Form):
    """The customers' table as a file or pasted. Cleans to `text` and `name`."""

    file = forms.FileField(
        label=_("Archivo CSV"),
        help_text=_("De cualquier hoja de cálculo: con comas o punto y coma, en UTF-8 o Latin-1."),
        required=False,
    )
    text = forms.CharField(
        label=_("o péguelo aquí"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("file")
        if given is not None:
            try:
                if given.size > MOST_BYTES:
                    decode(b"x" * (MOST_BYTES + 1))
                data["text"], data["name"] = decode(given.read()), given.name[:160]
            except ImportFileError as error:
                raise forms.ValidationError([problem_text(one) for one in error.problems]) from None
        if not self.errors and not (data.get("text") or "").strip():
            raise forms.ValidationError(_t("Elija un archivo o pegue su contenido."))
        return data
