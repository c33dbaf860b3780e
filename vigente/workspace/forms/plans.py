"""What the owner types about what is sold."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import Plan, PlanVersion, WorkType
from vigente.sla.models import SlaPolicy
from vigente.workspace.forms.fields import AmountField, DayField, major_units, minor_units, start_of_day


class VersionForm(forms.Form):
    """New terms of a plan. Begins with those of the latest version; cleans to `terms` for
    `services.versions.new_version`.
    """

    cases = forms.IntegerField(
        label=_("Casos al mes"),
        help_text=_("Vacío: sin límite."),
        min_value=1,
        max_value=1_000_000,
        required=False,
    )
    price = AmountField(label=_("Precio"))
    pack_price = AmountField(label=_("Precio de un paquete extra"), required=False)
    pack_cases = forms.IntegerField(label=_("Casos en un paquete"), min_value=1, max_value=1000)
    rank = forms.IntegerField(
        label=_("Prioridad"), help_text=_("1 se atiende primero."), min_value=1, max_value=999
    )
    allowance_minutes = forms.IntegerField(
        label=_("Ventaja en minutos"),
        help_text=_("Solo cuenta en el orden por llegada."),
        min_value=0,
        max_value=10_000_000,
    )
    work = forms.MultipleChoiceField(label=_("Qué cubre"), widget=forms.CheckboxSelectMultiple)
    sla_policy = forms.ModelChoiceField(
        label=_("Plazos prometidos"),
        queryset=SlaPolicy.objects.order_by("name"),
        required=False,
        empty_label=_("Ninguno"),
    )
    on_renewal = forms.ChoiceField(
        label=_("Al renovar, quien la tenga"), choices=PlanVersion.OnRenewal.choices, widget=forms.RadioSelect
    )
    sold_on = DayField(label=_("Se vende desde"), help_text=_("Vacío: desde ahora."))

    def __init__(
        self, *args: Any, plan: Plan, latest: PlanVersion | None, zone: ZoneInfo, **kwargs: Any
    ) -> None:
        self.plan, self.latest, self.zone = plan, latest, zone
        self.currency = latest.currency if latest else "USD"
        super().__init__(*args, initial=self._initial() | kwargs.pop("initial", {}), **kwargs)
        kinds = WorkType.objects.filter(development=False, always=False)
        self.fields["work"].choices = [(kind.code, kind.name) for kind in kinds]  # type: ignore[attr-defined]
        for name in ("price", "pack_price"):
            self.fields[name].label = f"{self.fields[name].label} ({self.currency})"

    def _initial(self) -> dict[str, Any]:
        if self.latest is None:
            return {"pack_cases": 1, "rank": 1, "allowance_minutes": 0, "on_renewal": "keep"}
        kept = ("cases", "pack_cases", "rank", "allowance_minutes", "work", "sla_policy", "on_renewal")
        return {name: getattr(self.latest, name) for name in kept} | {
            "price": major_units(self.latest.price_minor, self.currency),
            "pack_price": major_units(self.latest.pack_price_minor, self.currency),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("price", "pack_price"):
            amount: Decimal | None = data.get(name)
            if amount is not None:
                try:
                    data[f"{name}_minor"] = minor_units(amount, self.currency)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data

    def terms(self) -> dict[str, Any]:
        """The terms as the service takes them."""
        data = self.cleaned_data
        kept = ("cases", "pack_cases", "rank", "allowance_minutes", "work", "sla_policy", "on_renewal")
        return {name: data[name] for name in kept} | {
            "price_minor": data["price_minor"],
            "pack_price_minor": data.get("pack_price_minor"),
            "currency": self.currency,
        }

    def sold_from(self) -> datetime | None:
        day = self.cleaned_data["sold_on"]
        return start_of_day(day, self.zone) if day else None


class ImportForm(forms.Form):
    """The catalogue as a file or pasted."""

    file = forms.FileField(label=_("Archivo TOML"), required=False)
    text = forms.CharField(
        label=_("o péguelo aquí"),
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("file")
        if given is not None:
            if given.size > 500_000:
                raise forms.ValidationError(
                    _t("Ese archivo es demasiado grande para ser un catálogo de planes.")
                )
            try:
                data["text"] = given.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError(
                    _t("El archivo no es texto UTF-8. Guárdelo de nuevo como texto.")
                ) from None
        if not (data.get("text") or "").strip():
            raise forms.ValidationError(_t("Elija un archivo o pegue su contenido."))
        return data
