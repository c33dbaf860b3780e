"""What the owner types about what is sold."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import Edition, Plan, PlanVersion, PriceList, TaxCategory, WorkType
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
        self, *args: Any, plan: Plan | None, latest: PlanVersion | None, zone: ZoneInfo, **kwargs: Any
    ) -> None:
        self.plan, self.latest, self.zone = plan, latest, zone
        self.currency = latest.currency if latest else base_currency()
        super().__init__(*args, initial=self._initial() | kwargs.pop("initial", {}), **kwargs)
        self.lists = add_list_fields(self, latest)
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
        clean_list_prices(self, data)
        return data

    def list_fields(self) -> list[tuple[PriceList, BoundField, BoundField]]:
        """Each further list with its two fields."""
        return [(row, self[f"list_{row.pk}"], self[f"list_{row.pk}_pack"]) for row in self.lists]

    def prices(self) -> dict[int, tuple[int, int | None]]:
        """What each further list says, as the service takes it."""
        return list_prices(self.lists, self.cleaned_data)

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


class PlanForm(VersionForm):
    """A plan from nothing: its name, what it is for, and its first terms."""

    name = forms.CharField(label=_("Nombre"), max_length=80)
    code = forms.SlugField(
        label=_("Código"), help_text=_("Letras, números y guiones: web-tienda-mes."), max_length=60
    )
    family = forms.SlugField(
        label=_("Familia"),
        help_text=_("Une la forma mensual y la anual del mismo plan. Vacío: el código."),
        max_length=40,
        required=False,
    )
    edition = forms.ModelChoiceField(label=_("Edición"), queryset=Edition.objects.none(), empty_label=None)
    interval = forms.ChoiceField(
        label=_("Se paga"), choices=Plan.IntervalChoice.choices, widget=forms.RadioSelect, initial="month"
    )
    is_public = forms.BooleanField(label=_("Se ofrece en la página de planes"), required=False, initial=True)
    tax_category = forms.ModelChoiceField(
        label=_("Categoría de impuesto"),
        queryset=TaxCategory.objects.all(),
        required=False,
        empty_label=_("La de siempre"),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, plan=None, latest=None, zone=zone, **kwargs)
        editions: Any = self.fields["edition"]
        editions.queryset = Edition.objects.select_related("product").order_by("product", "id")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Plan.objects.filter(code=code).exists():
            raise forms.ValidationError(_t("Ya hay un plan con ese código. Elija otro."))
        return code

    def plan_facts(self) -> dict[str, Any]:
        """What `services.listing.create_plan` takes beside the terms."""
        names = ("name", "code", "family", "edition", "interval", "is_public", "tax_category")
        return {name: self.cleaned_data[name] for name in names}


class PricesForm(forms.Form):
    """What a version costs in the lists that do not say it yet."""

    def __init__(self, *args: Any, version: PlanVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written = set(version.list_prices.values_list("price_list", flat=True))
        self.lists = add_list_fields(self, None, without=written)

    def list_fields(self) -> list[tuple[PriceList, BoundField, BoundField]]:
        """Each of them with its two fields."""
        return [(row, self[f"list_{row.pk}"], self[f"list_{row.pk}_pack"]) for row in self.lists]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        clean_list_prices(self, data)
        return data

    def prices(self) -> dict[int, tuple[int, int | None]]:
        """As the service takes them."""
        return list_prices(self.lists, self.cleaned_data)


def base_currency() -> str:
    """What plans are priced in: the base list's currency, else that of the latest version."""
    listed = PriceList.objects.filter(is_base=True).values_list("currency", flat=True).first()
    latest = PlanVersion.objects.order_by("-pk").values_list("currency", flat=True).first()
    return listed or latest or "USD"


def add_list_fields(
    form: forms.Form, latest: PlanVersion | None, *, without: frozenset[int] | set[int] = frozenset()
) -> list[PriceList]:
    """Two fields for each further price list, beginning with what the latest version costs there."""
    lists = [row for row in PriceList.objects.filter(is_base=False) if row.pk not in without]
    written = {row.price_list_id: row for row in latest.list_prices.all()} if latest else {}
    for row in lists:
        known = written.get(row.pk)
        values = (known.price_minor, known.pack_price_minor) if known else (None, None)
        labels = (_t("Precio"), _t("Paquete extra"))
        for suffix, minor, label in zip(("", "_pack"), values, labels, strict=True):
            form.fields[f"list_{row.pk}{suffix}"] = AmountField(
                label=f"{label} · {row.name} ({row.currency})",
                required=False,
                initial=major_units(minor, row.currency),
            )
    return lists


def clean_list_prices(form: Any, data: dict[str, Any]) -> None:
    """Amounts as minor units; a pack has no price where the plan has none."""
    for row in form.lists:
        for name in (f"list_{row.pk}", f"list_{row.pk}_pack"):
            if data.get(name) is not None:
                try:
                    data[f"{name}_minor"] = minor_units(data[name], row.currency)
                except forms.ValidationError as error:
                    form.add_error(name, error)
        if data.get(f"list_{row.pk}") is None and data.get(f"list_{row.pk}_pack") is not None:
            form.add_error(f"list_{row.pk}", _t("Diga también el precio del plan en esta lista."))


def list_prices(lists: list[PriceList], data: dict[str, Any]) -> dict[int, tuple[int, int | None]]:
    """List → price and price of a pack, of those that were typed."""
    return {
        row.pk: (data[f"list_{row.pk}_minor"], data.get(f"list_{row.pk}_pack_minor"))
        for row in lists
        if f"list_{row.pk}_minor" in data
    }


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
