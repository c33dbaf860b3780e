"""The sentence of every reason code: for customers, and where it differs for the staff.

Customers are *usted* and read plain sentences without blame; the staff's are shorter and name the rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.rules.reasons import Code
from vigente.ui import formats


@dataclass(frozen=True)
class Facts:
    """The parameters of a code, ready to be said."""

    params: Mapping[str, Any]
    now: datetime | None = None

    def number(self, name: str) -> int | None:
        value = self.params.get(name)
        return int(value) if value is not None else None

    def text(self, name: str) -> str:
        return str(self.params.get(name) or "").strip()

    def _instant(self, name: str) -> datetime | None:
        value = self.params.get(name)
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")) if value else None

    def day(self, name: str) -> str:
        """The day of an instant: `1 de agosto`. Empty when unknown."""
        at = self._instant(name)
        return formats.day(at, zone=timezone.get_current_timezone(), now=self.now, long=True) if at else ""

    def last_day(self, name: str) -> str:
        """The last usable day before an end: `31 de julio`. Empty when unknown."""
        end = self._instant(name)
        return formats.last_day(end, zone=timezone.get_current_timezone(), now=self.now) if end else ""


Sentence = Callable[[Facts], str]


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def cases(count: int) -> str:
    """`1 caso`, `3 casos`."""
    return ngettext("%(n)s caso", "%(n)s casos", count) % {"n": formats.number(count)}


def _remaining(facts: Facts) -> str:
    left, day = facts.number("left"), facts.last_day("until")
    if left is None:
        return ""
    if left == 0:
        return (
            _("Es el último que le quedaba hasta el %(day)s.") % {"day": day}
            if day
            else _("Es el último que le quedaba.")
        )
    text = ngettext("Le queda %(n)s más", "Le quedan %(n)s más", left) % {"n": formats.number(left)}
    return _("%(text)s, hasta el %(day)s.") % {"text": text, "day": day} if day else f"{text}."


def _weighs(facts: Facts) -> str:
    units = facts.number("units") or 1
    return _("Este trabajo cuenta como %(cases)s.") % {"cases": cases(units)} if units > 1 else ""


def _grant_pays(facts: Facts) -> str:
    if facts.text("source") == "licence":
        return _join(_("Lo cubre el plan incluido con su licencia."), _weighs(facts), _remaining(facts))
    return _join(_("Lo cubre su plan."), _weighs(facts), _remaining(facts))


def _no_cases_left(facts: Facts) -> str:
    day = facts.day("renews")
    if not day:
        return _("Ya usó todos los casos de su plan.")
    return _("Ya usó todos los casos de este periodo. Los próximos llegan el %(day)s.") % {"day": day}


def _not_enough_units(facts: Facts) -> str:
    values = {"units": cases(facts.number("units") or 1), "left": formats.number(facts.number("left") or 0)}
    return _("Este trabajo cuenta como %(units)s y le quedan %(left)s.") % values


def _with_day(with_day: str, without: str, name: str, facts: Facts) -> str:
    day = facts.day(name)
    return with_day % {"day": day} if day else without


def _ended(with_day: str, without: str, facts: Facts) -> str:
    """By the last day it was good for, as everywhere: what ends as December begins ended in November."""
    day = facts.last_day("at")
    return with_day % {"day": day} if day else without


def _override(facts: Facts) -> str:
    reason = facts.text("reason")
    return (
        _("Autorizado por supervisión: %(reason)s") % {"reason": reason}
        if reason
        else _("Autorizado por supervisión.")
    )


def _follow_up(facts: Facts) -> str:
    number = facts.text("number")
    if not number:
        return _("Es el mismo problema de un caso anterior: no usa otro caso.")
    return _("Es el mismo problema del caso %(number)s: no usa otro caso.") % {"number": number}


def _staff_left(facts: Facts) -> str:
    left, day = facts.number("left"), facts.last_day("until")
    if left is None:
        return ""
    text = ngettext("Queda %(n)s", "Quedan %(n)s", left) % {"n": formats.number(left)}
    return _("%(text)s hasta el %(day)s.") % {"text": text, "day": day} if day else f"{text}."


CUSTOMER: dict[Code, Sentence] = {
    Code.GRANT_PAYS: _grant_pays,
    Code.UNLIMITED: lambda f: _("Lo cubre su plan, sin límite de casos."),
    Code.PACK_PAYS: lambda f: _join(_("Lo cubre un caso extra que usted compró."), _weighs(f), _remaining(f)),
    Code.LEGACY_PAYS: lambda f: _join(_("Lo cubre su plan anterior."), _weighs(f), _remaining(f)),
    Code.GOODWILL_PAYS: lambda f: _join(_("Lo cubre un caso de cortesía."), _weighs(f), _remaining(f)),
    Code.ALWAYS_ACCEPTED: lambda f: _("Esto lo atendemos siempre, tenga o no un plan. No usa casos."),
    Code.PLANS_NOT_YET_REQUIRED: lambda f: (
        _("Hasta el %(day)s no hace falta un plan para pedir ayuda. No usa casos.")
        % {"day": f.last_day("from")}
        if f.text("from")
        else _("Por ahora no hace falta un plan para pedir ayuda. No usa casos.")
    ),
    Code.QUOTED_APART: lambda f: _("Es una función nueva: no usa casos. Le enviaremos una cotización."),
    Code.STAFF_OVERRIDE: lambda f: _("Lo aceptamos como excepción."),
    Code.FOLLOW_UP_SAME_PROBLEM: _follow_up,
    Code.MERGED_BACK: lambda f: _("Este caso se había unido con otro y ahora sigue aparte."),
    Code.NO_PLAN: lambda f: _("Esta instalación todavía no tiene un plan de soporte."),
    Code.PLAN_ENDED: lambda f: _ended(
        _("Su plan de soporte terminó el %(day)s."), _("Su plan de soporte ya terminó."), f
    ),
    Code.PLAN_NOT_STARTED: lambda f: _with_day(
        _("Su plan de soporte empieza el %(day)s."), _("Su plan de soporte todavía no empieza."), "at", f
    ),
    Code.AWAITING_ACTIVATION: lambda f: _("Su plan está contratado; falta que confirmemos el pago."),
    Code.PAYMENT_OVERDUE: lambda f: _(
        "Su plan está suspendido: falta pagar su renovación. Al pagarla vuelve, con las mismas fechas."
    ),
    Code.GRACE_SPENT: lambda f: _(
        "Ya usó los casos que se pueden usar antes de pagar la renovación. Al pagarla vuelven los demás."
    ),
    Code.NO_CASES_LEFT: _no_cases_left,
    Code.NOT_ENOUGH_UNITS: _not_enough_units,
    Code.WORK_NOT_COVERED: lambda f: _("Su plan no incluye este tipo de trabajo."),
    Code.OTHER_LICENCE_COVERED: lambda f: _(
        "Otra de sus licencias sí tiene cobertura. Revise si eligió la correcta."
    ),
    Code.LICENCE_UNKNOWN: lambda f: _("Nos falta saber para cuál de sus licencias es."),
    Code.REQUESTER_UNKNOWN: lambda f: _(
        "No reconocemos esta dirección de correo. Entre al portal para confirmar quién es."
    ),
    Code.ORGANIZATION_BLOCKED: lambda f: _(
        "En este momento no podemos recibir solicitudes nuevas de su organización. Escríbanos para resolverlo."
    ),
    Code.DRAW_NOT_ALLOWED: lambda f: _(
        "En su organización solo algunas personas pueden usar los casos del plan."
    ),
    Code.NEEDS_APPROVAL: lambda f: _(
        "En su organización, una persona responsable aprueba cada caso. Ya le avisamos."
    ),
    Code.PORTAL_ONLY: lambda f: _(
        "Las solicitudes nuevas se registran en el portal. La suya ya está escrita ahí: solo falta enviarla."
    ),
    Code.MAIL_REFUSED: lambda f: _(
        "Esta dirección de correo no recibe solicitudes nuevas. Regístrela en el portal."
    ),
    Code.RENEWED_CHOOSE: lambda f: _(
        "Su plan se renovó mientras esta solicitud esperaba. Díganos si todavía la necesita."
    ),
    Code.SPLIT_UNANSWERED: lambda f: _(
        "Le propusimos tratarlo como un caso aparte y no tuvimos respuesta. Queda en espera."
    ),
    Code.CAUGHT_AS_SPAM: lambda f: _("La recibimos. Una persona la revisa antes de darle curso."),
    Code.CASE_IN_TRASH: lambda f: _(
        "El caso al que responde ya no está. Una persona va a leer lo que escribió."
    ),
}

STAFF: dict[Code, Sentence] = {
    Code.GRANT_PAYS: lambda f: _join(_("Lo paga el plan."), _staff_left(f)),
    Code.UNLIMITED: lambda f: _("Plan sin límite de casos."),
    Code.PACK_PAYS: lambda f: _join(_("Lo paga un paquete extra."), _staff_left(f)),
    Code.LEGACY_PAYS: lambda f: _join(_("Lo paga su plan anterior."), _staff_left(f)),
    Code.GOODWILL_PAYS: lambda f: _join(_("Lo paga un caso de cortesía."), _staff_left(f)),
    Code.ALWAYS_ACCEPTED: lambda f: _("Se atiende siempre; no descuenta."),
    Code.PLANS_NOT_YET_REQUIRED: lambda f: _with_day(
        _("Las reglas rigen desde el %(day)s: entra sin plan."),
        _("Las reglas aún no rigen: entra sin plan."),
        "from",
        f,
    ),
    Code.QUOTED_APART: lambda f: _("Desarrollo: va a «Por cotizar»; no descuenta."),
    Code.STAFF_OVERRIDE: _override,
    Code.NO_PLAN: lambda f: _("La licencia no tiene plan."),
    Code.PLAN_ENDED: lambda f: _ended(_("El plan terminó el %(day)s."), _("El plan ya terminó."), f),
    Code.PLAN_NOT_STARTED: lambda f: _with_day(
        _("El plan empieza el %(day)s."), _("El plan todavía no empieza."), "at", f
    ),
    Code.AWAITING_ACTIVATION: lambda f: _("Plan contratado, sin activar."),
    Code.PAYMENT_OVERDUE: lambda f: _("Suspendido: la renovación está sin pagar."),
    Code.GRACE_SPENT: lambda f: _("En gracia y sin casos: la renovación está sin pagar."),
    Code.NO_CASES_LEFT: lambda f: _with_day(_("Sin casos hasta el %(day)s."), _("Sin casos."), "renews", f),
    Code.WORK_NOT_COVERED: lambda f: (
        _("El plan no cubre este tipo de trabajo (%(work)s).") % {"work": f.text("work")}
    ),
    Code.OTHER_LICENCE_COVERED: lambda f: _("Otra licencia de la organización sí está cubierta."),
    Code.LICENCE_UNKNOWN: lambda f: _("No dijo para cuál licencia es."),
    Code.REQUESTER_UNKNOWN: lambda f: _("Nadie conocido con esa dirección."),
    Code.ORGANIZATION_BLOCKED: lambda f: _("La organización está bloqueada."),
    Code.DRAW_NOT_ALLOWED: lambda f: _("Esta persona no puede usar casos de su organización."),
    Code.NEEDS_APPROVAL: lambda f: _("Espera la aprobación de un responsable de la organización."),
    Code.PORTAL_ONLY: lambda f: _("Llegó por correo; las solicitudes nuevas entran por el portal."),
    Code.MAIL_REFUSED: lambda f: _("Llegó por correo, que no acepta solicitudes nuevas."),
    Code.RENEWED_CHOOSE: lambda f: _("El plan se renovó; falta que el cliente elija si aún la necesita."),
    Code.SPLIT_UNANSWERED: lambda f: _("El cliente no respondió a la separación."),
    Code.CAUGHT_AS_SPAM: lambda f: _("La atrapó una regla de spam."),
    Code.CASE_IN_TRASH: lambda f: _("Responde a un caso que está en la papelera."),
}
