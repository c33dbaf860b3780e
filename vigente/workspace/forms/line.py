"""Forms of the line: a case moved by hand, how much an agent takes, who is away, and skills."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models import WorkType
from vigente.tickets.models import Department, Skill, Tag
from vigente.tickets.services.line import LONGEST_REASON
from vigente.workspace.forms.fields import DayField


class PlaceForm(forms.Form):
    """Where a case goes, and why."""

    WHERE = (
        ("first", _("Al frente de su fila")),
        ("before", _("Delante de otro caso")),
        ("own", _("A su propio lugar")),
    )
    where = forms.ChoiceField(label=_("A dónde"), choices=WHERE, initial="first", widget=forms.RadioSelect)
    other = forms.IntegerField(
        label=_("Delante del caso número"), required=False, min_value=1, max_value=2**53
    )
    reason = forms.CharField(
        label=_("Por qué"), max_length=LONGEST_REASON, help_text=_("Lo lee todo el equipo en el caso.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("where") == "before" and not data.get("other") and "other" not in self.errors:
            self.add_error("other", _t("Diga delante de cuál."))
        return data


class AwayForm(forms.Form):
    """Away until a day, or until they say so."""

    until = DayField(label=_("Vuelve el"), help_text=_("Vacío: hasta que usted diga que volvió."))


class AgentForm(forms.Form):
    """How an agent takes part in the line."""

    most = forms.IntegerField(
        label=_("Casos a la vez, como máximo"),
        help_text=_("Cuentan los que esperan su respuesta. Vacío: sin límite."),
        required=False,
        min_value=1,
        max_value=1000,
    )
    away = forms.BooleanField(label=_("Está ausente: no recibe casos de la fila"), required=False)
    until = DayField(label=_("Vuelve el"), help_text=_("Vacío: hasta que diga que volvió."))


class SkillForm(forms.ModelForm):
    """Who knows it, and which cases need it."""

    class Meta:
        model = Skill
        fields = ("name", "agents", "departments", "work_types", "tags")
        labels = {
            "name": _("Nombre"),
            "agents": _("Quién la tiene"),
            "departments": _("La piden los casos de estos departamentos"),
            "work_types": _("La piden estos tipos de trabajo"),
            "tags": _("La piden los casos con estas etiquetas"),
        }
        widgets = dict.fromkeys(("agents", "departments", "work_types", "tags"), forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agents = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name", "email")
        self.fields["agents"].queryset = agents  # type: ignore[attr-defined]
        rows = {"departments": Department.objects.all(), "work_types": WorkType.objects.all()}
        for name, found in (*rows.items(), ("tags", Tag.objects.all())):
            self.fields[name].queryset = found  # type: ignore[attr-defined]
            if not found.exists():
                del self.fields[name]
