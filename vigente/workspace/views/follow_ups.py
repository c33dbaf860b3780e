"""Follow-ups of a case: an agent says when to come back to it, changes that, or takes it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.rules.automation import read_actions
from vigente.tickets.models import FollowUp, Ticket
from vigente.tickets.services.follow_ups import cancel_follow_up, set_follow_up
from vigente.ui import formats
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.follow_ups import FollowUpForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find


@staff
@both
def follow_up_new(request: HttpRequest, number: int) -> HttpResponse:
    """Come back to this case later."""
    return _edit(request, find(number, person(request)), None)


@staff
@both
def follow_up(request: HttpRequest, number: int, follow_up: int) -> HttpResponse:
    """Change one that is still to come."""
    ticket = find(number, person(request))
    return _edit(request, ticket, _one(request, ticket, follow_up))


def _one(request: HttpRequest, ticket: Ticket, pk: int) -> FollowUp:
    rows = FollowUp.objects.visible_to(person(request)).open().filter(ticket=ticket)
    found: FollowUp = get_object_or_404(rows, pk=pk)
    return found


def _edit(request: HttpRequest, ticket: Ticket, row: FollowUp | None) -> HttpResponse:
    user, now = person(request), instant(request)
    form = FollowUpForm(posted(request), follow_up=row)
    action = Action(
        title=_("Seguimiento del caso %(number)s") % {"number": ticket.number},
        submit=_("Guardar"),
        back=back(ticket),
        notes=(_("Cuando llegue la hora, el caso vuelve a quien lo tiene, con un aviso por correo."),),
    )

    def run(data: dict[str, Any]) -> str:
        rule = data["rule"]
        kept = read_actions(row.actions) if row is not None and row.actions and rule is None else ()
        due_at = form.due_at(now=now)
        set_follow_up(
            ticket=ticket,
            follow_up=row,
            due_at=due_at,
            note=data["note"],
            status=data["status"],
            cancel_on_reply=data["cancel_on_reply"],
            actions=read_actions(rule.actions) if rule else kept,
            actor=user,
            now=now,
        )
        return _("Se sigue %(when)s.") % {"when": formats.exact(due_at, timezone.get_current_timezone())}

    return perform(request, action, form, run)


@staff
@require_POST
def follow_up_removal(request: HttpRequest, number: int, follow_up: int) -> HttpResponse:
    """Come back no more."""
    ticket, user = find(number, person(request)), person(request)
    row = _one(request, ticket, follow_up)

    def run() -> str:
        cancel_follow_up(follow_up=row, actor=user, now=instant(request))
        return _("El seguimiento se quitó.")

    return attempt(request, run, reverse("workspace:case", args=[number]))
