"""One search for cases, organizations, people and licences."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.tickets.folding import Folded
from vigente.tickets.models import Ticket
from vigente.tickets.queries import queue_page
from vigente.tickets.queries.matching import words_of
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import asked

NEAR = 6


@staff
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Everything that holds every word. A case number alone opens the case."""
    text = asked(request)
    user = person(request)
    if text.isdecimal() and len(text) < 18:
        found = Ticket.objects.visible_to(user).filter(number=int(text)).first()
        if found is not None:
            return redirect("workspace:case", found.number)
    context: dict[str, object] = {"q": text, "is_line": False, "view_name": ""}
    if words_of(text):
        page = queue_page(user, view="all", text=text, cursor=request.GET.get("after"), now=instant(request))
        more = f"{reverse('workspace:search')}?{urlencode({'q': text, 'after': page.next_cursor})}"
        context |= {"page": page, "more": more if page.has_more else "", **_others(user, text)}
    return render(request, "workspace/queue/search.html", context)


def _others(user: User, text: str) -> dict[str, object]:
    """Organizations, people and licences that hold every word."""
    organizations = Organization.objects.visible_to(user).alias(plain=Folded("name"))
    people = User.objects.visible_to(user).alias(plain=Folded("name"), address=Folded("email"))
    for word in words_of(text):
        organizations = organizations.filter(plain__contains=word)
        people = people.filter(plain__contains=word) | people.filter(address__contains=word)
    licences = Licence.objects.visible_to(user).filter(key__istartswith=text)
    return {
        "organizations": organizations.order_by("name")[:NEAR],
        "people": people.order_by("name").prefetch_related("organizations")[:NEAR],
        "licences": licences.select_related("organization", "edition__product").order_by("key")[:NEAR],
    }
