"""What the portal asks of the vendor's people in a customer's name: a case that draws nothing (row 44)."""

from datetime import datetime

from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.billing.models import Licence, WorkType
from vigente.portal.words import licence_name
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.submission import submit_request


def about_money() -> WorkType | None:
    """The kind of work about money and contracts; any other that is always accepted will do."""
    always = WorkType.objects.filter(always=True, development=False)
    return always.filter(code="billing").first() or always.first()


def ask_to_register(licence: Licence, key: str, *, user: User, now: datetime) -> Ticket | HeldRequest | None:
    """Ask staff to give a provisional installation the key its holder names. Once per installation and key.

    None where the vendor attends no such thing without a plan.
    """
    work_type = about_money()
    if work_type is None:
        return None
    words = {"key": key.strip()[:64], "licence": licence_name(licence), "organization": licence.organization}
    return submit_request(
        requester=user,
        organization=licence.organization,
        licence=licence,
        work_type=work_type,
        subject=_("Licencia por registrar: %(key)s") % words,
        text=_(
            "%(organization)s indica que la clave de su instalación es %(key)s. "
            "Por favor compruébenla y anótenla en %(licence)s."
        )
        % words,
        channel=Ticket.Channel.WEB,
        key=f"licence-key:{licence.pk}:{words['key']}",
        now=now,
    )
