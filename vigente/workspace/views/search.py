"""One search for cases, held requests, organizations, people and licences; operators narrow it to cases."""

from datetime import datetime, tzinfo
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.accounts.models import Organization, User
from vigente.billing.models import Licence
from vigente.rules.searching import Search, read
from vigente.tickets.folding import Folded
from vigente.tickets.models import Ticket
from vigente.tickets.queries import queue_page, queue_rows
from vigente.tickets.queries.matching import words_of
from vigente.tickets.queries.searching import found, held_found
from vigente.ui.exports import csv_response
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import asked
from vigente.workspace.bulk_words import choosing_acts
from vigente.workspace.search_words import OPERATORS, help_rows, problem_texts
from vigente.workspace.views.held import rows_of
from vigente.workspace.views.queue import exported

NEAR = 6


@staff
@require_GET
def search(request: HttpRequest) -> HttpResponseBase:
    """Everything of which every part is true. A case number alone opens the case; `?format=csv` exports the cases."""
    text, now, user = asked(request), instant(request), person(request)
    wanted, zone = read(text), timezone.get_current_timezone()
    if wanted.number is not None:
        case = Ticket.objects.visible_to(user).filter(number=wanted.number).first()
        if case is not None:
            return redirect("workspace:case", case.number)
    context: dict[str, object] = {
        "q": text,
        "kept": urlencode({"q": text}),
        "problems": problem_texts(wanted),
        "help": help_rows(),
        "is_line": False,
        "view_name": "",
    }
    if not wanted:
        return render(request, "workspace/queue/search.html", context)
    if wanted.is_held:
        return render(request, "workspace/queue/search.html", context | _held(request, wanted, now, zone))
    cases = found(user, wanted, now=now, zone=zone)
    if request.GET.get("format") == "csv":
        rows = queue_rows(user, view="all", among=cases, now=now)
        return csv_response(_("búsqueda"), *exported(rows))
    near = found(user, wanted, now=now, zone=zone, one_by_one=True) if wanted.plain else None
    page = queue_page(user, view="all", among=cases, near=near, cursor=request.GET.get("after"), now=now)
    context |= {"of": urlencode({"list": "search", "q": text}), "choosing_acts": choosing_acts()}
    context |= {"page": page, "more": _more(text, page.next_cursor), **_others(user, wanted)}
    return render(request, "workspace/queue/search.html", context)


def _held(request: HttpRequest, wanted: Search, now: datetime, zone: tzinfo) -> dict[str, object]:
    page = held_found(person(request), wanted, now=now, zone=zone, cursor=request.GET.get("after"))
    more = _more(asked(request), page.next_cursor)
    return {"rows": rows_of(page.rows, now=now), "view": "pending", "more": more}


def _more(text: str, cursor: str) -> str:
    return f"{reverse('workspace:search')}?{urlencode({'q': text, 'after': cursor})}" if cursor else ""


def _others(user: User, wanted: Search) -> dict[str, object]:
    """Organizations, people and licences that hold every word; none when operators ask for cases."""
    text = wanted.plain
    if not words_of(text) or any(term.kind in OPERATORS or term.negated for term in wanted.terms):
        return {}
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
