"""The form of a saved view: what it holds, in which order, who sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.accounts.models import User
from vigente.rules.searching import read
from vigente.tickets.models import Department, SavedView
from vigente.ui.conditions import ConditionField
from vigente.workspace.condition_choices import CaseChoices
from vigente.workspace.search_words import problem_texts


class ViewForm(forms.Form):
    """A view of cases."""

    name = forms.CharField(label=gettext_lazy("Nombre"), max_length=60)
    search = forms.CharField(
        label=gettext_lazy("Búsqueda"),
        help_text=gettext_lazy("Como en el buscador: palabras, org:clavo, es:abierto, -factura…"),
        required=False,
        max_length=200,
    )
    order = forms.ChoiceField(label=gettext_lazy("Orden"), choices=SavedView.Order.choices)
    sharing = forms.ChoiceField(
        label=gettext_lazy("Quién la ve"), choices=SavedView.Sharing.choices, widget=forms.RadioSelect
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("Departamento"), queryset=Department.objects.none(), required=False
    )
    is_default = forms.BooleanField(label=gettext_lazy("Mi escritorio empieza aquí"), required=False)

    def __init__(self, *args: Any, user: User, view: SavedView | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = CaseChoices(user)
        self.fields["condition"] = ConditionField(label=_("Condiciones"), offered=choices, required=False)
        teams = Department.objects.offered() if user.is_supervisor else user.departments.all()
        self.fields["department"].queryset = teams  # type: ignore[attr-defined]
        if view is not None and view.owner_id != user.pk:
            del self.fields["is_default"]
        self.order_fields(["name", "search", "condition", "order", "sharing", "department", "is_default"])

    def clean_search(self) -> str:
        """What is not understood is said here; held requests are no cases."""
        text: str = self.cleaned_data["search"]
        asked = read(text)
        problems = problem_texts(asked) if asked.problems else []
        if asked.is_held:
            problems.append(_("Una vista lista casos; lo que espera cobertura está en “Sin cobertura”."))
        elif text.strip() and not asked and not problems:
            problems.append(_("Escriba palabras u operadores, o deje este campo vacío."))
        if problems:
            raise forms.ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sharing") == SavedView.Sharing.DEPARTMENT and not data.get("department"):
            self.add_error("department", _("Elija el departamento."))
        return data
