"""The form of a follow-up: when, what for, and how the case rests meanwhile."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.automation.models import AutomationRule
from vigente.rules.automation import MOST_MINUTES
from vigente.tickets.models import FollowUp, Ticket
from vigente.tickets.services.follow_ups import LONGEST
from vigente.ui.condition_words import UNITS

STATUS = Ticket.Status
MEANWHILE = [
    ("", _("Como está")),
    *((one.value, one.label) for one in (STATUS.ON_HOLD, STATUS.WAITING_THIRD, STATUS.WAITING_CUSTOMER)),
]
AT = "%Y-%m-%dT%H:%M"


class FollowUpForm(forms.Form):
    """An instant, or a span from now; in the reader's zone. `rule`: one applied by hand, whose actions are copied."""

    amount = forms.IntegerField(
        label=_("Dentro de"), required=False, min_value=1, max_value=10_000, initial=2
    )
    unit = forms.TypedChoiceField(
        label=_("Unidad"), required=False, coerce=int, empty_value=1440, choices=UNITS, initial=1440
    )
    at = forms.DateTimeField(
        label=_("O a una hora exacta"), required=False, input_formats=[AT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AT),
        help_text=_("Si la escribe, cuenta ella."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Para qué"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    status = forms.ChoiceField(label=_("Mientras tanto"), required=False, choices=MEANWHILE)
    rule = forms.ModelChoiceField(
        label=_("Y entonces"), required=False, queryset=AutomationRule.objects.none(),
        empty_label=_("Solo volver a quien lo tiene"),
    )  # fmt: skip
    cancel_on_reply = forms.BooleanField(
        label=_("Quitarlo si el cliente escribe antes"), required=False, initial=True
    )

    def __init__(self, *args: Any, follow_up: FollowUp | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = AutomationRule.objects.filter(on=AutomationRule.On.BUTTON, is_on=True)
        self.fields["rule"].queryset = rules  # type: ignore[attr-defined]
        if follow_up is not None:
            self.initial = {"at": follow_up.due_at, "note": follow_up.note, "status": follow_up.status,
                            "cancel_on_reply": follow_up.cancel_on_reply}  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("at") and not data.get("amount") and not self.errors:
            self.add_error("amount", _("Diga cuándo."))
        if (data.get("amount") or 0) * (data.get("unit") or 1) > MOST_MINUTES:
            self.add_error("amount", _("Un año como máximo."))
        return data

    def due_at(self, *, now: datetime) -> datetime:
        """When it falls due, UTC."""
        data = self.cleaned_data
        at: datetime | None = data["at"]
        return at or now + timedelta(minutes=data["amount"] * data["unit"])
