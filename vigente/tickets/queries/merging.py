"""What the merge fields of a case are filled with (`rules/merge`)."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.billing.queries import meter_of
from vigente.installation.models import Installation
from vigente.tickets.models import Ticket

FIELDS = {
    "ticket.number": _("Número del caso"),
    "ticket.subject": _("Asunto"),
    "ticket.status": _("Estado"),
    "ticket.link": _("Enlace al caso"),
    "requester.name": _("Nombre de quien pide"),
    "requester.first_name": _("Primer nombre de quien pide"),
    "requester.email": _("Correo de quien pide"),
    "organization.name": _("Organización"),
    "plan.name": _("Plan vigente"),
    "licence.edition": _("Edición de la licencia"),
    "department.name": _("Departamento"),
    "agent.name": _("Su nombre"),
    "agent.first_name": _("Su primer nombre"),
    "vendor.name": _("Nombre de su empresa"),
    "vendor.email": _("Correo de soporte"),
}


def merge_values(ticket: Ticket, agent: User, *, now: datetime, language: str) -> Mapping[str, str]:
    """Each field of `FIELDS` as plain text, "" for what this case has not, in the language of who will read it."""
    vendor = Installation.current()
    organization, licence = ticket.organization, ticket.licence
    plan = meter_of(organization=organization, licence=licence, now=now).plan if organization else ""
    with translation.override(language):
        return {
            "ticket.number": str(ticket.number),
            "ticket.subject": ticket.subject,
            "ticket.status": str(ticket.get_status_display()),
            "ticket.link": settings.BASE_URL + reverse("portal:ticket", args=[ticket.number]),
            "requester.name": ticket.requester.name,
            "requester.first_name": _first(ticket.requester.name),
            "requester.email": ticket.requester.email,
            "organization.name": organization.name if organization else "",
            "plan.name": plan,
            "licence.edition": str(licence.edition) if licence else "",
            "department.name": str(ticket.department),
            "agent.name": agent.name,
            "agent.first_name": _first(agent.name),
            "vendor.name": vendor.vendor_name,
            "vendor.email": vendor.support_email,
        }


def _first(name: str) -> str:
    return (name.split() or [""])[0]
