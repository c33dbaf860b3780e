"""The lists of cases, the next case, and the glance at one from the list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import User
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.queries import version_of
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.tickets.models import CustomField, Department, SavedView
from vigente.tickets.queries import VIEWS, Page, Row, counts, queue_page, queue_rows
from vigente.tickets.services.work import take_next
from vigente.ui.exports import csv_response
from vigente.ui.feedback import refused
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, staff
from vigente.workspace.bulk_words import choosing_acts
from vigente.workspace.glance import Glance, glance
from vigente.workspace.narrowing import department_of, narrowed_by
from vigente.workspace.templatetags.desk import count_texts

PAGE = 50
TITLES = {
    "line": lambda: _("En la fila"),
    "mine": lambda: _("Míos"),
    "waiting": lambda: _("Esperando al cliente"),
    "quotation": lambda: _("Por cotizar"),
    "solved": lambda: _("Resueltos"),
    "all": lambda: _("Todos"),
}


@staff
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The workspace begins at the line, or at the saved view one chose."""
    chosen = SavedView.objects.filter(owner=person(request), is_default=True).first()
    return redirect("workspace:saved_view", chosen.pk) if chosen else redirect("workspace:queue")


@staff
@require_GET
def queue(request: HttpRequest, view: str = "line") -> HttpResponseBase:
    """A view of cases in its order. `?department=` narrows it, `?after=` goes on, `?format=csv` exports, `?rows`
    only the rows.
    """
    if view not in VIEWS:
        raise Http404
    now, user = instant(request), person(request)
    departments = list(Department.objects.all())
    own = list(user.departments.values_list("pk", flat=True))
    chosen, ids = department_of(
        request.GET.get("department", ""), user, view=view, departments=departments, own=own
    )
    rulebook = rulebook_at(now)
    narrowed, kept = narrowed_by(request.GET, now=now)
    if request.GET.get("format") == "csv":
        rows = queue_rows(user, view=view, now=now, departments=ids, narrowed=narrowed)
        return csv_response(f"{_('casos')}-{view}", *exported(rows))
    page = queue_page(
        user,
        view=view,
        now=now,
        cursor=request.GET.get("after"),
        limit=PAGE,
        departments=ids,
        rulebook=rulebook,
        narrowed=narrowed,
    )
    is_narrowed = bool(narrowed)
    if "department" in request.GET:
        kept["department"] = request.GET["department"]
    here = reverse("workspace:queue", args=[view])
    context = {
        "view_name": view,
        "title": TITLES[view](),
        "page": page,
        "here": here,
        "kept": urlencode(kept),
        "of": urlencode({"list": view, **kept}),
        "choosing_acts": choosing_acts(),
        "more": f"{here}?{urlencode({**kept, 'after': page.next_cursor})}" if page.has_more else "",
        "is_line": VIEWS[view].is_line,
        "is_narrowed": is_narrowed,
        "only_late": "late" in kept,
        "next_key": "n",
    }
    if "rows" in request.GET:
        return render(request, "workspace/queue/rows.html", context)
    context |= {
        "departments": departments,
        "chosen": chosen,
        "rulebook": rulebook,
        "has_own": bool(own),
        "glance": _first(page, user=user, now=now, shown=ids, rulebook=rulebook),
    }
    return render(request, "workspace/queue/queue.html", context)


def _first(
    page: Page[Row], *, user: User, now: datetime, shown: list[int] | None, rulebook: Rulebook
) -> Glance | None:
    """The rail for the case on top."""
    if not page.rows:
        return None
    return glance(page.rows[0].ticket.number, user=user, now=now, shown=shown, rulebook=rulebook)


def exported(rows: Iterable[Row]) -> tuple[list[str], Iterator[Iterator[object]]]:
    """An export of cases: its heads, and its rows as they are sent. The vendor's own fields come last."""
    own = list(CustomField.objects.all())
    return [*_columns(), *(str(field) for field in own)], (_cells(row, own) for row in rows)


def _columns() -> list[str]:
    return [_("Lugar"), _("Caso"), _("Asunto"), _("Organización"), _("Plan"), _("Estado"), _("Departamento"),
            _("Técnico"), _("Tipo"), _("Aceptado"), _("Plazo"), _("Etiquetas")]  # fmt: skip


def _cells(row: Row, own: Iterable[CustomField]) -> Iterator[object]:
    ticket = row.ticket
    yield from (
        row.place,
        ticket.number,
        ticket.subject,
        ticket.organization,
        row.plan,
        ticket.get_status_display(),
    )
    yield from (ticket.department, ticket.assignee, ticket.work_type, ticket.accepted_at, ticket.due_at)
    yield ", ".join(str(tag) for tag in ticket.tags.all())
    values = {one.field_id: one.value for one in ticket.field_values.all()}
    yield from (field.said(values[field.pk]) if field.pk in values else "" for field in own)


@staff
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """ "Siguiente caso": the right one, to nobody else (R10)."""
    try:
        ticket = take_next(agent=person(request), now=instant(request))
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("workspace:queue")
    if ticket is None:
        refused(request, _("No hay casos esperando en su fila. Cuando entre uno, aparecerá aquí."))
        return redirect("workspace:queue")
    return redirect("workspace:case", ticket.number)


@staff
@require_GET
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """The right rail for the case under the cursor of a list. `shown`: the departments the list counts places in."""
    user = person(request)
    wanted, view = request.GET.get("department", ""), request.GET.get("view", "line")
    shown = department_of(wanted, user, view=view)[1]
    seen = glance(number, user=user, now=instant(request), shown=shown)
    if seen is None:
        raise Http404
    return render(request, "workspace/queue/glance.html", {"glance": seen})


@staff
@require_GET
def view_counts(request: HttpRequest) -> JsonResponse:
    """How many cases each view holds, for the navigation to keep itself current."""
    return JsonResponse(count_texts(counts(person(request), now=instant(request))))


@staff
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Whether anything happened to a case since `?since=`, the version last seen: 204 when nothing did."""
    version = version_of("ticket:", "held:")
    if request.GET.get("since") == version:
        return HttpResponse(status=204)
    return JsonResponse({"version": version})
