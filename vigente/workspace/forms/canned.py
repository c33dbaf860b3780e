"""The form of a saved reply: a text for each language."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.rules.merge import LONGEST
from vigente.tickets.models import CannedResponse, Department


class ResponseForm(forms.Form):
    """Title, texts, tags, and who may use it."""

    title = forms.CharField(label=gettext_lazy("Título"), max_length=120)
    tags = forms.CharField(
        label=gettext_lazy("Etiquetas"),
        help_text=gettext_lazy("Palabras separadas por comas, para encontrarla."),
        required=False,
        max_length=500,
    )
    sharing = forms.ChoiceField(
        label=gettext_lazy("Quién la usa"),
        choices=CannedResponse.Sharing.choices,
        initial=CannedResponse.Sharing.PRIVATE,
        widget=forms.RadioSelect,
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("Departamento"), queryset=Department.objects.none(), required=False
    )

    def __init__(self, *args: Any, user: User, response: CannedResponse | None, **kwargs: Any) -> None:
        if response is not None:
            kwargs["initial"] = {
                "title": response.title,
                "tags": ", ".join(response.tags),
                "sharing": response.sharing,
                "department": response.department_id,
                **{f"text_{language}": text for language, text in response.texts.items()},
            }
        super().__init__(*args, **kwargs)
        teams = Department.objects.offered() if user.is_supervisor else user.departments.all()
        self.fields["department"].queryset = teams  # type: ignore[attr-defined]
        for language, name in _languages():
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Texto en %(language)s") % {"language": name.lower()},
                required=False,
                max_length=LONGEST,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        self.order_fields(["title", *self.text_names, "tags", "sharing", "department"])

    @property
    def text_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("text_")]

    def texts(self) -> dict[str, str]:
        """What was written, by language."""
        return {name.removeprefix("text_"): self.cleaned_data[name] for name in self.text_names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sharing") == CannedResponse.Sharing.DEPARTMENT and not data.get("department"):
            self.add_error("department", _("Elija el departamento."))
        if not any((data.get(name) or "").strip() for name in self.text_names):
            self.add_error(self.text_names[0], _("Escriba el texto en al menos un idioma."))
        return data


def _languages() -> list[tuple[str, str]]:
    """The reader's own first."""
    here = get_language()
    return sorted(((code, str(name)) for code, name in settings.LANGUAGES), key=lambda one: one[0] != here)
