"""What each kind of entry of the audit log says, and what they are about."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from vigente.accounts.models.audit import Deed
from vigente.events.kinds import Kind
from vigente.webhooks.words import FAMILIES

OURS: Mapping[str, Callable[[], str]] = {
    "page": lambda: _("Páginas del equipo"),
    "person": lambda: _("Personas"),
    "membership": lambda: _("Personas de una organización"),
    "invitation": lambda: _("Invitaciones"),
    "token": lambda: _("Tokens"),
    "spam": lambda: _("Reglas de spam"),
    "security": lambda: _("Seguridad al entrar"),
    "sign_in": lambda: _("Entradas y sesiones"),
}
CHANNELS: Mapping[str, Callable[[], str]] = {
    "portal": lambda: _("portal"),
    "workspace": lambda: _("escritorio"),
    "account": lambda: _("cuenta"),
    "api": lambda: _("API"),
    "callback": lambda: _("aviso de otro programa"),
}
SAYS: Mapping[str, Callable[[], str]] = {
    Deed.PAGE_SENT: lambda: _("Guardó un formulario"),
    Deed.PAGE_EXPORTED: lambda: _("Exportó una lista"),
    Deed.SIGNED_IN: lambda: _("Entró"),
    Deed.SIGN_IN_FAILED: lambda: _("No pudo entrar"),
    Deed.SESSION_ENDED: lambda: _("Cerró una sesión"),
    Deed.PASSWORD_CHANGED: lambda: _("Cambió su contraseña"),
    Deed.SECOND_FACTOR_ADDED: lambda: _("Agregó un segundo paso para entrar"),
    Deed.SECOND_FACTOR_REMOVED: lambda: _("Quitó un segundo paso para entrar"),
    Deed.SECOND_FACTOR_REQUIRED: lambda: _("Cambió quién necesita un segundo paso para entrar"),
    Deed.PERSON_CHANGED: lambda: _("Cambió los datos de una persona"),
    Deed.DRAW_POLICY_CHANGED: lambda: _("Cambió quién puede usar los casos"),
    Deed.MEMBERSHIP_CHANGED: lambda: _("Cambió lo que puede una persona"),
    Deed.MEMBERSHIP_ENDED: lambda: _("Quitó a una persona de su organización"),
    Deed.INVITATION_SENT: lambda: _("Invitó a una persona"),
    Deed.INVITATION_REVOKED: lambda: _("Anuló una invitación"),
    Deed.INVITATION_ACCEPTED: lambda: _("Aceptó una invitación"),
    Deed.SPAM_RULE_ADDED: lambda: _("Agregó una regla de spam"),
    Deed.SPAM_RULE_CHANGED: lambda: _("Cambió una regla de spam"),
    Deed.SPAM_RULE_REMOVED: lambda: _("Eliminó una regla de spam"),
    Deed.TOKEN_ISSUED: lambda: _("Creó un token"),
    Deed.TOKEN_REVOKED: lambda: _("Anuló un token"),
    Deed.WEBHOOK_ADDED: lambda: _("Agregó un webhook"),
    Deed.WEBHOOK_CHANGED: lambda: _("Cambió un webhook"),
    Deed.WEBHOOK_SECRET_CHANGED: lambda: _("Cambió el secreto de un webhook"),
    Deed.WEBHOOK_REMOVED: lambda: _("Eliminó un webhook"),
    Kind.TICKET_ACCEPTED: lambda: _("Abrió un caso"),
    Kind.TICKET_REPLIED: lambda: _("Respondió un caso"),
    Kind.TICKET_NOTED: lambda: _("Anotó en un caso"),
    Kind.TICKET_ASSIGNED: lambda: _("Asignó un caso"),
    Kind.TICKET_STATUS_CHANGED: lambda: _("Cambió el estado de un caso"),
    Kind.TICKET_SOLVED: lambda: _("Resolvió un caso"),
    Kind.TICKET_CLOSED: lambda: _("Cerró un caso"),
    Kind.TICKET_REOPENED: lambda: _("Reabrió un caso"),
    Kind.TICKET_CLASSIFIED: lambda: _("Clasificó un caso"),
    Kind.TICKET_SEVERITY_CHANGED: lambda: _("Cambió la urgencia de un caso"),
    Kind.PROMISE_ADJUSTED: lambda: _("Cambió los plazos de un caso"),
    Kind.TICKET_RELEASED: lambda: _("Devolvió el uso de un caso"),
    Kind.TICKET_MOVED_LICENCE: lambda: _("Pasó un caso a otra licencia"),
    Kind.TICKET_MERGED: lambda: _("Unió dos casos"),
    Kind.TICKET_UNMERGED: lambda: _("Separó dos casos"),
    Kind.TICKET_TRASHED: lambda: _("Puso un caso en la papelera"),
    Kind.TICKET_RESTORED: lambda: _("Sacó un caso de la papelera"),
    Kind.TICKET_EMPTIED: lambda: _("Borró del todo un caso de la papelera"),
    Kind.TICKET_TAGGED: lambda: _("Puso etiquetas a un caso"),
    Kind.TICKET_UNTAGGED: lambda: _("Quitó etiquetas de un caso"),
    Kind.TICKET_COPY_ADDED: lambda: _("Puso a alguien en copia de un caso"),
    Kind.TICKET_COPY_REMOVED: lambda: _("Quitó a alguien de la copia de un caso"),
    Kind.TICKET_TIME_ADDED: lambda: _("Anotó tiempo en un caso"),
    Kind.TICKET_TIME_CORRECTED: lambda: _("Corrigió el tiempo de un caso"),
    Kind.TICKET_WATCHED: lambda: _("Puso a alguien a vigilar un caso"),
    Kind.TICKET_UNWATCHED: lambda: _("Hizo que alguien dejara de vigilar un caso"),
    Kind.TICKET_LOCKED: lambda: _("Bloqueó un caso"),
    Kind.TICKET_UNLOCKED: lambda: _("Desbloqueó un caso"),
    Kind.TICKET_FIELDS_CHANGED: lambda: _("Cambió los datos de un caso"),
    Kind.TICKET_RENAMED: lambda: _("Cambió el asunto de un caso"),
    Kind.FOLLOW_UP_SET: lambda: _("Dejó un seguimiento"),
    Kind.FOLLOW_UP_CANCELLED: lambda: _("Quitó un seguimiento"),
    Kind.AUTOMATION_RAN: lambda: _("Aplicó una regla automática"),
    Kind.TICKET_LINKED: lambda: _("Relacionó dos casos"),
    Kind.TICKET_OPENED_FOR_CUSTOMER: lambda: _("Abrió un caso por el cliente"),
    Kind.DRAW_DISPUTED: lambda: _("Objetó que se usara un caso"),
    Kind.DRAW_DISPUTE_DECIDED: lambda: _("Decidió una objeción"),
    Kind.SPLIT_PROPOSED: lambda: _("Propuso separar un problema"),
    Kind.SPLIT_ACCEPTED: lambda: _("Aceptó separar un problema"),
    Kind.SPLIT_DECLINED: lambda: _("No aceptó separar un problema"),
    Kind.QUOTATION_REQUESTED: lambda: _("Pidió una cotización"),
    Kind.QUOTATION_QUOTED: lambda: _("Cotizó un caso"),
    Kind.QUOTATION_ACCEPTED: lambda: _("Aceptó una cotización"),
    Kind.QUOTATION_DECLINED: lambda: _("Rechazó una cotización"),
    Kind.QUOTATION_OBJECTED: lambda: _("Objetó una cotización"),
    Kind.QUOTATION_OBJECTION_DECIDED: lambda: _("Decidió una objeción"),
    Kind.HELD: lambda: _("Pidió ayuda sin cobertura"),
    Kind.HELD_RELEASED: lambda: _("Dejó entrar una solicitud en espera"),
    Kind.HELD_WITHDRAWN: lambda: _("Retiró una solicitud en espera"),
    Kind.HELD_ANSWERED: lambda: _("Respondió una solicitud en espera"),
    Kind.APPROVAL_GIVEN: lambda: _("Aprobó el uso de un caso"),
    Kind.APPROVAL_REFUSED: lambda: _("No aprobó el uso de un caso"),
    Kind.SUBSCRIPTION_STARTED: lambda: _("Contrató un plan"),
    Kind.SUBSCRIPTION_ACTIVATED: lambda: _("Puso un plan en vigencia"),
    Kind.SUBSCRIPTION_NOTICE_GIVEN: lambda: _("Dio aviso de cancelar o cambiar"),
    Kind.SUBSCRIPTION_NOTICE_WITHDRAWN: lambda: _("Retiró el aviso"),
    Kind.SUBSCRIPTION_UPGRADED: lambda: _("Pasó a un plan mayor"),
    Kind.SUBSCRIPTION_CANCELLED: lambda: _("Anuló un plan sin empezar"),
    Kind.SUBSCRIPTION_REFUNDED: lambda: _("Devolvió lo no usado de un plan"),
    Kind.PACK_ADDED: lambda: _("Agregó casos extra"),
    Kind.PACK_RETURNED: lambda: _("Devolvió casos extra"),
    Kind.GOODWILL_GRANTED: lambda: _("Dio casos de cortesía"),
    Kind.LICENCE_REGISTERED: lambda: _("Registró una licencia"),
    Kind.LICENCE_HOSTING_CHANGED: lambda: _("Cambió dónde está instalada una licencia"),
    Kind.LICENCE_TRANSFERRED: lambda: _("Pasó una licencia a otra organización"),
    Kind.ORGANIZATION_BLOCKED: lambda: _("Bloqueó una organización"),
    Kind.ORGANIZATION_UNBLOCKED: lambda: _("Desbloqueó una organización"),
    Kind.WISH_ASKED: lambda: _("Pidió que se compre algo"),
    Kind.ORDER_PREPARED: lambda: _("Preparó un pedido"),
    Kind.ORDER_PLACED: lambda: _("Hizo un pedido"),
    Kind.ORDER_DONE: lambda: _("Cumplió un pedido"),
    Kind.ORDER_CANCELLED: lambda: _("Canceló un pedido"),
    Kind.INVOICE_ISSUED: lambda: _("Emitió una factura"),
    Kind.INVOICE_PAID: lambda: _("Pagó una factura"),
    Kind.INVOICE_VOIDED: lambda: _("Dio por perdida una factura"),
    Kind.CREDIT_NOTE_ISSUED: lambda: _("Emitió una nota de crédito"),
    Kind.PAYMENT_SUBMITTED: lambda: _("Avisó una transferencia"),
    Kind.PAYMENT_CONFIRMED: lambda: _("Confirmó un pago"),
    Kind.PAYMENT_REJECTED: lambda: _("Rechazó un pago"),
    Kind.PAYMENT_RETURNED: lambda: _("Devolvió dinero"),
    Kind.RULEBOOK_PUBLISHED: lambda: _("Publicó reglas"),
    Kind.RULES_ANNOUNCED: lambda: _("Anunció reglas"),
    Kind.PLANS_IMPORTED: lambda: _("Cambió los planes o los plazos"),
}

WHY: Mapping[str, Callable[[], str]] = {
    "password": lambda: _("esa dirección y esa contraseña no van juntas"),
    "inactive": lambda: _("la cuenta está cerrada"),
    "second_factor": lambda: _("el segundo paso no era el correcto"),
    "too_many": lambda: _("demasiados intentos"),
}


def families() -> list[tuple[str, str]]:
    """The nouns the log can be narrowed to, in the order of their names."""
    found = {name: text() for name, text in {**FAMILIES, **OURS}.items()}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def says(kind: str, data: Mapping[str, Any] | None = None) -> str:
    """What somebody did, and why it failed; empty if it has no sentence yet."""
    text = SAYS[kind]() if kind in SAYS else ""
    why = WHY.get(str((data or {}).get("why", ""))) if kind == Deed.SIGN_IN_FAILED else None
    return f"{text}: {why()}" if why is not None else text


def channel_text(channel: str) -> str:
    return CHANNELS[channel]() if channel in CHANNELS else ""
