"""What the owner types to quote work that no plan covers (row 11)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import PlanVersion
from vigente.workspace.forms.fields import AmountField, minor_units


class QuoteForm(forms.Form):
    """An amount and what it includes. Cleans to `amount_minor`."""

    amount = AmountField(
        label=_("Precio"),
        help_text=_("Antes de impuestos: al aceptar se factura con el impuesto que corresponda."),
        minimum=Decimal("0.01"),
    )
    currency = forms.ChoiceField(label=_("Moneda"))
    scope = forms.CharField(
        label=_("Qué incluye"),
        help_text=_("El cliente lo lee antes de aceptar."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = PlanVersion.objects.order_by("currency").values_list("currency", flat=True).distinct()
        self.fields["currency"].choices = [(code, code) for code in sorted({*used} or {"USD"})]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") is not None and data.get("currency"):
            try:
                data["amount_minor"] = minor_units(data["amount"], data["currency"])
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return data
