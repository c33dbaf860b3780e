"""The form of a rule of automation: when, if, then."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vigente.accounts.models import User
from vigente.automation.models import AutomationRule
from vigente.rules.automation import (
    LONGEST_TEXT,
    MOST_MINUTES,
    MOST_RUNS,
    Act,
    Action,
    After,
    Button,
    OnEvent,
    Trigger,
)
from vigente.sla.models import BusinessHours
from vigente.tickets.labels import status_choices
from vigente.ui.condition_words import UNITS
from vigente.ui.conditions import ConditionField
from vigente.workspace.automation_words import EVENTS, facts_of_time, mail_choices, names_of
from vigente.workspace.condition_choices import CaseChoices
from vigente.workspace.forms.follow_ups import MEANWHILE

NOBODY = "nobody"
OTHERS = [pair for pair in settings.LANGUAGES if pair[0] != settings.LANGUAGE_CODE]
HOUR, DAY = 60, 24 * 60
ORDER = (
    Act.NOTE, Act.UNTAG, Act.TAG, Act.SUBJECT, Act.WORK_TYPE, Act.SEVERITY, Act.DEPARTMENT, Act.ASSIGN, Act.MAIL,
    Act.WATCH, Act.UNWATCH, Act.COPY, Act.UNCOPY, Act.UNLOCK, Act.WEBHOOK, Act.REPLY, Act.STATUS, Act.LOCK,
    Act.FOLLOW_UP,
)  # fmt: skip


class RuleForm(forms.Form):
    """Cleans to `trigger`, `condition` and `actions`, which act in the order of `ORDER`."""

    name = forms.CharField(label=_("Nombre"), max_length=80)
    on = forms.ChoiceField(
        label=_("¿Cuándo?"), choices=AutomationRule.On.choices, widget=forms.RadioSelect, initial="event"
    )
    kinds = forms.MultipleChoiceField(
        label=_("Qué tiene que pasar"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, text) for kind, text in EVENTS.items()],
        help_text=_("Lo que hace otra regla no cuenta: así ninguna regla despierta a otra."),
    )  # fmt: skip
    amount = forms.IntegerField(label=_("Cuánto tiempo"), required=False, min_value=0, initial=1)
    unit = forms.TypedChoiceField(
        label=_("Unidad"), required=False, coerce=int, empty_value=DAY, choices=UNITS, initial=DAY
    )
    way = forms.ChoiceField(
        label=_("Antes o después"),
        required=False,
        choices=[("after", _("después de")), ("before", _("antes de"))],
    )
    fact = forms.ChoiceField(label=_("De qué momento"), required=False)
    most = forms.IntegerField(
        label=_("Cuántas veces por caso, como máximo"),
        required=False,
        min_value=1,
        max_value=MOST_RUNS,
        initial=1,
    )
    every = forms.IntegerField(
        label=_("Horas entre una vez y otra"), required=False, min_value=1, max_value=24 * 365, initial=24
    )
    note = forms.CharField(
        label=_("Escribir una nota interna"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea,
    )  # fmt: skip
    untag = forms.MultipleChoiceField(
        label=_("Quitar etiquetas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tag = forms.MultipleChoiceField(
        label=_("Poner etiquetas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    subject = forms.CharField(label=_("Cambiar el asunto a"), required=False, max_length=200)
    work_type = forms.ChoiceField(label=_("Tipo de trabajo"), required=False)
    severity = forms.ChoiceField(label=_("Urgencia"), required=False)
    department = forms.ChoiceField(label=_("Departamento"), required=False)
    assign = forms.ChoiceField(label=_("Técnico"), required=False)
    mail_to = forms.ChoiceField(label=_("Avisar por correo a"), required=False)
    mail = forms.CharField(
        label=_("Qué dice el aviso"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea
    )
    follow_up = forms.CharField(
        label=_("Seguirlo más tarde: para qué"), required=False, max_length=2000,
        help_text=_("El caso vuelve a quien lo tiene cuando llegue la hora, salvo que el cliente escriba antes."),
    )  # fmt: skip
    follow_amount = forms.IntegerField(label=_("Dentro de"), required=False, min_value=1, initial=2)
    follow_unit = forms.TypedChoiceField(
        label=_("Unidad"), required=False, coerce=int, empty_value=DAY, choices=UNITS, initial=DAY
    )
    follow_status = forms.ChoiceField(label=_("Mientras tanto"), required=False, choices=MEANWHILE)
    watch = forms.ChoiceField(label=_("Que lo vigile"), required=False)
    unwatch = forms.ChoiceField(label=_("Que ya no lo vigile"), required=False)
    copy = forms.EmailField(label=_("Poner en copia a"), required=False, max_length=254)
    uncopy = forms.EmailField(label=_("Quitar de las copias a"), required=False, max_length=254)
    door = forms.ChoiceField(
        label=_("Respuestas"), required=False,
        choices=[("", _("Como esté")), ("lock", _("Bloquear: no recibe más")), ("unlock", _("Desbloquear"))],
    )  # fmt: skip
    webhook = forms.ChoiceField(
        label=_("Llamar a un webhook"), required=False,
        help_text=_("Se agrega, se firma y se prueba en Webhooks."),
    )  # fmt: skip
    reply = forms.CharField(
        label=_("Responder al cliente"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea,
        help_text=_("Se marca como automática: no cumple ninguna promesa de respuesta."),
    )  # fmt: skip
    status = forms.ChoiceField(label=_("Estado"), required=False)
    hours = forms.ModelChoiceField(
        label=_("Solo en este horario"), required=False, queryset=BusinessHours.objects.order_by("name"),
        empty_label=_("A cualquier hora"),
        help_text=_("Fuera de él no actúa: lo que pasa entonces no la despierta; lo que cumple su tiempo, al abrir."),
    )  # fmt: skip
    stop = forms.BooleanField(
        label=_("Si esta actúa, no mirar las que siguen"), required=False,
        help_text=_("Las reglas se miran en su orden."),
    )  # fmt: skip

    def __init__(self, *args: Any, rule: AutomationRule | None = None, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = CaseChoices(user)
        self.fields["condition"] = ConditionField(
            offered=offered,
            label=_("¿En qué casos?"),
            required=False,
            help_text=_("Sin condiciones: en todos."),
        )
        names, same = names_of(offered), ("", _("Como esté"))
        statuses = [(value, name) for value, name, state in status_choices() if state != "new"]
        choices = {
            "fact": facts_of_time(),
            "untag": list(names.get("tags", {}).items()),
            "tag": list(names.get("tags", {}).items()),
            "work_type": [same, *names["work_type"].items()],
            "mail_to": [("", _("Nadie")), *mail_choices(names)],
            "watch": [("", _("Nadie")), *names["assignee"].items()],
            "unwatch": [("", _("Nadie")), *names["assignee"].items()],
            "webhook": [("", _("Ninguno")), *names["webhook"].items()],
            "severity": [same, *names["severity"].items()],
            "department": [same, *names["department"].items()],
            "assign": [same, (NOBODY, _("Nadie: vuelve a la fila")), *names["assignee"].items()],
            "status": [same, *statuses],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        for code, language in OTHERS:
            label = _("Responder a quien lee en %(language)s") % {"language": str(language).lower()}
            self.fields[f"reply_{code}"] = forms.CharField(
                label=label, required=False, max_length=LONGEST_TEXT, widget=forms.Textarea,
                help_text=_("En blanco: el mismo texto."),
            )  # fmt: skip
        if len(self.fields["webhook"].choices) == 1:  # type: ignore[attr-defined]
            del self.fields["webhook"]
        for name in ("tag", "untag"):
            if not names.get("tags"):
                del self.fields[name]
        if rule is not None:
            self.initial = _initial(rule)

    def other_replies(self) -> list[forms.BoundField]:
        """The texts for those who read another language than the vendor's."""
        return [self[f"reply_{code}"] for code, _name in OTHERS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["trigger"] = self._trigger(data)
        data["actions"] = tuple(_actions(data))
        if bool(data.get("mail_to")) != bool((data.get("mail") or "").strip()):
            self.add_error("mail" if data.get("mail_to") else "mail_to", _("Diga a quién se avisa, y qué."))
        if not data["actions"] and not self.errors:
            self.add_error(None, _("Elija al menos una cosa que la regla haga."))
        return data

    def _trigger(self, data: dict[str, Any]) -> Trigger:
        if data.get("on") == "event":
            if not data.get("kinds"):
                self.add_error("kinds", _("Marque al menos una."))
            return OnEvent(frozenset(data.get("kinds") or ()))
        if data.get("on") != "time":
            return Button()
        minutes = (data.get("amount") or 0) * (data.get("unit") or DAY)
        if minutes > MOST_MINUTES:
            self.add_error("amount", _("Un año como máximo."))
        if not data.get("fact"):
            self.add_error("fact", _("Elija el momento."))
        way = -1 if data.get("way") == "before" else 1
        every, most = (data.get("every") or 24) * HOUR, data.get("most") or 1
        return After(data.get("fact") or "", way * minutes, every, most)


def _actions(data: dict[str, Any]) -> list[Action]:
    found = []
    for act in ORDER:
        value = data.get(act.value)
        for one in value if isinstance(value, list) else [value]:
            if act is Act.ASSIGN and one == NOBODY:
                found.append(Action(Act.UNASSIGN))
            elif act is Act.MAIL and one:
                found.append(Action(act, one, to=data.get("mail_to") or ""))
            elif act is Act.FOLLOW_UP:
                found += _later(data)
            elif act in (Act.LOCK, Act.UNLOCK):
                found += [Action(act)] if data.get("door") == act.value else []
            elif act is Act.REPLY:
                found += _reply(data)
            elif one and one.strip():
                found.append(Action(act, one))
    return found


def _later(data: dict[str, Any]) -> list[Action]:
    minutes = (data.get("follow_amount") or 1) * (data.get("follow_unit") or DAY)
    to = f"{min(minutes, MOST_MINUTES)}:{data.get('follow_status') or ''}".rstrip(":")
    note = (data.get("follow_up") or "").strip()
    return [Action(Act.FOLLOW_UP, note, to=to)] if note else []


def _reply(data: dict[str, Any]) -> list[Action]:
    """The reply, with the texts of other languages; written in one of those alone, that is for everybody."""
    others = {code: text for code, _name in OTHERS if (text := (data.get(f"reply_{code}") or "").strip())}
    text = (data.get("reply") or "").strip() or next(iter(others.values()), "")
    by_language = tuple(sorted((code, one) for code, one in others.items() if one != text))
    return [Action(Act.REPLY, text, by_language=by_language)] if text else []


def _initial(rule: AutomationRule) -> dict[str, Any]:
    value = rule.value()
    found: dict[str, Any] = {"name": rule.name, "on": rule.on, "stop": rule.stop, "hours": rule.hours_id}
    if value is None:
        return found
    found["condition"] = value.condition
    if isinstance(value.trigger, OnEvent):
        found["kinds"] = list(value.trigger.kinds)
    elif isinstance(value.trigger, After):
        minutes = abs(value.trigger.minutes)
        unit = next((one for one, _text in reversed(UNITS) if minutes and minutes % one == 0), HOUR)
        found |= {"amount": minutes // unit, "unit": unit, "fact": value.trigger.fact}
        found |= {"way": "before" if value.trigger.minutes < 0 else "after"}
        found |= {"most": value.trigger.most, "every": value.trigger.every // HOUR}
    for action in value.actions:
        if action.act in (Act.TAG, Act.UNTAG):
            found.setdefault(action.act.value, []).append(action.value)
        elif action.act is Act.UNASSIGN:
            found["assign"] = NOBODY
        elif action.act in (Act.LOCK, Act.UNLOCK):
            found["door"] = action.act.value
        else:
            found[action.act.value] = action.value
            found |= {f"reply_{code}": text for code, text in action.by_language}
        if action.act is Act.FOLLOW_UP:
            minutes, _colon, status = action.to.partition(":")
            unit = next(one for one, _text in reversed(UNITS) if int(minutes) % one == 0)
            found |= {"follow_amount": int(minutes) // unit, "follow_unit": unit, "follow_status": status}
        elif action.to:
            found["mail_to"] = action.to
    return found


class ApplyForm(forms.Form):
    """Which rule a person applies to a case. `offered`: with what each would do. `key`: pressed twice is once."""

    rule = forms.TypedChoiceField(label=_("Regla"), coerce=int, widget=forms.RadioSelect)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = offered  # type: ignore[attr-defined]
