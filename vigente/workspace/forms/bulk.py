"""What is asked before something is done to many cases. Forms check shape; the services decide for each case."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.automation.models import AutomationRule
from vigente.rules.merge import problems
from vigente.tickets.labels import severity_choices
from vigente.tickets.models import CannedResponse, Department, Tag, Ticket
from vigente.tickets.queries.merging import FIELDS
from vigente.workspace.forms.case import AFTER, active_staff


class OneOf(forms.Form):
    """One thing chosen from a list; what it is comes from the act."""

    value = forms.ModelChoiceField(queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, label: str, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = label
        self.fields["value"].queryset = rows  # type: ignore[attr-defined]

    def value_of(self) -> dict[str, Any]:
        return {"value": str(self.cleaned_data["value"].pk)}


class CodeForm(forms.Form):
    """A state or an urgency."""

    value = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, label: str, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = label
        self.fields["value"].choices = choices  # type: ignore[attr-defined]

    def value_of(self) -> dict[str, Any]:
        return {"value": self.cleaned_data["value"]}


class MergeIntoForm(forms.Form):
    """The case that stays (row 12)."""

    value = forms.IntegerField(
        label=_("Número del caso que queda"),
        min_value=1,
        max_value=2**60,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def value_of(self) -> dict[str, Any]:
        return {"value": self.cleaned_data["value"]}


class ReplyForm(forms.Form):
    """A saved reply, each reader in their language, or a text written for all of them."""

    response = forms.ModelChoiceField(
        label=_("Respuesta guardada"),
        queryset=CannedResponse.objects.none(),
        required=False,
        empty_label=_("Ninguna: escribo el texto"),
    )
    text = forms.CharField(
        label=_("Texto"),
        help_text=_("Puede llevar campos, como {{ requester.first_name }} o {{ ticket.number }}."),
        required=False,
        max_length=settings.MESSAGE_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    after = forms.ChoiceField(label=_("Al enviar"), choices=AFTER, initial="waiting_customer")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = CannedResponse.objects.visible_to(user).order_by("-uses", "title", "id")
        self.fields["response"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        text = data.get("text", "")
        if bool(text) == bool(data.get("response")):
            self.add_error("text", _("Elija una respuesta guardada o escriba un texto: una de las dos."))
        elif problems(text, FIELDS):
            self.add_error(
                "text", _("Hay un campo que no existe o no se entiende. Revise lo que va entre llaves.")
            )
        return data

    def value_of(self) -> dict[str, Any]:
        data = self.cleaned_data
        row = data.get("response")
        return {"response": row.pk if row else None, "text": data["text"], "after": data["after"]}


def form_for(act: str, data: Any, user: User) -> Any:
    """The form of an act; None for one that asks nothing."""
    match act:
        case "assign":
            return OneOf(data, label=_("Técnico"), rows=active_staff(), initial={"value": user.pk})
        case "department":
            return OneOf(data, label=_("Departamento"), rows=Department.objects.all())
        case "tag":
            return OneOf(data, label=_("Etiqueta"), rows=Tag.objects.offered())
        case "untag":
            return OneOf(data, label=_("Etiqueta"), rows=Tag.objects.all())
        case "rule":
            rules = AutomationRule.objects.visible_to(user).filter(is_on=True, on=AutomationRule.On.BUTTON)
            return OneOf(data, label=_("Regla"), rows=rules)
        case "status":
            choices = [choice for choice in Ticket.Status.choices if choice[0] != Ticket.Status.NEW]
            return CodeForm(data, label=_("Estado"), choices=choices)
        case "severity":
            return CodeForm(data, label=_("Urgencia"), choices=severity_choices())
        case "merge":
            return MergeIntoForm(data)
        case "reply":
            return ReplyForm(data, user=user)
    return None
