"""How the team automates its work: the rules in their order, what each would do and did, and those applied by hand."""

import secrets
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.automation import services
from vigente.automation.history import past
from vigente.automation.models import AutomationRule, AutomationRun
from vigente.automation.ready import READY, add_ready
from vigente.automation.running import buttons_for, press
from vigente.tickets.models import Ticket
from vigente.tickets.queries.merging import FIELDS
from vigente.ui.sorting import order_of, sorted_answer
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.automation_words import done_words, names_of, rule_words
from vigente.workspace.condition_choices import CaseChoices
from vigente.workspace.forms.automation import ApplyForm, RuleForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find

DAYS, SHOWN = 30, 50


def _rule(request: HttpRequest, pk: int) -> AutomationRule:
    rows = AutomationRule.objects.visible_to(person(request)).select_related("changed_by", "hours")
    found: AutomationRule = get_object_or_404(rows, pk=pk)
    return found


@supervisors
@require_GET
def automation(request: HttpRequest) -> HttpResponse:
    """All rules in their order, in words."""
    choices = CaseChoices(person(request))
    rules = AutomationRule.objects.visible_to(person(request)).select_related("hours")
    rows = [(rule, rule_words(rule, choices)) for rule in rules]
    return render(request, "workspace/automation/list.html", {"rows": rows, "ready": READY.items()})


@supervisors
@require_POST
def automation_ready(request: HttpRequest, ready: str) -> HttpResponse:
    """Add one of the rules that are ready, off."""
    if ready not in READY:
        raise Http404

    def run() -> str:
        add_ready(ready, actor=person(request), now=instant(request))
        return _("Agregada, apagada. Pruébela con el historial y enciéndala.")

    return attempt(request, run, reverse("workspace:automation"))


@supervisors
@require_GET
def automation_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One, with the log of what it did, newest first."""
    rule = _rule(request, pk)
    choices = CaseChoices(person(request))
    names = names_of(choices)
    after = request.GET.get("after", "")
    runs = AutomationRun.objects.filter(rule=rule).select_related("ticket", "pressed_by").order_by("-pk")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        runs = runs.filter(pk__lt=int(after))
    rows = list(runs[: SHOWN + 1])
    context = {
        "rule": rule,
        "words": rule_words(rule, choices),
        "rows": [(run, done_words(run.done, names)) for run in rows[:SHOWN]],
        "more": f"?after={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "",
        "erasable": not rows,
    }
    return render(request, "workspace/automation/rule.html", context)


@supervisors
@require_GET
def automation_past(request: HttpRequest, pk: int) -> HttpResponse:
    """What it would have done in the last days. Nothing is written."""
    rule = _rule(request, pk)
    found = past(rule, now=instant(request), days=DAYS)
    keys = list(found.cases[:SHOWN]) if found else []
    rows = Ticket.objects.visible_to(person(request)).select_related("organization").in_bulk(keys)
    context = {
        "rule": rule,
        "words": rule_words(rule, CaseChoices(person(request))),
        "found": found,
        "count": len(found.cases) if found else 0,
        "cases": [rows[key] for key in keys if key in rows],
        "days": DAYS,
    }
    return render(request, "workspace/automation/past.html", context)


def _edit(request: HttpRequest, rule: AutomationRule | None) -> HttpResponse:
    form = RuleForm(posted(request), rule=rule, user=person(request))
    action = Action(
        title=_("Cambiar “%(name)s”") % {"name": rule} if rule else _("Regla automática nueva"),
        submit=_("Guardar"),
        back=reverse("workspace:automation_rule", args=[rule.pk])
        if rule
        else reverse("workspace:automation"),
        template="workspace/automation/form.html",
        wide=True,
        context={"merge_fields": FIELDS.items()},
    )

    def run(data: dict[str, Any]) -> str:
        saved = services.save_rule(
            rule=rule,
            name=data["name"],
            trigger=data["trigger"],
            condition=data["condition"],
            actions=data["actions"],
            stop=data["stop"],
            hours=data["hours"],
            actor=person(request),
            now=instant(request),
        )
        action.back = reverse("workspace:automation_rule", args=[saved.pk])
        return _("Guardado.") if rule else _("Guardada, apagada. Pruébela con el historial y enciéndala.")

    return perform(request, action, form, run)


@supervisors
@both
def automation_new(request: HttpRequest) -> HttpResponse:
    """One more, off, after the others."""
    return _edit(request, None)


@supervisors
@both
def automation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """When, if, then."""
    return _edit(request, _rule(request, pk))


@supervisors
@require_POST
def automation_order(request: HttpRequest) -> HttpResponse:
    """The order in which they are looked at."""
    services.order_rules(order_of(request.POST))
    return sorted_answer(request, reverse("workspace:automation"))


@supervisors
@require_POST
def automation_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On from now, or off; undone by the same button."""
    rule = _rule(request, pk)

    def run() -> str:
        services.switch(rule=rule, on=not rule.is_on, actor=person(request), now=instant(request))
        text = _("“%(name)s” está apagada.") if rule.is_on else _("“%(name)s” está encendida.")
        return text % {"name": rule}

    undo = reverse("workspace:automation_switch", args=[pk])
    return attempt(request, run, reverse("workspace:automation_rule", args=[pk]), undo=undo)


@supervisors
@both
def automation_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Only one that never acted."""
    rule = _rule(request, pk)
    action = Action(
        title=_("Borrar “%(name)s”") % {"name": rule},
        submit=_("Borrar"),
        back=reverse("workspace:automation_rule", args=[pk]),
        notes=(_("Nunca actuó, así que no queda nada de ella."),),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.delete_rule(rule=rule)
        action.back = reverse("workspace:automation")
        return _("Borrada.")

    return perform(request, action, forms.Form(posted(request)), run)


@staff
@both
def case_automation(request: HttpRequest, number: int) -> HttpResponse:
    """Apply a rule to a case by hand: those that fit it now."""
    ticket, user = find(number, person(request)), person(request)
    rules = {rule.pk: rule for rule in buttons_for(ticket, now=instant(request))}
    choices = CaseChoices(user)
    said = {pk: rule_words(rule, choices) or {} for pk, rule in rules.items()}
    offered = [(pk, f"{rule}: {said[pk].get('then', '')}") for pk, rule in rules.items()]
    form = ApplyForm(posted(request), offered=offered, initial={"key": secrets.token_hex(16)})
    none = _("Ninguna regla que se aplique a mano corresponde a este caso. Se crean en Automatización.")
    action = Action(
        title=_("Aplicar una regla al caso %(number)s") % {"number": number},
        submit=_("Aplicar") if rules else "",
        back=back(ticket),
        notes=() if rules else (none,),
    )

    def run(data: dict[str, Any]) -> str:
        rule = rules[data["rule"]]
        did = press(rule=rule, ticket=ticket, user=user, key=data["key"], now=instant(request))
        if any("refused" in one for one in did.done):
            return _("Se aplicó “%(name)s”, y algo no se pudo hacer: está en su registro.") % {"name": rule}
        return _("Se aplicó “%(name)s”.") % {"name": rule}

    return perform(request, action, form, run)
