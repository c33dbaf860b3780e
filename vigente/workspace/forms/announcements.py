"""The words of an announcement, in both languages."""

from django import forms
from django.utils.translation import gettext_lazy as _


def _text(label: object) -> forms.CharField:
    return forms.CharField(label=label, max_length=20_000, widget=forms.Textarea(attrs={"rows": 12}))


class AnnouncementForm(forms.Form):
    """Titles and texts. Lines that begin with a hyphen are a list."""

    title_es = forms.CharField(label=_("Título en español"), max_length=160)
    text_es = _text(_("Texto en español"))
    title_en = forms.CharField(label=_("Título en inglés"), max_length=160)
    text_en = _text(_("Texto en inglés"))

    def titles(self) -> tuple[str, str]:
        return self.cleaned_data["title_es"], self.cleaned_data["title_en"]

    def texts(self) -> tuple[str, str]:
        return self.cleaned_data["text_es"], self.cleaned_data["text_en"]
