"""What sales staff type to prepare an order for a customer."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, Order, PlanVersion, Subscription
from vigente.rules.coverage import IN_FORCE
from vigente.workspace.forms.customers import VersionField
from vigente.workspace.forms.phone import LicenceField
from vigente.workspace.words import licence_name

KINDS = [
    (Order.Kind.PLAN.value, _("Un plan")),
    (Order.Kind.PACK.value, _("Casos extra")),
]


class ContractField(forms.ModelChoiceField):
    """Running contracts by plan and licence."""

    def label_from_instance(self, obj: Subscription) -> str:
        return f"{obj.version.plan.name} · {licence_name(obj.licence)}"


class OrderForm(forms.Form):
    """A plan for a licence, or packs on a running plan; the customer accepts it by link."""

    kind = forms.ChoiceField(
        label=_("Qué se le ofrece"), choices=KINDS, widget=forms.RadioSelect, initial="plan"
    )
    licence = LicenceField(
        label=_("Para"),
        queryset=Licence.objects.none(),
        required=False,
        empty_label=_("Toda la organización"),
    )
    version = VersionField(
        label=_("Plan"), queryset=PlanVersion.objects.none(), required=False, empty_label=_("Elija uno")
    )
    contract = ContractField(
        label=_("Del plan vigente"),
        queryset=Subscription.objects.none(),
        required=False,
        empty_label=_("Elija uno"),
    )
    quantity = forms.IntegerField(
        label=_("Cuántos paquetes"), min_value=1, max_value=100, required=False, initial=1
    )
    coupon = forms.CharField(label=_("Código de descuento"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Nota para el cliente"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, organization: Organization, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        licences = Licence.objects.filter(organization=organization, is_active=True)
        fields: Any = self.fields
        fields["licence"].queryset = licences.select_related("edition__product")
        only = list(licences.values_list("pk", flat=True)[:2])
        self.initial.setdefault("licence", only[0] if len(only) == 1 else None)
        sold = PlanVersion.objects.filter(
            Q(sold_until__isnull=True) | Q(sold_until__gt=now),
            sold_from__lte=now,
            plan__edition__in=licences.values("edition"),
        )
        fields["version"].queryset = sold.select_related("plan__edition").order_by(
            "plan__edition", "-plan__is_public", "plan__interval", "price_minor", "-number"
        )
        running = Subscription.objects.filter(organization=organization, status__in=IN_FORCE)
        fields["contract"].queryset = running.select_related(
            "version__plan__edition", "licence__edition__product"
        ).order_by("id")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Order.Kind.PLAN and not data.get("version"):
            self.add_error("version", _t("Elija el plan que se ofrece."))
        if data.get("kind") == Order.Kind.PACK and not data.get("contract"):
            self.add_error("contract", _t("Elija el plan del que cuelgan los casos extra."))
        return data

    def wanted(self) -> dict[str, Any]:
        """What `orders.place` takes."""
        data = self.cleaned_data
        if data["kind"] == Order.Kind.PACK:
            contract: Subscription = data["contract"]
            what = {
                "version": contract.version,
                "licence": contract.licence,
                "subscription": contract,
                "quantity": data["quantity"] or 1,
            }
        else:
            what = {"version": data["version"], "licence": data["licence"]}
        return {"kind": data["kind"], "coupon": data["coupon"], "note": data["note"], **what}
