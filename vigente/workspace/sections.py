"""The owner's settings that are plain content: for each its model, form and what its list shows."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models import WorkType
from vigente.mail.models import Mailbox
from vigente.reports.models import CostRate, WorkMinutes
from vigente.sla.models import BusinessHours, SlaPolicy
from vigente.tickets.labels import severity_name
from vigente.tickets.models import Skill
from vigente.ui import formats
from vigente.workspace.forms.costs import CostRateForm, WorkMinutesForm
from vigente.workspace.forms.line import SkillForm
from vigente.workspace.forms.settings import (
    HoursForm,
    MailboxForm,
    StaffForm,
    WorkTypeForm,
)
from vigente.workspace.forms.sla import PolicyForm
from vigente.workspace.section import Section
from vigente.workspace.sections_money import MONEY_SECTIONS
from vigente.workspace.sections_prices import PRICE_SECTIONS

__all__ = ["SECTIONS", "Section"]


def _span(minutes: int | None) -> str:
    return "—" if minutes is None else formats.span(minutes)


def _names(rows: Any) -> str:
    return ", ".join(str(row) for row in rows.all()) or "—"


def _week(hours: BusinessHours) -> str:
    minutes = sum(end - start for day in hours.week for start, end in day)
    return formats.span(minutes)


def _levels(policy: SlaPolicy) -> str:
    return ", ".join(severity_name(int(level)) for level in sorted(policy.levels, key=int)) or "—"


def _holidays(hours: BusinessHours) -> SafeString:
    url = reverse("workspace:holidays", args=[hours.pk])
    return format_html(
        '<a href="{}">{}</a>', url, _("%(count)s, por año") % {"count": len(hours.holidays.all())}
    )


SECTIONS: Mapping[str, Section] = {
    "staff": Section(
        _("Equipo"),
        _("Persona del equipo"),
        _("Quien se agrega recibe un correo para elegir su contraseña."),
        lambda: (
            User.objects.filter(role__in=STAFF_ROLES)
            .prefetch_related("departments")
            .order_by("name", "email")
        ),
        StaffForm,
        (
            (_("Correo"), lambda row: row.email),
            (_("Rol"), lambda row: row.get_role_display()),
            (_("Departamentos"), lambda row: _names(row.departments)),
            (_("Puede entrar"), lambda row: row.is_active),
        ),
    ),
    "skills": Section(
        _("Habilidades"),
        _("Habilidad"),
        _("Lo que no todos saben hacer. “Siguiente caso” da lo que la pide solo a quien la tiene."),
        lambda: Skill.objects.prefetch_related("agents", "departments", "work_types", "tags"),
        SkillForm,
        (
            (_("Quién la tiene"), lambda row: _names(row.agents)),
            (_("Departamentos"), lambda row: _names(row.departments)),
            (_("Tipos de trabajo"), lambda row: _names(row.work_types)),
            (_("Etiquetas"), lambda row: _names(row.tags)),
        ),
    ),
    "work": Section(
        _("Tipos de trabajo"),
        _("Tipo de trabajo"),
        _("Lo que el cliente puede pedir, y lo que cada cosa usa."),
        WorkType.objects.all,
        WorkTypeForm,
        (
            (_("Código"), lambda row: row.code),
            (_("Casos que usa"), lambda row: 0 if row.always or row.development else row.units),
            (_("Siempre"), lambda row: row.always),
            (_("Desarrollo"), lambda row: row.development),
            (_("Se ofrece"), lambda row: row.is_offered),
        ),
    ),
    "hours": Section(
        _("Horarios"),
        _("Horario"),
        _("Los plazos solo corren dentro de estas horas."),
        lambda: BusinessHours.objects.order_by("name").prefetch_related("holidays"),
        HoursForm,
        (
            (_("Zona"), lambda row: row.time_zone),
            (_("Por semana"), _week),
            (_("Feriados"), _holidays),
            (_("El de la empresa"), lambda row: row.is_default),
        ),
        promises=True,
    ),
    "promises": Section(
        _("Plazos"),
        _("Plazo"),
        _("Lo que cada plan promete, en tiempo hábil."),
        lambda: SlaPolicy.objects.select_related("hours").order_by("name"),
        PolicyForm,
        (
            (_("Horario"), lambda row: row.hours),
            (_("Primera respuesta"), lambda row: _span(row.first_reply_minutes)),
            (_("Siguientes"), lambda row: _span(row.next_reply_minutes)),
            (_("Resolución"), lambda row: _span(row.resolution_minutes)),
            (_("Por urgencia"), _levels),
        ),
        promises=True,
    ),
    "cost": Section(
        _("Costo por hora"),
        _("Costo por hora"),
        _("Lo que cuesta una hora de un técnico, desde un día. Con él se calcula qué cuesta cada caso."),
        lambda: CostRate.objects.order_by("-valid_from"),
        CostRateForm,
        ((_("Una hora"), lambda row: formats.money(row.hour_minor, row.currency)),),
    ),
    "minutes": Section(
        _("Minutos por caso"),
        _("Minutos por caso"),
        _(
            "Cuánto toma en promedio un caso de cada tipo de trabajo. Nadie anota su tiempo: con esto se estima."
        ),
        lambda: WorkMinutes.objects.select_related("work_type").order_by("work_type__position", "pk"),
        WorkMinutesForm,
        ((_("Minutos"), lambda row: row.minutes),),
    ),
    "mailboxes": Section(
        _("Buzones"),
        _("Buzón"),
        _("Las direcciones que se leen. El original de cada correo se guarda antes de nada."),
        lambda: Mailbox.objects.select_related("department").order_by("address"),
        MailboxForm,
        (
            (_("Departamento"), lambda row: row.department or "—"),
            (_("Servidor"), lambda row: row.host or "—"),
            (_("Se lee"), lambda row: row.is_active),
            (_("Última revisión"), lambda row: row.last_checked_at),
            (_("Fallas seguidas"), lambda row: row.failures),
        ),
    ),
    **PRICE_SECTIONS,
    **MONEY_SECTIONS,
}
