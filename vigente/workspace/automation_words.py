"""Rules of automation in the reader's words: when, if, then, and what became of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vigente.automation.models import AutomationRule
from vigente.automation.running import KINDS
from vigente.events.kinds import Kind
from vigente.rules.automation import TO_PERSON, Act, Action, After, OnEvent, Trigger, read_actions
from vigente.rules.conditions import Type
from vigente.rules.refusal import RefusalCode
from vigente.tickets.queries.facts import FIELDS, Column
from vigente.ui import formats
from vigente.ui.condition_words import FIELDS as WORDS
from vigente.ui.conditions import sentence
from vigente.webhooks.models import Endpoint
from vigente.workspace.condition_choices import CaseChoices

EVENTS: Mapping[Kind, Any] = {
    Kind.TICKET_ACCEPTED: gettext_lazy("Entra un caso"),
    Kind.TICKET_REPLIED: gettext_lazy("Alguien responde"),
    Kind.TICKET_NOTED: gettext_lazy("Se escribe una nota"),
    Kind.TICKET_ASSIGNED: gettext_lazy("Cambia de técnico o de departamento"),
    Kind.TICKET_STATUS_CHANGED: gettext_lazy("Cambia de estado sin terminar"),
    Kind.TICKET_SOLVED: gettext_lazy("Se resuelve"),
    Kind.TICKET_CLOSED: gettext_lazy("Se cierra"),
    Kind.TICKET_REOPENED: gettext_lazy("Se abre de nuevo"),
    Kind.TICKET_CLASSIFIED: gettext_lazy("Cambia el tipo de trabajo"),
    Kind.TICKET_SEVERITY_CHANGED: gettext_lazy("Cambia la urgencia"),
    Kind.TICKET_TAGGED: gettext_lazy("Se le pone una etiqueta"),
    Kind.TICKET_UNTAGGED: gettext_lazy("Se le quita una etiqueta"),
    Kind.TICKET_RELEASED: gettext_lazy("Se devuelve el caso usado"),
    Kind.TICKET_MERGED: gettext_lazy("Se une a otro"),
    Kind.PROMISE_NEAR: gettext_lazy("Una promesa está por vencer"),
    Kind.PROMISE_BROKEN: gettext_lazy("Una promesa no se cumplió"),
}
assert set(EVENTS) == set(KINDS)

_ACTS: Mapping[Act, Callable[[str], str]] = {
    Act.STATUS: lambda value: _("pasar a %(value)s") % {"value": value},
    Act.ASSIGN: lambda value: _("asignar a %(value)s") % {"value": value},
    Act.UNASSIGN: lambda value: _("devolver a la fila"),
    Act.DEPARTMENT: lambda value: _("pasar al departamento %(value)s") % {"value": value},
    Act.SEVERITY: lambda value: _("poner urgencia %(value)s") % {"value": value},
    Act.TAG: lambda value: _("poner la etiqueta %(value)s") % {"value": value},
    Act.UNTAG: lambda value: _("quitar la etiqueta %(value)s") % {"value": value},
    Act.NOTE: lambda value: _("escribir la nota «%(value)s»") % {"value": value[:80]},
    Act.WORK_TYPE: lambda value: _("poner el tipo de trabajo %(value)s") % {"value": value},
    Act.SUBJECT: lambda value: _("cambiar el asunto a «%(value)s»") % {"value": value},
    Act.REPLY: lambda value: _("responder al cliente «%(value)s»") % {"value": value[:80]},
    Act.LOCK: lambda value: _("bloquear el caso"),
    Act.UNLOCK: lambda value: _("desbloquear el caso"),
    Act.WATCH: lambda value: _("que lo vigile %(value)s") % {"value": value},
    Act.UNWATCH: lambda value: _("que ya no lo vigile %(value)s") % {"value": value},
    Act.COPY: lambda value: _("poner en copia a %(value)s") % {"value": value},
    Act.UNCOPY: lambda value: _("quitar de las copias a %(value)s") % {"value": value},
    Act.WEBHOOK: lambda value: _("llamar a %(value)s") % {"value": value},
}
_NAMED = {
    Act.STATUS: "status",
    Act.ASSIGN: "assignee",
    Act.DEPARTMENT: "department",
    Act.SEVERITY: "severity",
    Act.TAG: "tags",
    Act.UNTAG: "tags",
    Act.WORK_TYPE: "work_type",
    Act.WEBHOOK: "webhook",
    Act.WATCH: "assignee",
    Act.UNWATCH: "assignee",
}  # the field whose choices name its value


def facts_of_time() -> list[tuple[str, str]]:
    """The instants a timed rule may count from, as choices."""
    return [
        (name, str(WORDS[name][0]))
        for name, field in FIELDS.items()
        if isinstance(field, Column) and field.type is Type.INSTANT and name in WORDS
    ]


def trigger_text(trigger: Trigger) -> str:
    """`Alguien responde`, `2 días después de: Última actividad`, `Al aplicarla a mano`."""
    if isinstance(trigger, OnEvent):
        return " · ".join(str(text) for kind, text in EVENTS.items() if kind.value in trigger.kinds)
    if not isinstance(trigger, After):
        return _("Alguien la aplica a mano")
    fact = str(WORDS[trigger.fact][0]) if trigger.fact in WORDS else trigger.fact
    span = formats.span_in_words(abs(trigger.minutes))
    values = {"span": span, "fact": fact}
    said = _("%(span)s antes de: %(fact)s") if trigger.minutes < 0 else _("%(span)s después de: %(fact)s")
    if trigger.most == 1:
        return said % values
    again = ngettext("hasta %(most)s vez", "hasta %(most)s veces", trigger.most)
    every = _("cada %(span)s") % {"span": formats.span_in_words(trigger.every)}
    return f"{said % values} · {again % {'most': trigger.most}}, {every}"


def action_text(action: Action, names: Mapping[str, Mapping[str, str]]) -> str:
    """`pasar a Resuelto`. `names`: by field, what its values are called."""
    field = _NAMED.get(action.act)
    known = names.get(field, {}) if field else {}
    if action.act is Act.STATUS:
        known = {**names.get("label", {}), **known}
    value = known.get(action.value, _("(ya no existe)")) if field else action.value
    if action.act is Act.MAIL:
        who = dict(mail_choices(names)).get(action.to, _("(ya no existe)"))
        return _("avisar por correo a %(who)s: «%(value)s»") % {"who": who, "value": value[:80]}
    if action.act is Act.FOLLOW_UP:
        span = formats.span_in_words(int(action.to.partition(":")[0]))
        return _("seguirlo dentro de %(span)s: «%(value)s»") % {"span": span, "value": value[:80]}
    return _ACTS[action.act](value)


def names_of(choices: CaseChoices) -> dict[str, dict[str, str]]:
    """What the values of listed fields, and the webhooks that are on, are called."""
    webhooks = Endpoint.objects.filter(is_active=True)  # by name only: address and secret stay the owner's
    return {offer.name: dict(offer.choices) for offer in choices.offers()} | {
        "webhook": {str(one.pk): str(one) for one in webhooks}
    }


def mail_choices(names: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """Who of the desk a rule may write to."""
    people = [(f"{TO_PERSON}{pk}", name) for pk, name in names["assignee"].items()]
    return [
        ("assignee", _("Quien tiene el caso")),
        ("department", _("El departamento del caso")),
        ("supervisors", _("Supervisores y dueños")),
        *people,
    ]


def actions_text(actions: Iterable[Action], names: Mapping[str, Mapping[str, str]]) -> str:
    """All of them, in their order."""
    return ", ".join(action_text(one, names) for one in actions)


def rule_words(rule: AutomationRule, choices: CaseChoices) -> dict[str, str] | None:
    """`when`, `if` (empty: always) and `then` of a rule; None when it cannot be read any more."""
    value = rule.value()
    if value is None:
        return None
    return {
        "when": trigger_text(value.trigger),
        "condition": sentence(value.condition, choices),
        "then": actions_text(value.actions, names_of(choices)),
    }


_REFUSED: Mapping[RefusalCode, Callable[[], str]] = {
    RefusalCode.WRONG_STATE: lambda: _("el caso no lo permitía en ese estado"),
    RefusalCode.CASE_LOCKED: lambda: _("el caso está bloqueado"),
    RefusalCode.ENOUGH_ANSWERED: lambda: _("el caso ya tuvo muchas respuestas automáticas hoy"),
    RefusalCode.INVALID_VALUE: lambda: _("lo que se nombra ya no existe o no está activo"),
}


def done_words(done: list[dict[str, str]], names: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    """What a run did: `text`, and `refused` with why it was not done."""
    rows = []
    for one in done:
        (action,) = read_actions([one])
        code = one.get("refused")
        known = RefusalCode(code) if code in set(RefusalCode) else None
        why = ""
        if code:
            why = _REFUSED[known]() if known is not None and known in _REFUSED else _("no se pudo")
        rows.append({"text": action_text(action, names), "refused": why})
    return rows
