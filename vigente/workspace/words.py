"""How the workspace says things that only its people read: choices, consequences, what happened to a case."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.billing.models import Licence, Plan, WorkType
from vigente.billing.queries import StatementLine
from vigente.rules.reasons import Reason, Release
from vigente.tickets.models import Ticket
from vigente.ui import formats
from vigente.ui.wording import release_text

_RELEASES: Mapping[Release, Callable[[], str]] = {
    Release.SPAM: lambda: _("No es una solicitud (correo basura). Cierra el caso."),
    Release.OPENED_BY_MISTAKE: lambda: _("Lo abrimos por error. Cierra el caso. Cuenta como favor."),
    Release.SAME_PROBLEM: lambda: _("Es el mismo problema de un caso anterior. Cuenta como favor."),
    Release.VENDOR_FAULT: lambda: _("La falla era nuestra. Cuenta como favor."),
}


def release_choice(reason: Release) -> str:
    """A reason to give a case back, with what follows from it."""
    return _RELEASES[reason]()


def licence_name(licence: Licence | None) -> str:
    """`Inventario WEB · en nuestra nube · …7F2K`; with a label, that first."""
    if licence is None:
        return _("Toda la organización")
    name = f"{licence.edition} · {licence.get_hosting_display()} · …{licence.key[-4:]}"
    return f"{licence.label} · {name}" if licence.label else name


def classify_consequence(ticket: Ticket, work: WorkType) -> str:
    """What choosing a kind of work does to a case's draw and place, said before it is done (R9, rows 36, 44, 48)."""
    if work.pk == ticket.work_type_id:
        return _("Como está ahora.")
    if work.development:
        if ticket.drawn:
            return _(
                "Se devuelve el caso que usó y pasa a Por cotizar. El cliente recibe aviso y puede objetar una vez."
            )
        return _("Pasa a Por cotizar. No usa casos; el cliente recibe aviso y puede objetar una vez.")
    if work.always:
        return (
            _("Se atiende siempre. Se devuelve el caso que usó.")
            if ticket.drawn
            else _("Se atiende siempre, sin usar casos.")
        )
    before = ticket.work_type
    if before.development or before.always:
        return _(
            "Se decide de nuevo: usa %(units)s si el plan alcanza; si no, queda sin cobertura y se avisa al cliente."
        ) % {"units": units_text(work.units)}
    if ticket.drawn and before.units != work.units:
        return _("Cambia de peso: se devuelve lo usado y usa %(units)s, completo o nada.") % {
            "units": units_text(work.units)
        }
    return _("Sigue cubierto, sin cambios en sus casos.")


def named(reasons: Iterable[Reason]) -> list[Reason]:
    """Reasons with the name of the kind of work where they hold its code. One query, if any of them does."""
    reasons = list(reasons)
    if not any("work" in reason.params for reason in reasons):
        return reasons
    names = {work.code: work.name for work in WorkType.objects.all()}
    return [
        Reason(
            reason.code,
            {**reason.params, "work": names.get(str(reason.params["work"]), reason.params["work"])},
        )
        if "work" in reason.params
        else reason
        for reason in reasons
    ]


def units_text(units: int) -> str:
    """`1 caso`, `2 casos`."""
    return ngettext("%(n)s caso", "%(n)s casos", units) % {"n": formats.number(units)}


def favours_text(left: int | None) -> str:
    """How many favours a person may still make this month (row 39)."""
    if left is None:
        return _("Sus favores no tienen límite; quedan anotados en el panorama.")
    if not left:
        return _("Este mes ya hizo todos sus favores: los que siguen los decide un supervisor.")
    return ngettext("Le queda %(n)s favor este mes.", "Le quedan %(n)s favores este mes.", left) % {
        "n": formats.number(left)
    }


_MOVEMENTS: Mapping[str, Callable[[], str]] = {
    "draw": lambda: _("Usado por el caso"),
    "release": lambda: _("Devuelto"),
    "expiry": lambda: _("Vencidos sin usar"),
    "revoke": lambda: _("Anulados"),
}
_SOURCES: Mapping[str, Callable[[], str]] = {
    "period": lambda: _("Casos del mes"),
    "pack": lambda: _("Casos extra"),
    "legacy": lambda: _("Casos de un plan anterior"),
    "goodwill": lambda: _("Casos de cortesía"),
    "licence": lambda: _("Casos incluidos con la licencia"),
}


def source_text(code: str) -> str:
    """Where cases come from."""
    return _SOURCES[code]()


def movement_text(line: StatementLine) -> str:
    """A line of the books as people read it."""
    if line.kind == "grant":
        return source_text(line.grant_source)
    if line.kind == "release" and line.reason:
        return release_text(line.reason)
    return _MOVEMENTS[line.kind]()


def plan_name(plan: Plan) -> str:
    """A plan as staff tell it from others of its name: `Tienda · WEB · mensual`."""
    return f"{plan.name} · {plan.edition.code} · {plan.get_interval_display().lower()}"
