"""What the page of a case sends while it is open: the draft as it is typed, and that somebody is there."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from vigente.rules.refusal import Refused
from vigente.tickets.queries.company import Colleague, company, replied_since
from vigente.tickets.services import drafts
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, staff
from vigente.workspace.views.case import find


@staff
@require_POST
def case_draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is in the composer."""
    ticket = find(number, person(request))
    try:
        drafts.save_draft(
            ticket=ticket,
            author=person(request),
            kind=request.POST.get("kind", ""),
            body=request.POST.get("body", ""),
            now=instant(request),
        )
    except Refused as refusal:
        return JsonResponse({"error": refusal_text(refusal)}, status=422)
    return HttpResponse(status=204)


@staff
@require_POST
def case_presence(request: HttpRequest, number: int) -> JsonResponse:
    """I am here; who else is, and has somebody replied after the message `latest`?"""
    user, now = person(request), instant(request)
    ticket = find(number, user)
    drafts.be_present(ticket=ticket, user=user, now=now)
    found = company(ticket, user, now=now)
    latest = request.POST.get("latest", "")
    seen = int(latest) if latest.isascii() and latest.isdigit() and len(latest) < 19 else None
    said = replied_since(ticket, user, seen) if seen is not None else None
    return JsonResponse({
        "typing": _names(found, lambda one: one.typing),
        "here": _names(found, lambda one: one.here and not one.typing),
        "drafts": _names(found, lambda one: one.draft_at is not None and not one.here),
        "replied": str(said.author or said.author_name) if said else "",
        "show": f"{reverse('workspace:case', args=[number])}#m{said.pk}" if said else "",
    })  # fmt: skip


def _names(found: list[Colleague], wanted: Any) -> str:
    return ", ".join(one.name for one in found if wanted(one))
