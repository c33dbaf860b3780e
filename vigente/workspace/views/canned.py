"""Saved replies: the list, the form, and the picker of the composer."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.accounts.models import User
from vigente.rules.folding import fold
from vigente.rules.merge import fill
from vigente.tickets.models import CannedResponse, Ticket
from vigente.tickets.queries.merging import FIELDS, merge_values
from vigente.tickets.services import canned
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, asked, perform, posted
from vigente.workspace.forms.canned import ResponseForm
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.views.actions import both
from vigente.workspace.views.case import find

MOST_LISTED = 200
MOST_OFFERED = 20


@staff
@require_GET
def responses(request: HttpRequest) -> HttpResponse:
    """Those one may use, by title, with how often they are."""
    q, user = asked(request), person(request)
    rows = CannedResponse.objects.visible_to(user).select_related("department", "owner")
    found = [row for row in rows if _fits(row, q)]
    for row in found:
        row.is_mine = canned.may_change(row, user)  # type: ignore[attr-defined]
    context = {"rows": found[:MOST_LISTED], "more": len(found) > MOST_LISTED, "q": q}
    return render(request, "workspace/canned/list.html", context)


@staff
@both
def response_new(request: HttpRequest) -> HttpResponse:
    """Write one."""
    return _edit(request, None, _("Respuesta guardada nueva"))


@staff
@both
def response(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    row = _find(request, pk)
    return _edit(request, row, _("Cambiar “%(title)s”") % {"title": row.title})


def _edit(request: HttpRequest, row: CannedResponse | None, title: str) -> HttpResponse:
    form = ResponseForm(posted(request), user=person(request), response=row)
    action = Action(
        title=title,
        submit=_("Guardar"),
        back=reverse("workspace:responses"),
        template="workspace/canned/form.html",
        wide=True,
        context={"merge_fields": FIELDS.items(), "row": row},
    )

    def run(data: dict[str, Any]) -> str:
        canned.save_response(
            response=row,
            title=data["title"],
            texts=form.texts(),
            tags=data["tags"].split(","),
            sharing=data["sharing"],
            department=data["department"],
            actor=person(request),
            now=instant(request),
        )
        return _("Respuesta guardada.")

    return perform(request, action, form, run)


@staff
@both
def response_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one."""
    row = _find(request, pk)
    note = _("Deja de ofrecerse. Lo que ya se escribió con ella queda como está.")
    action = Action(
        title=_("Borrar “%(title)s”") % {"title": row.title},
        submit=_("Borrar"),
        back=reverse("workspace:responses"),
        notes=(note,),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        canned.delete_response(response=row, actor=person(request))
        return _("Respuesta borrada.")

    return perform(request, action, ConfirmForm(posted(request)), run)


@staff
@require_GET
def case_responses(request: HttpRequest, number: int) -> JsonResponse:
    """For the composer: those that fit `q`, filled in for this case in its requester's language, most used first."""
    user = person(request)
    ticket = find(number, user)
    rows = CannedResponse.objects.visible_to(user).order_by("-uses", "title", "id")
    found = [row for row in rows if _fits(row, asked(request))][:MOST_OFFERED]
    return JsonResponse({"rows": _offered(found, ticket, user, now=instant(request))})


def _offered(
    found: list[CannedResponse], ticket: Ticket, user: User, *, now: datetime
) -> list[dict[str, Any]]:
    if not found:
        return []
    language = ticket.requester.language
    values = merge_values(ticket, user, now=now, language=language)
    filled = [(row, fill(row.text_in(language), values)) for row in found]
    return [
        {
            "id": row.pk,
            "title": row.title,
            "tags": " · ".join(row.tags),
            "text": text.text,
            "missing": ", ".join(str(FIELDS[name]) for name in text.missing if name in FIELDS),
        }
        for row, text in filled
    ]


def _fits(row: CannedResponse, q: str) -> bool:
    """Every word of the question stands in its title, tags or texts."""
    if not q:
        return True
    said = fold(" ".join([row.title, *row.tags, *row.texts.values()]))
    return all(word in said for word in fold(q).split())


def _find(request: HttpRequest, pk: int) -> CannedResponse:
    rows = CannedResponse.objects.visible_to(person(request)).select_related("department", "owner")
    return get_object_or_404(rows, pk=pk)
