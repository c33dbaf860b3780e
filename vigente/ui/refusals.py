"""What a service refused, as a sentence: what is wrong and what to do now. A test keeps the list complete."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vigente.rules.refusal import RefusalCode, Refused
from vigente.ui import formats

Words = Mapping[str, Any]

SENTENCES: dict[RefusalCode, Callable[[Words], str]] = {
    RefusalCode.EMPTY: lambda p: _("Escriba algo antes de enviar."),
    RefusalCode.TOO_LONG: lambda p: _("Es demasiado largo: como máximo %(limit)s caracteres.") % _values(p),
    RefusalCode.BAD_CHARACTERS: lambda p: _(
        "Tiene caracteres que no se pueden guardar. Vuelva a escribirlo o péguelo como texto."
    ),
    RefusalCode.FILE_TOO_LARGE: lambda p: (
        _("%(name)s es demasiado grande: como máximo %(limit)s MB por archivo.") % _values(p)
    ),
    RefusalCode.FILE_EMPTY: lambda p: _("%(name)s está vacío. Adjúntelo de nuevo.") % _values(p),
    RefusalCode.TOO_MANY_FILES: lambda p: (
        _("Son demasiados archivos: como máximo %(limit)s por mensaje.") % _values(p)
    ),
    RefusalCode.FILE_TYPE: lambda p: (
        _("%(name)s es un programa y no se puede guardar. Envíe una captura o un documento.") % _values(p)
    ),
    RefusalCode.FILE_KIND: lambda p: (
        _("%(name)s no es una foto ni un PDF. Envíe una foto, una captura o un PDF.") % _values(p)
    ),
    RefusalCode.NOT_YOURS: lambda p: _("Eso no es de esta organización. Elija otra vez."),
    RefusalCode.SAME_KEY_OTHER_CONTENT: lambda p: _(
        "Esa clave ya se usó para otra solicitud. Envíela con una nueva."
    ),
    RefusalCode.ALREADY_SUBSCRIBED: lambda p: _(
        "Ya hay un plan contratado ahí. Cámbielo en lugar de contratar otro."
    ),
    RefusalCode.NOT_SOLD: lambda p: _("Esa versión del plan ya no se vende. Elija la vigente."),
    RefusalCode.WRONG_EDITION: lambda p: _(
        "Ese plan es de otra edición. Elija uno de la edición de la licencia."
    ),
    RefusalCode.NOT_ACTIVE: lambda p: _("Ese plan no está vigente."),
    RefusalCode.NO_NOTICE_HERE: lambda p: _("Ese plan termina por sí solo: no hace falta aviso."),
    RefusalCode.PACK_NEEDS_PLAN: lambda p: _(
        "Los casos extra necesitan un plan vigente. Active uno primero."
    ),
    RefusalCode.PACK_USED: lambda p: _("Ese paquete ya se usó, o pasó el plazo para devolverlo."),
    RefusalCode.FAVOUR_LIMIT: lambda p: (
        _("Ya hizo los %(limit)s favores de este mes. Pídale a un supervisor que lo decida.") % _values(p)
    ),
    RefusalCode.AWAY: lambda p: _(
        "Usted figura como ausente y no recibe casos. Diga que ya volvió en el menú de su nombre."
    ),
    RefusalCode.NO_ADDRESS: lambda p: _("Escriba una dirección de correo completa, como rosa@empresa.com."),
    RefusalCode.COPY_OF_THE_DESK: lambda p: _(
        "Esa dirección es de su propio equipo. Quien quiera saber lo que pasa en el caso puede vigilarlo."
    ),
    RefusalCode.COLLEAGUES_ONLY: lambda p: _(
        "Aquí solo puede agregar a personas de su organización que tengan cuenta. "
        "Para otra dirección, pídalo en el caso."
    ),
    RefusalCode.TOO_MANY_COPIES: lambda p: (
        _("Son demasiadas copias: como máximo %(limit)s por caso. Quite alguna antes.") % _values(p)
    ),
    RefusalCode.CASE_LOCKED: lambda p: _(
        "Este caso está bloqueado y no recibe respuestas. Para seguir, abra otro caso y mencione este número."
    ),
    RefusalCode.NOT_IN_LINE: lambda p: _(
        "Ese caso no espera en la misma fila. Elija uno que espere en el mismo departamento."
    ),
    RefusalCode.SUPERVISOR_ONLY: lambda p: _("Eso lo decide un supervisor."),
    RefusalCode.SECOND_PERSON: lambda p: _("Lo decide otra persona, no quien tomó la primera decisión."),
    RefusalCode.NO_DEADLINE: lambda p: _("Ese plazo no corre: fije uno en vez de moverlo."),
    RefusalCode.NEEDS_REASON: lambda p: _("Escriba el motivo."),
    RefusalCode.WRONG_STATE: lambda p: _(
        "Mientras tanto cambió y ya no se puede. Actualice la página para ver cómo está."
    ),
    RefusalCode.ENOUGH_ANSWERED: lambda p: _(
        "Ya tuvo muchas respuestas automáticas hoy. Responda usted, o espere a mañana."
    ),
    RefusalCode.ONCE_ONLY: lambda p: _("Ya se objetó una vez; no se puede de nuevo."),
    RefusalCode.DATE_PASSED: lambda p: _date_passed(p),
    RefusalCode.TOO_LATE: lambda p: _too_late(p),
    RefusalCode.OTHER_ORGANIZATION: lambda p: _("Ese caso es de otra organización: no se pueden unir."),
    RefusalCode.MERGE_HIDES_DRAW: lambda p: _(
        "Este caso usó uno del plan y el otro no. Únalos al revés: el otro en este."
    ),
    RefusalCode.NOT_ENOUGH: lambda p: (
        _("No alcanzan los casos: hacen falta %(units)s y quedan %(left)s.") % _values(p)
    ),
    RefusalCode.BLOCKED: lambda p: _("Esta organización no puede recibir solicitudes nuevas por ahora."),
    RefusalCode.MANAGER_ONLY: lambda p: _("Eso lo decide la persona responsable de la organización."),
    RefusalCode.NO_ORGANIZATION: lambda p: _("Vincule primero a la persona con una organización."),
    RefusalCode.WRONG_COUPON: lambda p: _(
        "Ese código no existe, ya venció o no vale para esta compra. Revíselo o siga sin él."
    ),
    RefusalCode.NO_PRICE: lambda p: _(
        "Ese plan no tiene precio en la moneda elegida. Elija otra moneda u otro plan."
    ),
    RefusalCode.CURRENCY_DIFFERS: lambda p: (
        _("El pago está en otra moneda: lo pendiente está en %(currency)s.") % _values(p)
    ),
    RefusalCode.MORE_THAN_OPEN: lambda p: _more_than_open(p),
    RefusalCode.UNPAID: lambda p: _("Hay algo pendiente de pago. Páguelo primero."),
    RefusalCode.INVALID_VALUE: lambda p: _("Ese valor no se puede usar. Revíselo."),
    RefusalCode.NAME_TAKEN: lambda p: _("Ya hay otra con el nombre “%(name)s”. Elija otro.") % _values(p),
    RefusalCode.STILL_USED: lambda p: _("Está en uso: no se puede borrar. Puede retirarla."),
    RefusalCode.MERGE_FIELD: lambda p: _merge_field(p),
    RefusalCode.WEBHOOK_ADDRESS: lambda p: _webhook_address(p),
    RefusalCode.WEBHOOK_OFF: lambda p: _("Ese webhook está apagado. Enciéndalo primero."),
}


def refusal_text(refused: Refused) -> str:
    """The sentence of a refusal in the active language."""
    return SENTENCES[refused.code](refused.params)


class _Values(dict[str, str]):
    """Parameters as text; one that was not given is a dash, never an error."""

    def __missing__(self, name: str) -> str:
        return "—"


def _values(params: Words) -> _Values:
    return _Values(
        {
            name: formats.number(value) if isinstance(value, int) else str(value)
            for name, value in params.items()
            if value is not None
        }
    )


def _more_than_open(params: Words) -> str:
    """The amount that is open, as money when its currency is given too."""
    amount, currency = params.get("open"), params.get("currency")
    if not isinstance(amount, int):
        return _("Es más de lo que está pendiente.")
    shown = formats.money(amount, str(currency)) if currency else formats.number(amount)
    return _("Es más de lo que está pendiente: %(open)s.") % {"open": shown}


def _merge_field(params: Words) -> str:
    """What is wrong with a field of a text, and how it is written."""
    what = {"what": params.get("what") or "—"}
    match params.get("problem"):
        case "unknown_name":
            return _("No existe el campo %(what)s. Elija uno de la lista.") % what
        case "unknown_filter" | "argument":
            return _("No se entiende “%(what)s” en un campo. Revise lo que sigue a la barra.") % what
        case "unclosed":
            return _("Hay un campo sin cerrar: empieza con {{ y termina con }}.")
        case "too_long":
            return _("Es demasiado largo: como máximo %(what)s caracteres.") % what
        case "missing":
            return _("Le falta un dato que el texto usa: %(what)s.") % what
        case "too_many":
            return _("Son demasiados campos: como máximo %(what)s.") % what
    return _("No se entiende %(what)s. Un campo se escribe como {{ requester.name }}.") % what


def _webhook_address(params: Words) -> str:
    match params.get("why"):
        case "scheme":
            return _("La dirección empieza con https://.")
        case "credentials":
            return _("La dirección no lleva usuario ni contraseña.")
        case "port":
            return _("Use el puerto 443, el 8443 o uno mayor que 1024.")
        case "private":
            return _("Esa dirección es de una red privada. Use una que se alcance desde internet.")
        case "host":
            return _("El nombre del servidor no se entiende. Escríbalo como webhooks.ejemplo.com.")
    return _("Esa dirección no se puede usar. Use una como https://webhooks.ejemplo.com/vigente.")


def _date_passed(params: Words) -> str:
    at = params.get("at")
    if not at:
        return _("Esa fecha ya pasó. Ponga una por venir.")
    day = formats.day(datetime.fromisoformat(str(at)), zone=timezone.get_current_timezone(), long=True)
    return _(
        "La fecha ya pasó (%(day)s): un anuncio llega antes. Ponga una por venir y prepárelo de nuevo."
    ) % {"day": day}


def _too_late(params: Words) -> str:
    until = params.get("until")
    if not until:
        return _("Ya pasó el plazo para esto.")
    zone = timezone.get_current_timezone()
    return _("Ya pasó el plazo: era hasta el %(day)s.") % {
        "day": formats.day(datetime.fromisoformat(str(until)), zone=zone, long=True)
    }
