"""Spam: what the rules caught, let in with one click; the rules, tried before they are saved."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.rules.spam import SpamRule as Rule
from vigente.rules.spam import Where, first_that_catches
from vigente.tickets.models import HeldRequest, SpamRule, Ticket
from vigente.tickets.queries.pages import after, pack, unpack
from vigente.tickets.services import spam as services
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, attempt, perform, posted, show
from vigente.workspace.forms.spam import ConfirmForm, SpamRuleForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find

PAGE = 50


@staff
@require_GET
def spam(request: HttpRequest) -> HttpResponse:
    """What was caught, the latest first. One query."""
    rows = HeldRequest.objects.visible_to(person(request)).filter(status=HeldRequest.Status.SPAM)
    rows = rows.select_related("organization", "caught_by")
    start = unpack(request.GET.get("after"), datetime, int)
    if start:
        rows = rows.filter(after(desc_received_at=start[0], desc_id=start[1]))
    found = list(rows.order_by("-received_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    more = f"?after={pack(shown[-1].received_at, shown[-1].pk)}" if len(found) > PAGE else ""
    return render(request, "workspace/trust/spam.html", {"rows": shown, "more": more})


@staff
@require_POST
def spam_release(request: HttpRequest, pk: int) -> HttpResponse:
    """It is none: it is decided as any request."""
    held = get_object_or_404(HeldRequest.objects.visible_to(person(request)), pk=pk)

    def run() -> str:
        result = services.release(held=held, actor=person(request), now=instant(request))
        if isinstance(result, Ticket):
            return _("Ya es el caso %(number)s.") % {"number": result.number}
        return _("No hay cobertura: quedó en “Sin cobertura” y se avisó a quien escribió.")

    return attempt(request, run, reverse("workspace:spam"))


@supervisors
@require_GET
def spam_rules(request: HttpRequest) -> HttpResponse:
    """The rules, with how many each has caught."""
    rows = SpamRule.objects.select_related("made_by")[:500]
    return render(request, "workspace/trust/spam_rules.html", {"rows": rows})


@supervisors
@both
def spam_rule_new(request: HttpRequest) -> HttpResponse:
    """One more."""
    return _edit(request, None, _("Regla de spam nueva"))


@supervisors
@both
def spam_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _edit(request, get_object_or_404(SpamRule, pk=pk), _("Regla de spam"))


def _edit(request: HttpRequest, rule: SpamRule | None, title: str) -> HttpResponse:
    names = ("where", "words", "is_pattern", "is_on")
    initial = {name: getattr(rule, name) for name in names} if rule else None
    form = SpamRuleForm(posted(request), initial=initial)
    action = Action(
        title=title,
        submit=_("Guardar"),
        back=reverse("workspace:spam_rules"),
        template="workspace/trust/spam_rule.html",
    )
    if "try" in request.POST:
        if form.is_valid():
            action.notes = (_tried(form.cleaned_data),)
        return show(request, action, form, status=200 if form.is_valid() else 422)

    def run(data: dict[str, Any]) -> str:
        wanted = services.Wanted(**{name: data[name] for name in names})
        services.save_rule(wanted=wanted, actor=person(request), now=instant(request), rule=rule)
        return _("Guardado.")

    return perform(request, action, form, run)


def _tried(data: dict[str, Any]) -> str:
    """Whether the rule would catch the sample."""
    rule = Rule(0, Where(data["where"]), data["words"], data["is_pattern"])
    first = data["sample"].strip().split("\n", 1)[0].strip()
    sender = first if "@" in first and " " not in first else ""
    caught = first_that_catches([rule], subject="", text=data["sample"], sender=sender)
    return _("Sí: la regla atraparía ese texto.") if caught else _("No: la regla dejaría pasar ese texto.")


@supervisors
@both
def spam_rule_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one."""
    rule = get_object_or_404(SpamRule, pk=pk)
    note = _("Lo que atrapó se queda en la lista de spam.")
    action = Action(
        title=_("Eliminar la regla “%(words)s”") % {"words": rule.words},
        submit=_("Eliminar"),
        back=reverse("workspace:spam_rules"),
        notes=(note,),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.remove_rule(rule=rule, actor=person(request), now=instant(request))
        return _("Eliminada.")

    return perform(request, action, ConfirmForm(posted(request)), run)


@staff
@both
def sender_block(request: HttpRequest, number: int) -> HttpResponse:
    """Nothing more from who asked this case."""
    ticket = find(number, person(request))
    note = _(
        "Lo próximo que escriba %(sender)s irá a la lista de spam, y este caso a la papelera: se devuelve el que usó."
    )
    action = Action(
        title=_("Bloquear a %(sender)s") % {"sender": ticket.requester.email},
        submit=_("Bloquear"),
        back=back(ticket),
        notes=(note % {"sender": ticket.requester.email},),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.block_sender(ticket=ticket, actor=person(request), now=instant(request))
        action.back = reverse("workspace:home")
        return _("Bloqueado; el caso está en la papelera.")

    undo = reverse("workspace:restoration", args=[number])
    return perform(request, action, ConfirmForm(posted(request)), run, undo=undo)
