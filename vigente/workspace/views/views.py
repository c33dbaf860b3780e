"""Saved views: each as a list of cases, the page of all of them, and the form."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.rules.conditions import ALWAYS, write
from vigente.rules.searching import read
from vigente.tickets.models import SavedView
from vigente.tickets.queries import queue_page, queue_rows
from vigente.tickets.queries.saved import COUNTED, ORDERS, cases_of, condition_of, saved_counts, views_for
from vigente.tickets.services import views as services
from vigente.ui.exports import csv_response
from vigente.ui.formats import number
from vigente.ui.sorting import order_of, sorted_answer
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, asked, perform, posted
from vigente.workspace.bulk_words import choosing_acts
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.forms.views import ViewForm
from vigente.workspace.glance import glance
from vigente.workspace.views.actions import both
from vigente.workspace.views.queue import PAGE, exported


@staff
@require_GET
def saved_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The cases of one view. `?after=` goes on, `?format=csv` exports, `?rows` only the rows."""
    row, user, now = _find(request, pk), person(request), instant(request)
    among = cases_of(row, user, now=now, zone=timezone.get_current_timezone())
    order = ORDERS[row.order]
    if request.GET.get("format") == "csv":
        rows = queue_rows(user, view=order, among=among, now=now)
        return csv_response(row.name, *exported(rows))
    near = None
    if read(row.search).plain:
        near = cases_of(row, user, now=now, zone=timezone.get_current_timezone(), one_by_one=True)
    cursor = request.GET.get("after")
    page = queue_page(user, view=order, among=among, near=near, now=now, cursor=cursor, limit=PAGE)
    here = reverse("workspace:saved_view", args=[pk])
    more = f"{here}?{urlencode({'after': page.next_cursor})}" if page.has_more else ""
    context = {"view": row, "page": page, "here": here, "more": more, "is_line": False, "view_name": ""}
    context |= {"of": urlencode({"list": "saved", "pk": pk}), "choosing_acts": choosing_acts()}
    if "rows" in request.GET:
        return render(request, "workspace/queue/rows.html", context)
    context["is_broken"] = condition_of(row) is None
    context["may_change"] = services.may_change(row, user)
    if page.rows:
        context["glance"] = glance(page.rows[0].ticket.number, user=user, now=now, shown=None)
    return render(request, "workspace/views/view.html", context)


@staff
@require_GET
def saved_views(request: HttpRequest) -> HttpResponse:
    """All one sees, in their order; `?nav` as the navigation lists them, with how many cases each holds."""
    user = person(request)
    if "nav" in request.GET:
        rows = views_for(user)
        found = saved_counts(user, rows, now=instant(request), zone=timezone.get_current_timezone())
        for row in rows:
            row.count = f"{COUNTED - 1}+" if found[row.pk] >= COUNTED else number(found[row.pk])  # type: ignore[attr-defined]
        return render(request, "workspace/views/nav.html", {"rows": rows})
    rows = list(SavedView.objects.visible_to(user).select_related("department", "owner"))
    for row in rows:
        row.is_mine = services.may_change(row, user)  # type: ignore[attr-defined]
    context = {
        "mine": [row for row in rows if row.is_mine],  # type: ignore[attr-defined]
        "others": [row for row in rows if not row.is_mine],  # type: ignore[attr-defined]
    }
    return render(request, "workspace/views/list.html", context)


@staff
@require_POST
def saved_view_order(request: HttpRequest) -> HttpResponse:
    """The new order of those one may change."""
    services.order_views(order=order_of(request.POST), actor=person(request))
    return sorted_answer(request, reverse("workspace:saved_views"))


@staff
@both
def saved_view_new(request: HttpRequest) -> HttpResponse:
    """Keep a new one; `?q=` begins with a search."""
    return _edit(request, None, _("Vista nueva"))


@staff
@both
def saved_view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one."""
    row = _find(request, pk)
    return _edit(request, row, _("Cambiar “%(name)s”") % {"name": row.name})


@staff
@both
def saved_view_deletion(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one; its cases stay."""
    row = _find(request, pk)
    action = Action(
        title=_("Borrar la vista “%(name)s”") % {"name": row.name},
        submit=_("Borrar"),
        back=reverse("workspace:saved_views"),
        notes=(_("Deja de aparecer para quien la ve. Los casos quedan como están."),),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.delete_view(view=row, actor=person(request))
        return _("Vista borrada.")

    return perform(request, action, ConfirmForm(posted(request)), run)


def _edit(request: HttpRequest, row: SavedView | None, title: str) -> HttpResponse:
    user = person(request)
    form = ViewForm(posted(request), user=user, view=row, initial=_initial(request, row))
    back = reverse("workspace:saved_view", args=[row.pk]) if row else reverse("workspace:saved_views")
    action = Action(title=title, submit=_("Guardar"), back=back, wide=True)

    def run(data: dict[str, Any]) -> str:
        saved = services.save_view(
            view=row,
            name=data["name"],
            sharing=data["sharing"],
            department=data["department"],
            search=data["search"],
            condition=data["condition"],
            order=data["order"],
            is_default=data.get("is_default", False),
            actor=user,
            now=instant(request),
        )
        action.back = reverse("workspace:saved_view", args=[saved.pk])
        return _("Vista guardada.")

    return perform(request, action, form, run)


def _initial(request: HttpRequest, row: SavedView | None) -> dict[str, Any]:
    if row is None:
        return {"search": asked(request), "condition": ALWAYS, "order": "newest", "sharing": "private"}
    return {
        "name": row.name,
        "search": row.search,
        "condition": condition_of(row) or write(ALWAYS),
        "order": row.order,
        "sharing": row.sharing,
        "department": row.department_id,
        "is_default": row.is_default,
    }


def _find(request: HttpRequest, pk: int) -> SavedView:
    rows = SavedView.objects.visible_to(person(request)).select_related("department", "owner")
    return get_object_or_404(rows, pk=pk)
