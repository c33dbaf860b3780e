"""What an agent does to a case: take, assign, state, urgency, department. One small view per noun."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vigente.accounts.models import User
from vigente.tickets.labels import severity_name, status_choices
from vigente.tickets.models import Ticket
from vigente.tickets.services import conversation, work
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, attempt, back_to, perform, posted
from vigente.workspace.forms.case import AssignForm, DepartmentForm, SeverityForm, StatusForm
from vigente.workspace.views.case import find

both = require_http_methods(["GET", "HEAD", "POST"])


def back(ticket: Ticket) -> str:
    """The case's own page."""
    return reverse("workspace:case", args=[ticket.number])


@staff
@both
def assignment(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to somebody, or back to the line."""
    ticket, user = find(number, person(request)), person(request)
    form = AssignForm(posted(request), initial={"assignee": ticket.assignee_id or user.pk})
    action = Action(
        title=_("Asignar el caso %(number)s") % {"number": number}, submit=_("Asignar"), back=back(ticket)
    )

    def run(data: dict[str, Any]) -> str:
        assignee: User | None = data["assignee"]
        work.assign(ticket=ticket, assignee=assignee, actor=user, now=instant(request))
        return _("Asignado a %(name)s.") % {"name": assignee} if assignee else _("Vuelve a la fila.")

    return perform(request, action, form, run)


@staff
@require_POST
def taking(request: HttpRequest, number: int) -> HttpResponse:
    """Take it oneself; undone by giving it back."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        work.assign(ticket=ticket, assignee=user, actor=user, now=instant(request))
        return _("El caso %(number)s es suyo.") % {"number": number}

    undo = reverse("workspace:untaking", args=[number]) if ticket.assignee_id is None else ""
    return attempt(request, run, back_to(request, back(ticket)), undo=undo)


@staff
@require_POST
def untaking(request: HttpRequest, number: int) -> HttpResponse:
    """Give it back to the line."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        work.assign(ticket=ticket, assignee=None, actor=user, now=instant(request))
        return _("Vuelve a la fila.")

    return attempt(request, run, back_to(request, back(ticket)))


@staff
@require_POST
def solution(request: HttpRequest, number: int) -> HttpResponse:
    """Solved; undone by opening it again."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        work.solve(ticket=ticket, actor=user, now=instant(request))
        return _("Caso %(number)s resuelto.") % {"number": number}

    return attempt(
        request, run, back_to(request, back(ticket)), undo=reverse("workspace:reopening", args=[number])
    )


@staff
@require_POST
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    """Open it again."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        conversation.reopen(ticket=ticket, actor=user, now=instant(request))
        return _("Caso %(number)s abierto de nuevo.") % {"number": number}

    return attempt(request, run, back_to(request, back(ticket)))


@staff
@both
def status(request: HttpRequest, number: int) -> HttpResponse:
    """Move it to another state."""
    ticket = find(number, person(request))
    form = StatusForm(posted(request), ticket=ticket)
    action = Action(
        title=_("Estado del caso %(number)s") % {"number": number},
        submit=_("Cambiar estado"),
        back=back(ticket),
    )

    def run(data: dict[str, Any]) -> str:
        work.change_status(ticket=ticket, status=data["status"], actor=person(request), now=instant(request))
        name = next(name for value, name, _state in status_choices() if value == data["status"])
        return _("Queda en %(status)s.") % {"status": name.lower()}

    return perform(request, action, form, run)


@staff
@both
def severity(request: HttpRequest, number: int) -> HttpResponse:
    """Raise or lower it inside its rank."""
    ticket = find(number, person(request))
    form = SeverityForm(posted(request), initial={"severity": ticket.severity})
    note = _("Mueve el caso dentro de su plan. Nunca lo pone antes de un plan mejor.")
    action = Action(title=_("Urgencia"), submit=_("Guardar"), back=back(ticket), notes=(note,))

    def run(data: dict[str, Any]) -> str:
        work.set_severity(
            ticket=ticket, severity=data["severity"], actor=person(request), now=instant(request)
        )
        return _("Urgencia %(severity)s.") % {"severity": severity_name(data["severity"]).lower()}

    return perform(request, action, form, run)


@staff
@both
def department(request: HttpRequest, number: int) -> HttpResponse:
    """Pass it to another team."""
    ticket = find(number, person(request))
    form = DepartmentForm(posted(request), initial={"department": ticket.department_id})
    note = _("Si su técnico no es de ese departamento, vuelve a la fila sin técnico.")
    action = Action(title=_("Pasar a otro departamento"), submit=_("Pasar"), back=back(ticket), notes=(note,))

    def run(data: dict[str, Any]) -> str:
        work.set_department(
            ticket=ticket,
            department=data["department"],
            why=data["why"],
            actor=person(request),
            now=instant(request),
        )
        return _("Pasó a %(name)s.") % {"name": data["department"]}

    return perform(request, action, form, run)
