"""The discounts of the rulebook as rows; each becomes a `DiscountRule`, which checks what fits together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization
from vigente.billing.models import Edition, Licence, Plan
from vigente.rules.pricing import DiscountRule
from vigente.workspace.forms.fields import AmountField, DayField, major_units, minor_units

MOST, PREFIX = 40, "discounts"


class DiscountForm(forms.Form):
    """Less to pay: a percentage or an amount, for whom and when. What is empty limits nothing. Cleans to `rule`."""

    percent = forms.DecimalField(
        label=_("Porcentaje"), min_value=0, max_value=100, decimal_places=2, required=False
    )
    amount = AmountField(label=_("o monto"), required=False)
    currency = forms.CharField(label=_("Moneda"), max_length=3, required=False)
    edition = forms.ChoiceField(label=_("Edición"), required=False)
    hosting = forms.ChoiceField(label=_("Dónde está"), required=False)
    plan = forms.ChoiceField(label=_("Plan"), required=False)
    organization = forms.CharField(
        label=_("Organización"), help_text=_("Su nombre o #número."), max_length=160, required=False
    )
    starts = DayField(label=_("Primer día"))
    ends = DayField(label=_("Último día"))
    coupon = forms.CharField(label=_("Cupón"), max_length=40, required=False)
    terms = forms.IntegerField(
        label=_("Solo los primeros pagos"), min_value=1, max_value=1200, required=False
    )
    packs = forms.BooleanField(label=_("También en casos extra"), required=False)
    code = forms.SlugField(
        label=_("Código"), help_text=_("Lo nombran las facturas."), max_length=40, required=False
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            now = self.initial.get(name) or ""
            known = now in {value for value, _text in options}
            self.fields[name].choices = options if known else [*options, (now, now)]  # type: ignore[attr-defined]
        self.fields["currency"].widget.attrs["autocapitalize"] = "characters"

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].strip().upper()
        if currency and currency not in list_currencies():
            raise forms.ValidationError(_t("Escriba la moneda con su código, por ejemplo USD o NIO."))
        return currency

    def clean_organization(self) -> int | None:
        text = self.cleaned_data["organization"].strip()
        if not text:
            return None
        number = text.removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) < 10:
            found = Organization.objects.filter(pk=int(number))
        else:
            found = Organization.objects.filter(name__iexact=text)
        pks = list(found.values_list("pk", flat=True)[:2])
        if len(pks) == 1:
            return pks[0]
        raise forms.ValidationError(
            _t("Hay varias con ese nombre: escriba # y el número de la que es.")
            if pks
            else _t("No hay ninguna organización con ese nombre.")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        percent, amount = data.get("percent"), data.get("amount")
        if (
            self.errors
            or data.get("DELETE")
            or not any(data[name] for name in self.fields if name != "packs")
        ):
            return data  # a row without a word in it is none
        if (percent is None) == (amount is None):
            raise forms.ValidationError(_t("Escriba un porcentaje o un monto, uno de los dos."))
        if amount and not data["currency"]:
            self.add_error("currency", _t("Un monto necesita su moneda."))
        elif data["starts"] and data["ends"] and data["ends"] < data["starts"]:
            self.add_error("ends", _t("El último día no puede ser antes del primero."))
        else:
            data["rule"] = _rule(data)
        return data


def _rule(data: dict[str, Any]) -> DiscountRule:
    amount = data["amount"] or Decimal(0)
    return DiscountRule(
        code=data["code"] or "",
        edition=data["edition"] or None,
        hosting=data["hosting"] or None,
        basis_points=int((data["percent"] or 0) * 100),
        applies_to_packs=data["packs"],
        amount_minor=minor_units(amount, data["currency"]) if amount else 0,
        currency=data["currency"] or None,
        plan=data["plan"] or None,
        organization=data["organization"],
        starts=data["starts"],
        ends=data["ends"],
        coupon=data["coupon"].strip() or None,
        terms=data["terms"],
    )


class BaseDiscounts(forms.BaseFormSet):
    """All rows; `rules` is what they say once they are valid. A row without a code is given one."""

    def clean(self) -> None:
        if any(self.errors):
            return
        codes = [rule.code for rule in self._kept() if rule.code]
        if len(codes) != len(set(codes)):
            raise forms.ValidationError(_t("Dos descuentos tienen el mismo código."))

    def _kept(self) -> Iterator[DiscountRule]:
        for form in self.forms:
            rule = form.cleaned_data.get("rule")
            if rule is not None and not form.cleaned_data.get("DELETE"):
                yield rule

    def rules(self) -> tuple[DiscountRule, ...]:
        kept = list(self._kept())
        taken = {rule.code for rule in kept}
        free = (code for n in range(1, MOST * 3) if (code := f"discount-{n}") not in taken)
        return tuple(rule if rule.code else replace(rule, code=next(free)) for rule in kept)


Discounts = forms.formset_factory(
    DiscountForm,
    formset=BaseDiscounts,
    extra=0,
    can_delete=True,
    max_num=MOST,
    absolute_max=MOST,
    validate_max=True,
)


def counted(data: Mapping[str, Any], *, more: bool = False) -> Any:
    """What was posted, with the number of its rows as they are there, whatever it says; `more`: and an empty one.

    None if it speaks of no discounts at all.
    """
    found = [int(match[1]) for name in data if (match := re.match(rf"{PREFIX}-(\d{{1,2}})-", name, re.ASCII))]
    if not found and f"{PREFIX}-TOTAL_FORMS" not in data:
        return None
    rows = min(MOST, max(found, default=-1) + 1 + more)
    fixed = QueryDict(mutable=True)
    fixed.update(data)  # type: ignore[arg-type]
    fixed[f"{PREFIX}-TOTAL_FORMS"] = fixed[f"{PREFIX}-INITIAL_FORMS"] = str(rows)
    return fixed


def initial(rule: DiscountRule) -> dict[str, Any]:
    """What a row says of a rule."""
    amount = rule.amount_minor if rule.currency else 0
    return {
        "code": rule.code,
        "percent": None if amount else _short(Decimal(rule.basis_points) / 100),
        "amount": _short(major_units(amount, rule.currency or "") or Decimal(0)) if amount else None,
        "currency": rule.currency or "",
        "edition": rule.edition or "",
        "hosting": rule.hosting or "",
        "plan": rule.plan or "",
        "organization": _organization(rule.organization),
        "starts": rule.starts,
        "ends": rule.ends,
        "coupon": rule.coupon or "",
        "terms": rule.terms,
        "packs": rule.applies_to_packs,
    }


def _short(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def _organization(pk: int | None) -> str:
    if pk is None:
        return ""
    name = Organization.objects.filter(pk=pk).values_list("name", flat=True).first()
    return name if name and Organization.objects.filter(name__iexact=name).count() == 1 else f"#{pk}"


def choices() -> dict[str, list[tuple[str, Any]]]:
    """What a row offers: editions and plans as they are sold."""
    plans: dict[str, str] = {}
    intervals = dict(Plan.IntervalChoice.choices)
    for family, code, name, edition, interval in Plan.objects.order_by(
        "family", "interval", "id"
    ).values_list("family", "code", "name", "edition__code", "interval"):
        plans.setdefault(family, f"{name} · {edition}")
        plans.setdefault(code, f"{name} · {edition} · {intervals[interval]}")
    editions = dict.fromkeys(Edition.objects.order_by("id").values_list("code", flat=True))
    return {
        "edition": [("", _t("toda edición")), *((code, code) for code in editions)],
        "hosting": [("", _t("en todas partes")), *Licence.Hosting.choices],
        "plan": [
            ("", _t("todo plan")),
            *plans.items(),
        ],
    }
