"""A file of text, uploaded or pasted: the rulebook as TOML, customers as a table."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

MOST = 200_000


class RulesFileForm(forms.Form):
    """The rulebook as a file or pasted. Cleans to `text`."""

    file = forms.FileField(label=_("Archivo TOML"), required=False)
    text = forms.CharField(
        label=_("o péguelo aquí"),
        required=False,
        max_length=MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )
    draft_name = forms.CharField(label=_("Nombre del borrador"), required=False, max_length=80)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("file")
        if given is not None:
            if given.size > MOST:
                raise forms.ValidationError(_t("Ese archivo es demasiado grande para ser de reglas."))
            try:
                data["text"] = given.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(
                    _t("El archivo no es texto UTF-8. Guárdelo de nuevo como texto.")
                ) from None
        if not self.errors and not (data.get("text") or "").strip():
            raise forms.ValidationError(_t("Elija un archivo o pegue su contenido."))
        return data
