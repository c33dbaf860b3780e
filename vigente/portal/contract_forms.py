"""Forms of contracting: who one is, for which installation, and who the invoice is made out to."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from allauth.account.forms import SignupForm
from babel import Locale
from babel.core import get_global
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.portal.words import licence_name

NEW = "new"


class OrderForm(forms.Form):
    """What every order has. `key` makes ordering twice one order."""

    coupon = forms.CharField(label=_("Cupón"), max_length=40, required=False)
    key = forms.RegexField(r"^[A-Za-z0-9-]{8,64}$", widget=forms.HiddenInput, required=False)


class VisitorForm(forms.Form):
    """Somebody without an account: their name, address and password, and their company. `signup` opens the account."""

    company = forms.CharField(label=_("Su empresa"), max_length=160)
    name = forms.CharField(label=_("Su nombre"), max_length=120)
    email = forms.EmailField(label=_("Correo electrónico"), max_length=254)
    password = forms.CharField(
        label=_("Elija una contraseña"),
        help_text=_("Diez caracteres o más."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
    )
    signup: SignupForm

    def clean(self) -> dict[str, Any]:
        """Address and password are judged as on the sign-up page."""
        cleaned = super().clean() or {}
        password = cleaned.get("password", "")
        data = {"email": cleaned.get("email", ""), "password1": password, "password2": password}
        self.signup = SignupForm(data)
        if not self.errors and not self.signup.is_valid():
            for name, errors in self.signup.errors.items():
                self.add_error("password" if name.startswith("password") else "email", errors.as_data())
        return cleaned

    def open_account(self, request: Any) -> tuple[User | None, Any]:
        """The new account, or the answer for an address that has one already (which is not said: row 18)."""
        user, answer = self.signup.try_save(request)
        if user is not None:
            user.name = self.cleaned_data["name"].strip()
            user.save(update_fields=["name"])
        return user, answer


class CompanyForm(OrderForm):
    """The first order of somebody who acts for no organization yet."""

    company = forms.CharField(label=_("Su empresa"), max_length=160)
    licence_key = forms.CharField(
        label=_("Clave de su licencia"),
        help_text=_("Si la tiene a mano. Si no, siga: nos la da después."),
        max_length=64,
        required=False,
    )


class InstallationForm(OrderForm):
    """Which installation the plan is for; with only one answer nothing is asked."""

    licence = forms.ChoiceField(label=_("¿Para cuál instalación?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, licences: Sequence[Licence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.licences = {str(one.pk): one for one in licences}
        choices = [(value, licence_name(one)) for value, one in self.licences.items()]
        self.fields["licence"].choices = [*choices, (NEW, _("Otra instalación, nueva"))]  # type: ignore[attr-defined]

    def clean_licence(self) -> Licence | None:
        value = self.cleaned_data["licence"]
        if not value and self.licences:
            return next(iter(self.licences.values()))
        return self.licences.get(value)


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Every country by its name in a language."""
    names = Locale.parse("en" if language.startswith("en") else "es_419").territories
    found = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in SETS
    ]
    return sorted(found, key=lambda pair: pair[1])


SETS = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}  # what CLDR names beside countries


class ProfileForm(forms.Form):
    """Who the invoice is made out to. Everything has a sensible default."""

    legal_name = forms.CharField(label=_("Nombre en la factura"), max_length=160, required=False)
    tax_id = forms.CharField(
        label=_("Número de contribuyente"), help_text=_("RUC, NIT, RTN…"), max_length=40, required=False
    )
    address = forms.CharField(label=_("Dirección"), max_length=300, required=False)
    country = forms.ChoiceField(label=_("País"), required=False)
    email = forms.EmailField(label=_("Correo para las facturas"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="bill", **kwargs)
        self.fields["country"].choices = [("", "—"), *countries(get_language() or "es")]  # type: ignore[attr-defined]


def profile_defaults(
    organization: Organization | None, user: Any, *, company: str, zone: str
) -> dict[str, str]:
    """What most people would write: the company's name, its reader's address, the vendor's own country."""
    return {
        "legal_name": organization.name if organization else company,
        "email": getattr(user, "email", "") or "",
        "country": get_global("zone_territories").get(zone, ""),
    }


class PackForm(forms.Form):
    """How many packs. `key` makes buying twice one order."""

    quantity = forms.IntegerField(label=_("Cuántos"), min_value=1, max_value=50, initial=1)
    coupon = forms.CharField(label=_("Cupón"), max_length=40, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
