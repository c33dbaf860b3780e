"""Mis casos: the list with its filters in the address, its search, and the same as CSV."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.portal.pages import customer, is_manager, page, seats
from vigente.portal.words import licence_name, standing
from vigente.rules.lifecycle import DONE, UNSOLVED
from vigente.tickets.models import Ticket
from vigente.tickets.models.tickets import TicketQuerySet
from vigente.tickets.queries import my_cases
from vigente.tickets.queries import search as search_cases
from vigente.ui.exports import csv_response

STATES = ("open", "done", "all")
FOUND_MAX = 50
EXPORT_MAX = 5000


@require_safe
@customer
def tickets(request: HttpRequest) -> HttpResponse:
    """`?status=open|done|all&whose=mine|all&q=…&after=cursor`."""
    state = request.GET.get("status", "open")
    state = state if state in STATES else "open"
    whose = "mine" if request.GET.get("whose") == "mine" else "all"
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    manages = any(is_manager(seat) for seat in seats(request))
    asked = {"status": state, "whose": whose, "q": text}
    context = {"state": state, "whose": whose, "text": text, "manages_any": manages, "owners": _owners(asked)}
    if text:
        context |= {"cases": _found(request, text, state, whose), "tabs": _tabs(asked, {})}
        return page(request, "tickets.html", context)
    found = my_cases(
        request.user, now=request.now, filter=state, cursor=request.GET.get("after"), mine=whose == "mine"
    )
    query = {"status": state, "whose": whose}
    context["more"] = f"?{urlencode({**query, 'after': found.next_cursor})}" if found.next_cursor else ""
    context |= {"cases": found.rows, "tabs": _tabs(asked, _counts(request, whose))}
    return page(request, "tickets.html", context)


def _tabs(asked: dict[str, str], counts: dict[str, int]) -> list[dict[str, object]]:
    """The states as links that keep the rest of the address."""
    labels = {"open": _("Abiertos"), "done": _("Terminados"), "all": _("Todos")}
    return [
        {
            "label": label,
            "url": _address(asked | {"status": state}),
            "current": asked["status"] == state,
            "count": counts.get(state),
        }
        for state, label in labels.items()
    ]


def _owners(asked: dict[str, str]) -> list[dict[str, object]]:
    labels = {"all": _("De la organización"), "mine": _("Solo los míos")}
    return [
        {"label": label, "url": _address(asked | {"whose": whose}), "current": asked["whose"] == whose}
        for whose, label in labels.items()
    ]


def _address(query: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in query.items() if value})


def _found(request: HttpRequest, text: str, state: str, whose: str) -> list[Ticket]:
    """A number goes straight to its case's row; words are searched."""
    cases = search_cases(request.user, text, now=request.now, limit=FOUND_MAX)
    states = {"open": UNSOLVED, "done": DONE}.get(state)
    mine = request.user.pk if whose == "mine" else None
    return [
        case
        for case in cases
        if (states is None or case.status in states) and (mine is None or case.requester_id == mine)
    ]


def _counts(request: HttpRequest, whose: str) -> dict[str, int]:
    cases = _visible(request, whose)
    return {
        "open": cases.filter(status__in=UNSOLVED).count(),
        "done": cases.filter(status__in=DONE).count(),
    }


def _visible(request: HttpRequest, whose: str) -> TicketQuerySet:
    cases = Ticket.objects.visible_to(request.user)
    return cases.filter(requester=request.user) if whose == "mine" else cases


@require_safe
@customer
def tickets_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list as a spreadsheet, by the same filters; the newest EXPORT_MAX."""
    state, whose = request.GET.get("status", "all"), request.GET.get("whose", "all")
    cases = _visible(request, whose)
    if state in ("open", "done"):
        cases = cases.filter(status__in=UNSOLVED if state == "open" else DONE)
    cases = cases.select_related(
        "organization", "licence__edition__product", "requester", "assignee", "work_type", "quotation"
    ).order_by("-accepted_at", "-id")[:EXPORT_MAX]
    columns = [
        _("Caso"), _("Asunto"), _("Estado"), _("Lo pidió"), _("Organización"), _("Instalación"), _("Tipo"),
        _("Lo tiene"), _("Recibido"), _("Última actividad"), _("Resuelto"), _("Usó casos"),
    ]  # fmt: skip
    return csv_response(_("casos"), columns, _rows(cases))


def _rows(cases: TicketQuerySet) -> Iterator[list[object]]:
    for case in cases:
        yield [
            case.number,
            case.subject,
            standing(case, getattr(case, "quotation", None)).word,
            case.requester,
            case.organization or "",
            licence_name(case.licence) if case.licence else "",
            case.work_type.name,
            case.assignee or "",
            case.accepted_at,
            case.last_activity_at,
            case.solved_at,
            _("Sí") if case.drawn else _("No"),
        ]


@require_safe
@customer
def search(request: HttpRequest) -> HttpResponse:
    """What an error page's search box asks: a case's number opens it, words are looked for in the list."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    if text.isdecimal() and len(text) < 15:
        number = int(text)
        if Ticket.objects.visible_to(request.user).filter(Q(number=number)).exists():
            return redirect("portal:ticket", number)
    return redirect(f"{reverse('portal:tickets')}?{urlencode({'status': 'all', 'q': text})}")
