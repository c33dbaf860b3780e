"""Rules that are ready: what most teams want, added with one click, off, to be looked at and changed like any other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.automation.models import AutomationRule
from vigente.automation.services import save_rule
from vigente.events.kinds import Kind
from vigente.rules.automation import Act, Action, After, OnEvent, Trigger
from vigente.rules.conditions import Check, Condition, Group, Op
from vigente.rules.lifecycle import Status

HOUR, DAY = 60, 24 * 60
WAITING = Check("status", Op.ANY_OF, (Status.WAITING_CUSTOMER.value,))
UNTAKEN = Group(
    every=True,
    parts=(Check("status", Op.ANY_OF, (Status.NEW.value, Status.OPEN.value)), Check("assignee", Op.EMPTY)),
)
UNSOLVED = Check("status", Op.NONE_OF, (Status.SOLVED.value, Status.CLOSED.value))
_REMINDER = _(
    "Buenos días, {{ requester.first_name }}. Todavía esperamos su respuesta para seguir con el caso "
    "{{ ticket.number }}. Si no la tenemos en cuatro días, lo cerraremos."
)
_CLOSING = _(
    "Cerramos el caso {{ ticket.number }} porque no tuvimos su respuesta. Si todavía lo necesita, escríbanos."
)


@dataclass(frozen=True, slots=True)
class Ready:
    """One of them. `actions`: made when it is added, in the languages of its readers."""

    name: Any
    why: Any
    trigger: Trigger
    condition: Condition
    actions: Callable[[], tuple[Action, ...]]


def _reply(text: Any) -> Action:
    by_language = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            by_language[code] = str(text)
    value = by_language.pop(settings.LANGUAGE_CODE, str(text))
    return Action(Act.REPLY, value, by_language=tuple(sorted(by_language.items())))


READY: dict[str, Ready] = {
    "remind": Ready(
        _("Recordar a quien no responde"),
        _("Tres días sin respuesta del cliente: se le recuerda."),
        After("last_activity_at", 3 * DAY, every=7 * DAY, most=5),
        WAITING,
        lambda: (_reply(_REMINDER),),
    ),
    "close": Ready(
        _("Cerrar lo que quedó sin respuesta"),
        _("Siete días sin respuesta del cliente: se le dice y se cierra."),
        After("last_activity_at", 7 * DAY, every=DAY, most=5),
        WAITING,
        lambda: (_reply(_CLOSING), Action(Act.STATUS, Status.CLOSED.value)),
    ),
    "untaken": Ready(
        _("Avisar de lo que nadie toma"),
        _("Una hora en la fila sin técnico: se avisa a su departamento."),
        After("accepted_at", HOUR),
        UNTAKEN,
        lambda: (Action(Act.MAIL, str(_("Nadie ha tomado el caso {{ ticket.number }}.")), to="department"),),
    ),
    "escalate": Ready(
        _("Escalar lo que está por vencer"),
        _("Una promesa está por vencer: se avisa a quien tiene el caso."),
        OnEvent(frozenset({Kind.PROMISE_NEAR.value})),
        UNSOLVED,
        lambda: (Action(Act.MAIL, str(_("Está por vencer una promesa del caso {{ ticket.number }}.")), to="assignee"),),
    ),
    "broken": Ready(
        _("Avisar de lo que se venció"),
        _("Una promesa no se cumplió: se avisa a quienes supervisan."),
        OnEvent(frozenset({Kind.PROMISE_BROKEN.value})),
        UNSOLVED,
        lambda: (Action(Act.MAIL, str(_("Se venció una promesa del caso {{ ticket.number }}.")), to="supervisors"),),
    ),
}  # fmt: skip


def add_ready(key: str, *, actor: User, now: datetime) -> AutomationRule:
    """Add one, off and after the others, named in the language that is active. Raises Refused if it is there."""
    one = READY[key]
    return save_rule(
        rule=None,
        name=str(one.name),
        trigger=one.trigger,
        condition=one.condition,
        actions=one.actions(),
        stop=False,
        actor=actor,
        now=now,
    )
