"""Why a case is thrown away, which decides about the case it used."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.tickets.models import TrashedCase

Why = TrashedCase.Why


class TrashForm(forms.Form):
    """The reason, and a note that a mistake of ours needs."""

    why = forms.ChoiceField(
        label=_("¿Por qué?"),
        widget=forms.RadioSelect,
        choices=[
            (Why.SPAM, _("Es spam: se devuelve el caso que usó")),
            (Why.MISTAKE, _("Se abrió por error: se devuelve el caso que usó, como favor")),
            (Why.OTHER, _("Otro motivo: el caso queda usado")),
        ],
    )
    note = forms.CharField(
        label=_("Nota"),
        required=False,
        max_length=200,
        help_text=_("Para el equipo. Hace falta si se devuelve por error."),
    )


class EmptyForm(forms.Form):
    """A clear yes: what is erased does not come back."""

    sure = forms.BooleanField(
        label=_("Sí, borrarlo para siempre"),
        error_messages={"required": _("Marque la casilla: lo que se borra no vuelve.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label_suffix = ""
