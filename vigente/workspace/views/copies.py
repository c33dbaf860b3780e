"""Who else is written our replies in a case."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.tickets.services import copies
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.case import CopyForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find


@staff
@both
def copying(request: HttpRequest, number: int) -> HttpResponse:
    """Put somebody in copy."""
    ticket, user = find(number, person(request)), person(request)
    notes = (
        _("Recibirá por correo lo que respondamos desde ahora. Si es de la organización del cliente y tiene cuenta, "
          "también verá el caso y podrá responder; si no, lo que conteste queda como nota interna."),
    )  # fmt: skip
    action = Action(title=_("Agregar una copia"), submit=_("Agregar"), back=back(ticket), notes=notes)

    def run(data: dict[str, Any]) -> str:
        new = copies.add_copy(
            ticket=ticket, email=data["email"], hidden=data["hidden"], actor=user, now=instant(request)
        )
        words = _("%(email)s recibirá nuestras respuestas.") if new else _("%(email)s ya las recibía.")
        return words % {"email": data["email"].strip()}

    return perform(request, action, CopyForm(posted(request)), run)


@staff
@require_POST
def uncopying(request: HttpRequest, number: int) -> HttpResponse:
    """Take them out again."""
    ticket, user = find(number, person(request)), person(request)
    email = request.POST.get("email", "")[:254]

    def run() -> str:
        copies.remove_copy(ticket=ticket, email=email, actor=user, now=instant(request))
        return _("%(email)s ya no recibe copia.") % {"email": email}

    return attempt(request, run, back(ticket))
