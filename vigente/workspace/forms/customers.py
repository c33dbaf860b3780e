"""What staff type about organizations, their installations and their contracts."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models import Edition, Licence, Plan, PlanVersion, Subscription
from vigente.billing.queries import sold_versions
from vigente.rules.reasons import Release
from vigente.ui import formats
from vigente.workspace.forms.fields import DayField, start_of_day
from vigente.workspace.forms.phone import LicenceField
from vigente.workspace.words import plan_name, units_text


class OrganizationForm(forms.ModelForm):
    """What we know about a company."""

    language = forms.ChoiceField(label=_("Idioma"), choices=settings.LANGUAGES)

    class Meta:
        model = Organization
        fields = ("name", "external_ref", "language", "draw_by", "approve_beyond", "notes")
        labels = {
            "name": _("Nombre"),
            "external_ref": _("Referencia en su sistema"),
            "draw_by": _("Quién puede usar casos"),
            "approve_beyond": _("Se aprueba a partir de (casos ya usados)"),
            "notes": _("Notas internas"),
        }
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _t("Como digan las reglas")), *Organization.DrawBy.choices]
        self.fields["draw_by"].choices = choices  # type: ignore[attr-defined]
        self.fields["approve_beyond"].required = False

    def clean_approve_beyond(self) -> int:
        return self.cleaned_data.get("approve_beyond") or 0


class PlanField(forms.ModelChoiceField):
    """Plans with what tells two of one name apart."""

    def label_from_instance(self, obj: Plan) -> str:
        return plan_name(obj)


class RegisterLicenceForm(forms.Form):
    """One installation. A plan that comes with it is a supervisor's to give."""

    key = forms.CharField(label=_("Clave de la licencia"), max_length=64)
    edition = forms.ModelChoiceField(label=_("Edición"), queryset=Edition.objects.none(), empty_label=None)
    hosting = forms.ChoiceField(
        label=_("Dónde está"), choices=Licence.Hosting.choices, widget=forms.RadioSelect
    )
    label = forms.CharField(label=_("Nombre para reconocerla"), max_length=80, required=False)
    included_plan = PlanField(
        label=_("Plan incluido"), queryset=Plan.objects.none(), required=False, empty_label=_("Ninguno")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = Edition.objects.select_related("product").order_by("product", "id")  # type: ignore[attr-defined]
        self.fields["included_plan"].queryset = Plan.objects.select_related("edition").order_by(
            "edition", "id"
        )  # type: ignore[attr-defined]
        if not user.is_supervisor:
            del self.fields["included_plan"]

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].strip()
        if Licence.objects.filter(key=key).exists():
            raise forms.ValidationError(_t("Esa clave ya está registrada. Búsquela antes de registrar otra."))
        return key


class LicenceKeyForm(forms.Form):
    """The real key of a provisional installation."""

    key = forms.CharField(label=_("Clave de la licencia"), max_length=64)


class HostingForm(forms.Form):
    """Where an installation runs; a discount hangs on it (R3, row 27)."""

    hosting = forms.ChoiceField(
        label=_("Dónde está"), choices=Licence.Hosting.choices, widget=forms.RadioSelect
    )


class VersionField(forms.ModelChoiceField):
    """Plan versions named by plan, edition, interval and price."""

    def label_from_instance(self, obj: PlanVersion) -> str:
        cases = _t("sin límite") if obj.cases is None else units_text(obj.cases)
        price = formats.money(obj.price_minor, obj.currency, whole=True)
        interval = obj.plan.get_interval_display()
        return f"{obj.plan.name} · {obj.plan.edition.code} · {interval} · {cases} · {price} · v{obj.number}"


CHARGED = [
    ("outside", _("Por fuera: aquí no se factura")),
    ("here", _("Por Vigente: se hace un pedido y el cliente lo paga")),
]


def charge_field() -> forms.ChoiceField:
    """Whether what is contracted is charged here, by an order, or elsewhere."""
    return forms.ChoiceField(
        label=_("Cómo se cobra"),
        choices=CHARGED,
        widget=forms.RadioSelect,
        initial="outside",
        required=False,
    )


