"""What was done to many cases, and why not to some, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from vigente.accounts.models import User
from vigente.bulk.models import BulkAction, BulkItem
from vigente.bulk.services import CHANGED_SINCE
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Ticket
from vigente.ui.wording import refusal_text

# Buttons that ask nothing more.
DIRECT: Mapping[str, Callable[[User], tuple[str, dict[str, Any]]]] = {
    "take": lambda user: ("assign", {"value": str(user.pk)}),
    "unassign": lambda user: ("unassign", {"value": ""}),
    "solve": lambda user: ("status", {"value": "solved"}),
    "close": lambda user: ("status", {"value": "closed"}),
}


def choosing_acts() -> list[tuple[str, str, str, bool]]:
    """What a list offers for the chosen cases: act, label, key, whether it asks nothing more."""
    return [
        ("take", _("Tomar"), "t", True),
        ("assign", _("Asignar"), "a", False),
        ("unassign", _("Devolver a la fila"), "", True),
        ("reply", _("Responder"), "r", False),
        ("solve", _("Resolver"), "e", True),
        ("close", _("Cerrar"), "", True),
        ("status", _("Estado"), "s", False),
        ("severity", _("Urgencia"), "u", False),
        ("department", _("Departamento"), "d", False),
        ("tag", _("Etiquetar"), "l", False),
        ("untag", _("Quitar etiqueta"), "", False),
        ("rule", _("Aplicar regla"), "", False),
        ("merge", _("Unir"), "m", False),
    ]


def act_title(bulk: BulkAction) -> str:
    """What it does: `Cambiar el estado: Resuelto`."""
    name = str(bulk.get_act_display())
    if bulk.act == "status" and bulk.value.get("value") in Ticket.Status.values:
        return f"{name}: {Ticket.Status(bulk.value['value']).label}"
    return name


def item_reason(item: BulkItem) -> str:
    """Why one case was left as it was."""
    code = item.reason.get("code", "")
    if code == CHANGED_SINCE:
        return _("Alguien lo cambió después: queda como está.")
    if code == RefusalCode.NOT_YOURS:
        return _("Ya no está a su alcance.")
    if code not in set(RefusalCode):
        return _("Falló por algo nuestro. Inténtelo con este caso solo.")
    return refusal_text(Refused(RefusalCode(code), **item.reason.get("params", {})))
