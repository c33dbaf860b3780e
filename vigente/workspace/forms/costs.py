"""What the owner says about cost: an hour's price, and how long a kind of work takes."""

from decimal import Decimal
from typing import Any

from babel.numbers import is_currency
from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.reports.models import CostRate, WorkMinutes
from vigente.workspace.forms.fields import AmountField, DayField, major_units, minor_units

DAY_MINUTES = 24 * 60


class CostRateForm(forms.ModelForm):
    """What an hour costs from a day on; earlier cases keep the cost of their day."""

    currency = forms.CharField(
        label=_("Moneda"), min_length=3, max_length=3, help_text=_("Tres letras: USD, NIO…")
    )
    amount = AmountField(label=_("Una hora cuesta"), minimum=Decimal("0.01"))
    valid_from = DayField(label=_("Desde"), required=True)

    class Meta:
        model = CostRate
        fields = ("valid_from", "currency")

    field_order = ("amount", "currency", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["amount"].initial = major_units(self.instance.hour_minor, self.instance.currency)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not is_currency(currency):
            raise forms.ValidationError(_("Esa moneda no existe. Escriba tres letras, por ejemplo USD."))
        return currency

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") is not None and data.get("currency"):
            try:
                self.instance.hour_minor = minor_units(data["amount"], data["currency"])
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return data


class WorkMinutesForm(forms.ModelForm):
    """How long a case of one kind takes on average."""

    class Meta:
        model = WorkMinutes
        fields = ("work_type", "minutes")
        labels = {"work_type": _("Tipo de trabajo"), "minutes": _("Minutos por caso")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"] = forms.IntegerField(
            label=_("Minutos por caso"), min_value=1, max_value=100 * DAY_MINUTES
        )
