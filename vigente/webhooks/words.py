"""Why a try was not taken, and what families of events there are, as people read them."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

ERRORS: Mapping[str, Callable[[], str]] = {
    "status": lambda: _("El receptor no lo aceptó"),
    "redirect": lambda: _("El receptor mandó a otra dirección, y no se sigue a ninguna"),
    "dns": lambda: _("El nombre del servidor no existe"),
    "dns_timeout": lambda: _("El nombre del servidor no se pudo averiguar a tiempo"),
    "connection": lambda: _("No hubo conexión"),
    "timeout": lambda: _("No respondió a tiempo"),
    "certificate": lambda: _("El certificado no es válido para ese nombre"),
    "tls": lambda: _("La conexión segura falló"),
    "not_http": lambda: _("Lo que respondió no es HTTP"),
    "refused_private": lambda: _("El nombre lleva a una red privada: no se envía"),
    "refused_url": lambda: _("La dirección no se puede usar"),
    "refused_scheme": lambda: _("La dirección no empieza con https://"),
    "refused_credentials": lambda: _("La dirección lleva usuario o contraseña"),
    "refused_port": lambda: _("El puerto no se puede usar"),
    "refused_host": lambda: _("El nombre del servidor no se entiende"),
    "endpoint_off": lambda: _("El webhook se apagó antes de entregarlo"),
    "internal": lambda: _("Falló de este lado; quedó en el registro"),
}
FAMILIES: Mapping[str, Callable[[], str]] = {
    "ticket": lambda: _("Casos"),
    "promise": lambda: _("Plazos de los casos"),
    "draw": lambda: _("Casos abiertos por el equipo"),
    "split": lambda: _("Casos que se separan"),
    "quotation": lambda: _("Cotizaciones"),
    "held": lambda: _("Solicitudes en espera"),
    "approval": lambda: _("Aprobaciones"),
    "subscription": lambda: _("Planes contratados"),
    "pack": lambda: _("Casos extra"),
    "goodwill": lambda: _("Cortesías"),
    "favour": lambda: _("Favores"),
    "licence": lambda: _("Licencias"),
    "organization": lambda: _("Organizaciones"),
    "wish": lambda: _("Pedidos a la persona responsable"),
    "order": lambda: _("Pedidos"),
    "invoice": lambda: _("Facturas"),
    "credit_note": lambda: _("Notas de crédito"),
    "payment": lambda: _("Pagos"),
    "rulebook": lambda: _("Reglas"),
    "rules": lambda: _("Anuncios de reglas"),
    "plans": lambda: _("Catálogo"),
    "follow_up": lambda: _("Seguimientos"),
    "automation": lambda: _("Reglas automáticas"),
    "mail": lambda: _("Correo"),
    "webhook": lambda: _("Webhooks"),
    "verify": lambda: _("Verificación de los libros"),
}


def error_text(code: str) -> str:
    """The sentence of an `error` of a try; the code itself if it has none."""
    return ERRORS[code]() if code in ERRORS else code


def family_text(kind: str) -> str:
    """What events of this kind are about."""
    family = kind.partition(".")[0]
    return FAMILIES[family]() if family in FAMILIES else family
