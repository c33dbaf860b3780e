"""What each scope of a token lets a program do, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import SCOPES

SCOPE_WORDS: dict[str, Promise] = {
    "coverage": _("preguntar si una licencia suya está cubierta"),
    "coverage:any": _("preguntar si cualquier licencia está cubierta"),
    "tickets:read": _("leer casos"),
    "tickets:write": _("pedir ayuda y responder"),
    "queue": _("tomar el siguiente caso"),
    "statement": _("leer el estado de cuenta de los casos"),
    "rulebook": _("leer las reglas"),
    "simulations": _("probar reglas"),
    "webhooks": _("administrar webhooks"),
    "billing:read": _("leer planes, pedidos, facturas y pagos"),
    "billing:write": _("pedir, cambiar y cancelar planes, y registrar pagos"),
}


def scope_choices() -> list[tuple[str, str]]:
    """Each scope with its words, and its name, which programs and their errors use."""
    return [(scope, f"{SCOPE_WORDS[scope]} ({scope})") for scope in SCOPES]
