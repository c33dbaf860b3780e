"""The trash: cases thrown away, restored whole until they are emptied."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import User
from vigente.tickets.models import HeldRequest, Message, Ticket, TrashedCase
from vigente.tickets.models.trash import KEPT
from vigente.tickets.queries.pages import after, pack, unpack
from vigente.tickets.services import trash as services
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import Action, attempt, perform, posted
from vigente.workspace.forms.trash import EmptyForm, TrashForm
from vigente.workspace.views.actions import back, both
from vigente.workspace.views.case import find

PAGE = 50


def _thrown(number: int, user: User) -> Ticket:
    rows = TrashedCase.objects.visible_to(user).filter(ticket__number=number)
    row = rows.select_related("ticket").first()
    if row is None:
        raise Http404
    return row.ticket


@staff
@require_GET
def trash(request: HttpRequest) -> HttpResponse:
    """What lies in the trash, the latest first, with how its first message begins. Two queries."""
    rows = TrashedCase.objects.visible_to(person(request)).filter(along_with__isnull=True)
    rows = rows.select_related("ticket__organization", "ticket__requester", "trashed_by")
    start = unpack(request.GET.get("after"), datetime, int)
    if start:
        rows = rows.filter(after(desc_trashed_at=start[0], desc_id=start[1]))
    found = list(rows.order_by("-trashed_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    more = f"?after={pack(shown[-1].trashed_at, shown[-1].pk)}" if len(found) > PAGE else ""
    begins: dict[int, str] = {}
    texts = Message.objects.filter(ticket__in=[row.ticket_id for row in shown], kind=Message.Kind.REPLY)
    for ticket, text in texts.order_by("-created_at", "-id").values_list("ticket", "text"):
        begins[ticket] = text[:200]
    for row in shown:
        row.begins = begins.get(row.ticket_id, "")  # type: ignore[attr-defined]
    return render(request, "workspace/trust/trash.html", {"rows": shown, "more": more})


@staff
@both
def trashing(request: HttpRequest, number: int) -> HttpResponse:
    """Throw a case away, saying why: that decides about the case it used (row 12)."""
    ticket = find(number, person(request))
    initial = {"why": "spam" if request.GET.get("why") == "spam" else ""}
    form = TrashForm(posted(request), initial=initial)
    note = _("Sale de todas las listas, también del portal. Se puede deshacer durante %(days)s días.")
    action = Action(
        title=_("Poner en la papelera"),
        submit=_("A la papelera"),
        back=back(ticket),
        notes=(note % {"days": KEPT.days},),
    )

    def run(data: dict[str, Any]) -> str:
        services.trash(
            ticket=ticket, actor=person(request), now=instant(request), why=data["why"], note=data["note"]
        )
        action.back = reverse("workspace:home")
        return _("Caso %(number)s en la papelera.") % {"number": number}

    return perform(request, action, form, run, undo=reverse("workspace:restoration", args=[number]))


@staff
@require_POST
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    """Bring it back, as it was."""
    ticket = _thrown(number, person(request))

    def run() -> str:
        result = services.restore(ticket=ticket, actor=person(request), now=instant(request))
        if isinstance(result, HeldRequest):
            return _("De vuelta, pero ya no hay cobertura: quedó sin cobertura y se avisó al cliente.")
        return _("Caso %(number)s de vuelta.") % {"number": number}

    return attempt(request, run, reverse("workspace:trash"))


@owners
@both
def emptying(request: HttpRequest, number: int) -> HttpResponse:
    """Erase what it says, for good."""
    ticket = _thrown(number, person(request))
    action = Action(
        title=_("Borrar para siempre el caso %(number)s") % {"number": number},
        submit=_("Borrar"),
        back=reverse("workspace:trash"),
        notes=(
            _("Se borran los mensajes y los archivos. El número y lo que usó del plan quedan en los libros."),
        ),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.empty(ticket=ticket, actor=person(request), now=instant(request))
        return _("Borrado.")

    return perform(request, action, EmptyForm(posted(request)), run)
