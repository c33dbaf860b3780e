"""The tags of a case, put on and taken off where they stand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from vigente.rules.refusal import Refused
from vigente.tickets.models import Tag, Ticket
from vigente.tickets.services.structure import tag_case, tag_named, untag_case
from vigente.ui.feedback import refused
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, staff
from vigente.workspace.views.actions import both
from vigente.workspace.views.case import find


@staff
@both
def case_tags(request: HttpRequest, number: int) -> HttpResponse:
    """GET: what may be put on it, for the field. POST `add` (a name) or `remove` (a key)."""
    ticket = find(number, person(request))
    if request.method != "POST":
        offered = Tag.objects.offered().exclude(tickets=ticket)
        return render(request, "workspace/structure/tag_options.html", {"offered": offered})
    typed = " ".join(request.POST.get("add", "").split())[:200]
    wrong = _change(request, ticket, typed)
    if not request.headers.get("HX-Request"):
        if wrong:
            refused(request, wrong)
        return redirect(f"{reverse('workspace:case', args=[number])}#tags")
    context = {
        "ticket": ticket,
        "tags": ticket.tags.all(),
        "typed": typed if wrong else "",
        "wrong": wrong,
        "swapped": True,
    }
    return render(request, "workspace/structure/case_tags.html", context, status=422 if wrong else 200)


def _change(request: HttpRequest, ticket: Ticket, typed: str) -> str:
    """What is wrong, in words; nothing if it was done."""
    actor, now, key = person(request), instant(request), request.POST.get("remove", "")
    try:
        if key.isascii() and key.isdecimal() and len(key) < 19:
            gone = get_object_or_404(Tag.objects.visible_to(actor), pk=int(key))
            untag_case(ticket=ticket, tags=[gone], actor=actor, now=now)
            return ""
        found = tag_named(typed)
        if found is None:
            return _("No hay ninguna etiqueta con ese nombre. Elija una de la lista.")
        tag_case(ticket=ticket, tags=[found], actor=actor, now=now)
    except Refused as refusal:
        return refusal_text(refusal)
    return ""
