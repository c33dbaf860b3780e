"""A rule of spam, with a text to try it on before it is saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.rules.patterns import BadPattern
from vigente.rules.spam import pattern_of
from vigente.tickets.models import SpamRule


class SpamRuleForm(forms.Form):
    """What it looks for, and where."""

    where = forms.ChoiceField(label=gettext_lazy("Dónde busca"), choices=SpamRule.Where.choices)
    words = forms.CharField(
        label=gettext_lazy("Qué busca"),
        max_length=180,
        help_text=gettext_lazy("Palabras, una dirección, o un dominio: @ejemplo.com."),
    )
    is_pattern = forms.BooleanField(
        label=gettext_lazy("Es un patrón"),
        required=False,
        help_text=gettext_lazy(r"Como gan[eo] \d+. Lee el asunto y las primeras 2000 letras."),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Está encendida"), required=False, initial=True)
    sample = forms.CharField(
        label=gettext_lazy("Pruébela con un texto"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La primera línea puede ser la dirección de quien escribe."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_pattern") and data.get("words"):
            try:
                pattern_of(data["words"])
            except BadPattern:
                self.add_error(
                    "words", _("Ese patrón no se puede leer. Use letras, . \\d \\w [ ] ( ) | * + ? { }.")
                )
        return data


class ConfirmForm(forms.Form):
    """Nothing to fill in."""