class SubscribeForm(forms.Form):
    """A contract made by hand; an earlier plan brings its own end (R11). Charged here, it begins with its payment."""

    licence = LicenceField(
        label=_("Para"),
        queryset=Licence.objects.none(),
        required=False,
        empty_label=_("Toda la organización"),
    )
    version = VersionField(label=_("Plan"), queryset=PlanVersion.objects.none(), empty_label=None)
    source = forms.ChoiceField(
        label=_("De dónde viene"),
        choices=[
            ("bought", _("Lo contrata ahora")),
            ("legacy", _("Lo tenía de antes y lo conserva hasta que venza")),
        ],
        widget=forms.RadioSelect,
        initial="bought",
    )
    starts_on = DayField(label=_("Empieza"), help_text=_("Vacío: ahora mismo."))
    ends_on = DayField(label=_("Último día"), help_text=_("Para un plan de antes, hasta cuándo dura."))
    auto_renew = forms.BooleanField(label=_("Se renueva solo"), required=False, initial=True)
    confirmed = forms.BooleanField(
        label=_("Ya está confirmado"),
        help_text=_("Sin marcar queda por confirmar y no cubre nada todavía."),
        required=False,
        initial=True,
    )
    charge = charge_field()
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, organization: Organization, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        licences = Licence.objects.filter(organization=organization, is_active=True)
        self.fields["licence"].queryset = licences.select_related("edition__product")  # type: ignore[attr-defined]
        versions = PlanVersion.objects.filter(plan__edition__in=licences.values("edition"))
        self.fields["version"].queryset = versions.select_related("plan__edition").order_by(  # type: ignore[attr-defined]
            "plan__edition", "-plan__is_public", "plan__interval", "price_minor", "-number"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if data.get("source") == Subscription.Source.LEGACY and not ends:
            self.add_error("ends_on", _t("Diga hasta cuándo dura el plan de antes."))
        if starts and ends and ends < starts:
            self.add_error("ends_on", _t("El último día no puede ser antes del primero."))
        if data.get("charge") == "here":
            if data.get("source") == Subscription.Source.LEGACY:
                self.add_error("charge", _t("Un plan de antes no se cobra por Vigente."))
            if starts or ends:
                self.add_error(
                    "charge", _t("Lo que se cobra por Vigente empieza al pagarse: deje las fechas vacías.")
                )
        return data

    def anchor(self) -> datetime | None:
        day = self.cleaned_data["starts_on"]
        return start_of_day(day, self.zone) if day else None

    def ends_at(self) -> datetime | None:
        day = self.cleaned_data["ends_on"]
        return start_of_day(day + timedelta(days=1), self.zone) if day else None


class ChangePlanForm(forms.Form):
    """Another plan of the same edition, from the end of the term (R4, R5)."""

    version = VersionField(label=_("Plan nuevo"), queryset=PlanVersion.objects.none(), empty_label=None)

    def __init__(self, *args: Any, subscription: Subscription, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sold = sold_versions(now=now).filter(plan__edition=subscription.version.plan.edition_id)
        self.fields["version"].queryset = sold.exclude(pk=subscription.version_id)  # type: ignore[attr-defined]


class PackForm(forms.Form):
    """Extra cases that hang on a running plan (R6)."""

    cases = forms.IntegerField(label=_("Casos extra"), min_value=1, max_value=1000)
    charge = charge_field()
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, per_pack: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.per_pack = per_pack

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("charge") == "here" and data.get("cases") and data["cases"] % self.per_pack:
            self.add_error(
                "cases", _t("Se venden en paquetes de %(n)s: elija un múltiplo.") % {"n": self.per_pack}
            )
        return data


class GoodwillForm(forms.Form):
    """Cases given without a plan paying them; counts as a favour (row 39)."""

    licence = LicenceField(
        label=_("Para"),
        queryset=Licence.objects.none(),
        required=False,
        empty_label=_("Toda la organización"),
    )
    cases = forms.IntegerField(label=_("Casos"), min_value=1, max_value=20, initial=1)
    reason = forms.ChoiceField(
        label=_("Motivo"),
        choices=[
            (Release.VENDOR_FAULT.value, _("La falla era nuestra")),
            (Release.OVERRIDE.value, _("Otra razón")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Explicación"),
        help_text=_("Queda en el estado de cuenta."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        licences = Licence.objects.filter(organization=organization, is_active=True)
        self.fields["licence"].queryset = licences.select_related("edition__product")  # type: ignore[attr-defined]


class BlockForm(forms.Form):
    """Why nothing new is accepted; for staff only (row 40)."""

    reason = forms.CharField(label=_("Motivo"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
