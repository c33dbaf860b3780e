"""Forms of how cases are sorted: a name in each language, and the rest."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.tickets.models import Tag
from vigente.tickets.models.structure import LONGEST_NAME


class NamedForm(forms.Form):
    """A form that begins with a name in each language; one of them is enough. `longest`: characters of a name."""

    longest = LONGEST_NAME

    def __init__(self, *args: Any, names: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            self.fields[f"names_{code}"] = forms.CharField(
                label=_("Nombre en %(language)s") % {"language": _(language).lower()},
                max_length=self.longest,
                required=False,
                initial=(names or {}).get(code, ""),
            )
        self.fields[self.name_fields[-1]].help_text = _("Basta con un idioma.")
        self.order_fields(self.name_fields)

    @property
    def name_fields(self) -> list[str]:
        return [f"names_{code}" for code, _language in settings.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["names"] = {code: data.get(f"names_{code}", "") for code, _language in settings.LANGUAGES}
        if not any(data["names"].values()) and not self.errors:
            self.add_error(self.name_fields[0], _("Escriba el nombre, al menos en un idioma."))
        return data


class TagForm(NamedForm):
    """A tag: its names and its colour."""

    colour = forms.ChoiceField(
        label=gettext_lazy("Color"),
        choices=Tag.Colour.choices,
        initial=Tag.Colour.PLAIN,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, tag: Tag | None = None, **kwargs: Any) -> None:
        if tag is not None:
            kwargs |= {"names": tag.names, "initial": {"colour": tag.colour}}
        super().__init__(*args, **kwargs)
