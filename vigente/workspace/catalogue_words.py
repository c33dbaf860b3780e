"""What an import of the catalogue would change, in words: the file's names are for machines."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.billing.models import PlanVersion
from vigente.ui import formats

ACTIONS = {
    "add": gettext_lazy("Nuevo:"),
    "change": gettext_lazy("Cambia:"),
    "version": gettext_lazy("Versión nueva:"),
}
TABLES = {
    "business_hours": gettext_lazy("horario"),
    "sla_policies": gettext_lazy("plazos"),
    "products": gettext_lazy("producto"),
    "editions": gettext_lazy("edición"),
    "work_types": gettext_lazy("tipo de trabajo"),
    "plans": gettext_lazy("plan"),
}
FIELDS = {
    "price_minor": gettext_lazy("precio"),
    "pack_price_minor": gettext_lazy("precio del paquete extra"),
    "pack_cases": gettext_lazy("casos del paquete"),
    "cases": gettext_lazy("casos al mes"),
    "currency": gettext_lazy("moneda"),
    "rank": gettext_lazy("prioridad"),
    "allowance_minutes": gettext_lazy("ventaja en minutos"),
    "work": gettext_lazy("qué cubre"),
    "sla_policy": gettext_lazy("plazos"),
    "name": gettext_lazy("nombre"),
    "is_public": gettext_lazy("se ofrece"),
    "sold_until": gettext_lazy("se vende hasta"),
    "on_renewal": gettext_lazy("al renovar"),
    "holidays": gettext_lazy("feriados"),
    "time_zone": gettext_lazy("zona horaria"),
    "week": gettext_lazy("semana"),
    "units": gettext_lazy("casos que usa"),
    "first_reply_minutes": gettext_lazy("primera respuesta, en minutos hábiles"),
    "next_reply_minutes": gettext_lazy("respuestas siguientes, en minutos hábiles"),
    "resolution_minutes": gettext_lazy("resolución, en minutos hábiles"),
    "levels": gettext_lazy("por urgencia"),
    "warn_minutes": gettext_lazy("aviso antes de que venza, en minutos hábiles"),
    "warn_percent": gettext_lazy("aviso cuando queda este % del plazo"),
}


def said(items: list[Any]) -> list[dict[str, Any]]:
    """Each change as its page shows it: what happens to what, and every value before and after."""
    return [
        {
            "action": ACTIONS.get(item.action, item.action),
            "table": TABLES.get(item.table, item.table),
            "key": item.key,
            "fields": [
                (FIELDS.get(name, name), _value(name, a), _value(name, b)) for name, a, b in item.fields
            ],
        }
        for item in items
    ]


def _value(name: str, value: Any) -> str:
    if value is None:
        return _("sin límite") if name == "cases" else "—"
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if name.endswith("_minor"):
        return _money(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def _money(minor: int) -> str:
    """In the catalogue's currency: its own code stands in the line above when that changes too."""
    currency = PlanVersion.objects.values_list("currency", flat=True).order_by("-pk").first() or "USD"
    return formats.money(minor, currency)
