"""What staff type about a held request."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """A link or a request for data (row 50)."""

    text = forms.CharField(label=_("Respuesta"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class OverrideForm(forms.Form):
    """Why it is let in without coverage (row 15)."""

    reason = forms.CharField(
        label=_("Motivo"),
        help_text=_("Lo leerán supervisión y el propietario."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
