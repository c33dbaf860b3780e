"""The owner's settings of what is sold and at which price: products, editions, price lists, taxes, series (row 32)."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale
from babel.numbers import list_currencies
from django import forms
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.billing.models import Edition, InvoiceSeries, PriceList, Product, TaxCategory, TaxRate
from vigente.workspace.forms.fields import FIRST_DAY, DayField
from vigente.workspace.forms.settings import OneDefault

LAST_NUMBER = 2_000_000_000


class ProductForm(forms.ModelForm):
    """What the vendor makes."""

    class Meta:
        model = Product
        fields = ("name", "code")
        labels = {"name": _("Nombre"), "code": _("Código")}


class EditionForm(forms.ModelForm):
    """A product as it is delivered."""

    class Meta:
        model = Edition
        fields = ("product", "name", "code")
        labels = {"product": _("Producto"), "name": _("Nombre"), "code": _("Código")}


class PriceListForm(forms.ModelForm):
    """Prices in one currency. What the versions themselves say is the base list; of that one there is one."""

    class Meta:
        model = PriceList
        fields = ("name", "code", "currency", "includes_tax", "is_base", "is_offered")
        labels = {
            "name": _("Nombre"),
            "code": _("Código"),
            "currency": _("Moneda"),
            "includes_tax": _("Los precios ya incluyen el impuesto"),
            "is_base": _("Es la principal: la de los precios de cada versión"),
            "is_offered": _("Un cliente nuevo la puede elegir"),
        }
        help_texts = {"currency": _("Tres letras: NIO, USD, CRC. No se cambia después.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["currency"].disabled = True

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "is_base"}

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if code not in list_currencies(Locale("en")):
            raise forms.ValidationError(_t("Esa moneda no existe. Use su código de tres letras."))
        return code

    def save(self, commit: bool = True) -> Any:
        with transaction.atomic():
            if self.cleaned_data.get("is_base"):
                PriceList.objects.filter(is_base=True).exclude(pk=self.instance.pk).update(is_base=False)
            return super().save(commit)


class TaxCategoryForm(OneDefault):
    """What is taxed alike."""

    class Meta:
        model = TaxCategory
        fields = ("code", "name_es", "name_en", "is_default")
        labels = {
            "code": _("Código"),
            "name_es": _("Nombre en español"),
            "name_en": _("Nombre en inglés"),
            "is_default": _("La de todo lo que no diga otra"),
        }


class PercentField(forms.CharField):
    """A per cent as people type it, `15` or `7,5`; cleans to hundredths of a per cent."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return f"{Decimal(value) / 100:f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        text = str(super().clean(value)).replace("%", "").replace(",", ".").strip()
        try:
            points = Decimal(text) * 100
        except InvalidOperation:
            raise forms.ValidationError(_t("Escriba un porcentaje, por ejemplo 15.")) from None
        if not points.is_finite() or not 0 <= points <= 10_000 or points != points.to_integral_value():
            raise forms.ValidationError(_t("Va de 0 a 100, con dos decimales como mucho."))
        return int(points)


class TaxRateForm(forms.ModelForm):
    """What a category pays from a day on; another rate is another row."""

    basis_points = PercentField(label=_("Porcentaje"), max_length=12)
    valid_from = DayField(label=_("Rige desde"), help_text=_("Vacío: desde siempre."))

    class Meta:
        model = TaxRate
        fields = ("category", "basis_points", "valid_from")
        labels = {"category": _("Categoría")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.valid_from < FIRST_DAY:
            self.initial["valid_from"] = None

    def clean_valid_from(self) -> date:
        return self.cleaned_data.get("valid_from") or date.min


class SeriesForm(OneDefault):
    """Invoices or credit notes numbered one after another, without gaps."""

    class Meta:
        model = InvoiceSeries
        fields = ("code", "kind", "prefix", "digits", "next_number", "is_default")
        labels = {
            "code": _("Código"),
            "kind": _("De qué"),
            "prefix": _("Prefijo"),
            "digits": _("Dígitos"),
            "next_number": _("Siguiente número"),
            "is_default": _("La que se usa ahora"),
        }
        help_texts = {"next_number": _("Solo antes de la primera: después lo lleva la serie, sin huecos.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = self.instance.pk and self.instance.invoices.exists()
        for name in ("kind", "next_number", "prefix", "digits") if used else ():
            self.fields[name].disabled = True

    def clean_digits(self) -> int:
        digits = int(self.cleaned_data["digits"])
        if not 1 <= digits <= 12:
            raise forms.ValidationError(_t("De 1 a 12."))
        return digits

    def clean_next_number(self) -> int:
        number = int(self.cleaned_data["next_number"])
        if not 1 <= number <= LAST_NUMBER:
            raise forms.ValidationError(_t("Ese número no se puede usar."))
        return number

    def save(self, commit: bool = True) -> Any:
        with transaction.atomic():
            if self.cleaned_data.get("is_default"):
                others = InvoiceSeries.objects.filter(kind=self.instance.kind, is_default=True)
                others.exclude(pk=self.instance.pk).update(is_default=False)
            return forms.ModelForm.save(self, commit)
