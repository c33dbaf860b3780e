"""Forms about people. They check shape only; `services` decides and writes."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Membership, User

NAME_MAX = 120


class InvitationForm(forms.Form):
    """Whom to invite and what they may do."""

    name = forms.CharField(label=_("Nombre"), max_length=NAME_MAX, required=False)
    email = forms.EmailField(label=_("Correo electrónico"), max_length=254)
    role = forms.ChoiceField(
        label=_("Papel"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )
    may_draw = forms.BooleanField(label=_("Puede usar casos del plan"), required=False, initial=True)


class MembershipForm(forms.Form):
    """What a person of the organization may do."""

    role = forms.ChoiceField(label=_("Papel"), choices=Membership.Role.choices)
    may_draw = forms.BooleanField(label=_("Puede usar casos del plan"), required=False)


class DrawPolicyForm(forms.Form):
    """Who may spend the organization's cases."""

    draw_by = forms.ChoiceField(
        label=_("¿Quién puede usar los casos?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("Como lo define el proveedor")),
            ("anyone", _("Cualquier persona de la organización")),
            ("named", _("Solo las personas autorizadas")),
            ("approve", _("Cualquiera, con la aprobación de un responsable")),
        ],
    )
    approve_beyond = forms.IntegerField(
        label=_("Casos por periodo que no necesitan aprobación"), min_value=0, max_value=1000, required=False
    )

    def clean_approve_beyond(self) -> int:
        return self.cleaned_data["approve_beyond"] or 0


class AcceptInvitationForm(forms.Form):
    """Name and first password of somebody who takes a seat. The password rules see the name and address too."""

    name = forms.CharField(label=_("Su nombre"), max_length=NAME_MAX)
    password = forms.CharField(
        label=_("Contraseña"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password:
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every zone with a place in its name, the Americas first."""
    names = sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )
    americas = [name for name in names if name.startswith("America/")]
    return [
        (name, name.replace("_", " "))
        for name in [*americas, *(n for n in names if n not in set(americas)), "UTC"]
    ]


class ProfileForm(forms.ModelForm):
    """What a person may change about themselves; the address and the password are allauth's."""

    language = forms.ChoiceField(label=_("Idioma"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Zona horaria"),
        choices=time_zones,
        help_text=_("Las fechas y horas se muestran en esta zona."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")
        labels = {"name": _("Nombre")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
