"""How conditions are said: the names of fields and tests in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from vigente.rules.conditions import Op, Type

_CASE, _TIME, _PERSON, _COVERAGE = _("Caso"), _("Fechas"), _("Persona y organización"), _("Cobertura")

# name: (what it is called, under which heading it is offered)
FIELDS: dict[str, tuple[Any, Any]] = {
    "status": (_("Estado"), _CASE),
    "label": (_("Estado propio"), _CASE),
    "subject": (_("Asunto"), _CASE),
    "department": (_("Departamento"), _CASE),
    "assignee": (_("Asignado a"), _CASE),
    "severity": (_("Gravedad"), _CASE),
    "tags": (_("Etiquetas"), _CASE),
    "work_type": (_("Tipo de trabajo"), _CASE),
    "queue": (_("Lista de trabajo"), _CASE),
    "channel": (_("Por dónde llegó"), _CASE),
    "number": (_("Número"), _CASE),
    "last_reply_by": (_("Última respuesta de"), _CASE),
    "message_text": (_("Algún mensaje"), _CASE),
    "last_message_text": (_("Último mensaje"), _CASE),
    "note_text": (_("Alguna nota"), _CASE),
    "message_count": (_("Mensajes y notas, cuántos"), _CASE),
    "reply_count": (_("Mensajes, cuántos"), _CASE),
    "note_count": (_("Notas, cuántas"), _CASE),
    "involved": (_("Técnicos que respondieron"), _CASE),
    "watchers": (_("Quienes lo vigilan"), _CASE),
    "locked_at": (_("Se bloqueó"), _TIME),
    "minutes_spent": (_("Minutos de trabajo"), _CASE),
    "has_follow_up": (_("Tiene un seguimiento"), _CASE),
    "has_draft": (_("Tiene un borrador"), _CASE),
    "is_merged": (_("Está unido a otro"), _CASE),
    "absorbed_others": (_("Otros están unidos a él"), _CASE),
    "has_attachments": (_("Tiene archivos"), _CASE),
    "vendor_fault": (_("La falla era nuestra"), _CASE),
    "accepted_at": (_("Se aceptó"), _TIME),
    "last_activity_at": (_("Última actividad"), _TIME),
    "last_reply_at": (_("Último mensaje, sin notas"), _TIME),
    "reopened_at": (_("Se abrió de nuevo"), _TIME),
    "first_replied_at": (_("Primera respuesta"), _TIME),
    "first_reply_due_at": (_("Promesa de primera respuesta"), _TIME),
    "due_at": (_("Vence la promesa"), _TIME),
    "solved_at": (_("Se resolvió"), _TIME),
    "closed_at": (_("Se cerró"), _TIME),
    "requester": (_("Quien pide"), _PERSON),
    "requester_name": (_("Nombre de quien pide"), _PERSON),
    "requester_email": (_("Correo de quien pide"), _PERSON),
    "requester_language": (_("Idioma de quien pide"), _PERSON),
    "requester_is_active": (_("Quien pide está activo"), _PERSON),
    "requester_is_registered": (_("Quien pide entra al portal"), _PERSON),
    "requester_zone": (_("Zona horaria de quien pide"), _PERSON),
    "requester_is_manager": (_("Quien pide es responsable"), _PERSON),
    "participants": (_("Participantes"), _PERSON),
    "organization": (_("Organización"), _PERSON),
    "organization_name": (_("Nombre de la organización"), _PERSON),
    "organization_language": (_("Idioma de la organización"), _PERSON),
    "organization_notes": (_("Notas de la organización"), _PERSON),
    "organization_blocked_at": (_("Organización bloqueada"), _PERSON),
    "is_covered": (_("Tiene un plan vigente"), _COVERAGE),
    "plan": (_("Plan"), _COVERAGE),
    "plan_status": (_("Estado del plan"), _COVERAGE),
    "rank": (_("Prioridad del plan"), _COVERAGE),
    "used_a_case": (_("Usó un caso del plan"), _COVERAGE),
    "sla_policy": (_("Promesa de respuesta"), _COVERAGE),
    "edition": (_("Edición"), _COVERAGE),
    "hosting": (_("Alojamiento"), _COVERAGE),
}

_OPS: dict[Op, Any] = {
    Op.ANY_OF: _("es"),
    Op.NONE_OF: _("no es"),
    Op.ALL_OF: _("incluye todos"),
    Op.CONTAINS: _("contiene"),
    Op.LACKS: _("no contiene"),
    Op.EQUALS: _("es igual a"),
    Op.DIFFERS: _("es distinto de"),
    Op.BEGINS: _("empieza con"),
    Op.ENDS: _("termina con"),
    Op.LIKE: _("se parece a (* es cualquier texto)"),
    Op.AT_LEAST: _("es como mínimo"),
    Op.AT_MOST: _("es como máximo"),
    Op.YES: _("sí"),
    Op.NO: _("no"),
    Op.BEFORE: _("antes del"),
    Op.AFTER: _("desde el"),
    Op.LONGER_AGO: _("hace al menos"),
    Op.WITHIN_LAST: _("hace menos de"),
    Op.WITHIN_NEXT: _("en menos de"),
    Op.EMPTY: _("está sin llenar"),
    Op.FILLED: _("está lleno"),
}
_SEVERAL: dict[Op, Any] = {Op.ANY_OF: _("incluye alguno de"), Op.NONE_OF: _("no incluye ninguno de")}
_INSTANT: dict[Op, Any] = {Op.EMPTY: _("no ha ocurrido"), Op.FILLED: _("ya ocurrió")}

UNITS = ((1, _("minutos")), (60, _("horas")), (1440, _("días")), (10080, _("semanas")))

INVALID: dict[str, Any] = {
    "shape": _("No se pudo leer esta condición. Ármela de nuevo."),
    "field": _("Elija qué se revisa."),
    "op": _("Elija cómo se compara."),
    "value": _("Falta con qué comparar, o no se entiende."),
    "too_deep": _("Hay demasiados grupos dentro de otros. Use cuatro niveles como máximo."),
    "too_many": _("Son demasiadas condiciones. Use 60 como máximo."),
}


def op_text(kind: Type, op: Op) -> str:
    """A test as it is said of a field of this type: `es`, `incluye alguno de`, `hace al menos`."""
    special = {Type.CHOICES: _SEVERAL, Type.INSTANT: _INSTANT}.get(kind, {})
    return str(special.get(op) or _OPS[op])
