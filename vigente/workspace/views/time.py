"""Working time of a case: noted apart from a message, or corrected."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from vigente.tickets.services.time import add_time, correct_time
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.case import TimeForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find


@staff
@both
def time(request: HttpRequest, number: int) -> HttpResponse:
    """Note minutes, or put others in place of what was noted; the history keeps both."""
    ticket, user, now = find(number, person(request)), person(request), instant(request)
    form = TimeForm(posted(request), ticket=ticket, user=user)
    action = Action(title=_("Tiempo de trabajo"), submit=_("Guardar"), back=back(ticket))

    def run(data: dict[str, Any]) -> str:
        if data["entry"] is None:
            add_time(ticket=ticket, user=user, minutes=data["minutes"], now=now)
        else:
            correct_time(entry=data["entry"], minutes=data["minutes"], actor=user, now=now)
        return _("Tiempo guardado.")

    return perform(request, action, form, run)
