"""Forms of the owner's settings: plain content, one ModelForm each."""

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import Role, User
from vigente.billing.models import WorkType
from vigente.installation.models import Installation
from vigente.mail.models import Mailbox
from vigente.sla.models import BusinessHours, Holiday
from vigente.tickets.models import Department
from vigente.workspace.forms.fields import DayField
from vigente.workspace.scope_words import scope_choices

DAYS = (_("Lunes"), _("Martes"), _("Miércoles"), _("Jueves"), _("Viernes"), _("Sábado"), _("Domingo"))


class OneDefault(forms.ModelForm):
    """A model of which one row is the default: marking one takes the mark from the others."""

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the constraint to the database: `save` makes room for the new default first."""
        return {*super()._get_validation_exclusions(), "is_default"}

    def save(self, commit: bool = True) -> Any:
        with transaction.atomic():
            if self.cleaned_data.get("is_default"):
                others = type(self.instance).objects.filter(is_default=True).exclude(pk=self.instance.pk)
                others.update(is_default=False)
            return super().save(commit)


class StaffForm(forms.ModelForm):
    """Somebody of the team."""

    language = forms.ChoiceField(label=_("Idioma"), choices=settings.LANGUAGES)
    departments = forms.ModelMultipleChoiceField(
        label=_("Departamentos"),
        queryset=Department.objects.offered(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ("name", "email", "role", "language", "is_active", "away")
        labels = {
            "name": _("Nombre"),
            "email": _("Correo"),
            "role": _("Rol"),
            "is_active": _("Puede entrar"),
            "away": _("Ausente: no recibe casos asignados"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in (Role.AGENT, Role.SUPERVISOR, Role.OWNER)
        ]
        if self.instance.pk:
            self.fields["email"].disabled = True
            self.fields["departments"].initial = self.instance.departments.all()
        else:
            del self.fields["is_active"], self.fields["away"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stays = data.get("role") == Role.OWNER and data.get("is_active", True)
        if self.instance.pk and not stays and not _another_owner(self.instance):
            raise forms.ValidationError(_t("Tiene que quedar al menos un propietario que pueda entrar."))
        return data

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        user.departments.set(self.cleaned_data["departments"])
        return user


def _another_owner(user: User) -> bool:
    was_owner = User.objects.filter(pk=user.pk, role=Role.OWNER, is_active=True).exists()
    return not was_owner or User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=user.pk).exists()


class WorkTypeForm(forms.ModelForm):
    """A kind of work that can be asked for."""

    class Meta:
        model = WorkType
        fields = (
            "code",
            "name_es",
            "name_en",
            "description_es",
            "description_en",
            "units",
            "always",
            "development",
            "position",
            "is_offered",
        )
        labels = {
            "code": _("Código"),
            "name_es": _("Nombre en español"),
            "name_en": _("Nombre en inglés"),
            "description_es": _("Descripción en español"),
            "description_en": _("Descripción en inglés"),
            "units": _("Casos que usa"),
            "always": _("Se acepta siempre y no usa casos"),
            "development": _("Es desarrollo: se cotiza aparte"),
            "position": _("Orden en el formulario"),
            "is_offered": _("Se ofrece al cliente"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("always") and data.get("development"):
            self.add_error("development", _t("O se acepta siempre o se cotiza aparte: no las dos cosas."))
        return data


class HoursForm(OneDefault):
    """A week of shifts, written as `08:00-12:00, 13:00-17:30`, and the days off."""

    holidays = forms.CharField(
        label=_("Feriados"),
        help_text=_("Uno por línea: 2026-09-15 Día de la Independencia"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    class Meta:
        model = BusinessHours
        fields = ("name", "time_zone", "is_default")
        labels = {
            "name": _("Nombre"),
            "time_zone": _("Zona horaria"),
            "is_default": _("El horario de la empresa"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        week = self.instance.week or [[] for _day in DAYS]
        for number, day in enumerate(DAYS):
            self.fields[f"day_{number}"] = forms.CharField(
                label=day,
                required=False,
                max_length=120,
                initial=", ".join(_shift(*span) for span in week[number]),
            )
        if self.instance.pk:
            lines = (f"{holiday.day} {holiday.name}" for holiday in self.instance.holidays.order_by("day"))
            self.fields["holidays"].initial = "\n".join(lines)
        self.order_fields(["name", "time_zone", *(f"day_{n}" for n in range(7)), "holidays", "is_default"])

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_t("No es una zona horaria. Un ejemplo: America/Managua."))
        return zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        week: list[list[list[int]]] = []
        for number in range(7):
            try:
                week.append(_shifts(data.get(f"day_{number}") or ""))
            except ValueError:
                self.add_error(f"day_{number}", _t("Escriba los turnos así: 08:00-12:00, 13:00-17:30."))
        if not self.errors and not any(week):
            raise forms.ValidationError(_t("Ningún día tiene turno: ningún plazo se podría cumplir."))
        data["week"] = week
        try:
            data["days_off"] = _days_off(data.get("holidays") or "")
        except ValueError as error:
            self.add_error("holidays", _t("Esta línea no se entiende: %(line)s") % {"line": error})
        return data

    def save(self, commit: bool = True) -> BusinessHours:
        self.instance.week = self.cleaned_data["week"]
        with transaction.atomic():
            hours: BusinessHours = super().save(commit)
            hours.holidays.all().delete()
            Holiday.objects.bulk_create(
                Holiday(hours=hours, day=day, name=name)
                for day, name in self.cleaned_data["days_off"].items()
            )
        return hours


def _shift(start: int, end: int) -> str:
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _shifts(text: str) -> list[list[int]]:
    """`08:00-12:00, 13:00-17:30` as minutes of the day, in order and apart; ValueError otherwise."""
    spans: list[list[int]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        found = re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)", part)
        if not found:
            raise ValueError(part)
        start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if not (spans[-1][1] if spans else 0) <= start < end <= 24 * 60:
            raise ValueError(part)
        spans.append([start, end])
    return spans


def _days_off(text: str) -> dict[date, str]:
    found: dict[date, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        day, _space, name = line.partition(" ")
        try:
            found[date.fromisoformat(day)] = name.strip()[:120] or "—"
        except ValueError:
            raise ValueError(line[:60]) from None
    return found


class MailboxForm(forms.ModelForm):
    """An address we read. The password is never shown again; empty keeps the one there is."""

    password = forms.CharField(
        label=_("Contraseña"),
        help_text=_("Vacío: la que ya tiene. env:NOMBRE la toma del entorno."),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Mailbox
        fields = (
            "address",
            "department",
            "host",
            "port",
            "username",
            "password",
            "folder",
            "done_folder",
            "verify_tls",
            "auth_host",
            "is_active",
        )
        labels = {
            "address": _("Dirección"),
            "department": _("Departamento"),
            "host": _("Servidor IMAP"),
            "port": _("Puerto"),
            "username": _("Usuario"),
            "folder": _("Carpeta"),
            "done_folder": _("Carpeta de lo ya guardado"),
            "verify_tls": _("Comprobar el certificado"),
            "auth_host": _("Servidor propio cuyas comprobaciones valen"),
            "is_active": _("Leer este buzón"),
        }
        help_texts = {
            "host": _("Vacío: solo recibe por vigente ingest."),
            "department": _(
                "Lo nuevo que llega aquí es de este departamento, y sus respuestas salen de esta dirección."
            ),
        }

    def clean_password(self) -> str:
        given = str(self.cleaned_data.get("password") or "")
        return given or (self.instance.password if self.instance.pk else "")


class TokenForm(forms.Form):
    """A bearer token for a program."""

    name = forms.CharField(label=_("Para qué es"), max_length=120)
    user = forms.ModelChoiceField(
        label=_("Actúa como"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("El producto: pregunta por cualquier licencia"),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Qué puede hacer"),
        choices=scope_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = DayField(label=_("Vence"), help_text=_("Vacío: no vence."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_active=True).order_by("role", "email")  # type: ignore[attr-defined]


class VendorForm(forms.ModelForm):
    """Whose portal it is."""

    class Meta:
        model = Installation
        fields = ("vendor_name", "support_email")
        labels = {"vendor_name": _("Nombre de la empresa"), "support_email": _("Correo de soporte")}
