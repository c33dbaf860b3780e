"""Organizations: list, page, what is known about them, their books."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import Organization, User
from vigente.billing.queries import statement
from vigente.billing.services import organizations as services
from vigente.ui.exports import csv_response
from vigente.ui.wording import release_text
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, asked, attempt, perform, posted
from vigente.workspace.customers import STATES, organization_page, organizations_page
from vigente.workspace.forms.customers import BlockForm, OrganizationForm
from vigente.workspace.money.organization import organization_money
from vigente.workspace.views.actions import both
from vigente.workspace.words import movement_text, source_text


def find_organization(pk: int, user: User) -> Organization:
    """The organization, if this person may see it; else 404."""
    return get_object_or_404(Organization.objects.visible_to(user), pk=pk)


def page_of(organization: Organization) -> str:
    return reverse("workspace:organization", args=[organization.pk])


@staff
@require_GET
def organizations(request: HttpRequest) -> HttpResponseBase:
    """By name, narrowed by words and by state."""
    text, state = asked(request), request.GET.get("state", "all")
    if state not in STATES:
        raise Http404
    user = person(request)
    if request.GET.get("format") == "csv":
        page = organizations_page(user, text=text, state=state, limit=10_000)
        columns = [
            _("Organización"),
            _("Referencia"),
            _("Planes"),
            _("Licencias"),
            _("Casos abiertos"),
            _("Bloqueada"),
        ]
        rows = (
            (
                row.organization.name,
                row.organization.external_ref,
                ", ".join(plan.version.plan.name for plan in row.plans),
                row.organization.licence_count,  # type: ignore[attr-defined]
                row.organization.open_cases,  # type: ignore[attr-defined]
                row.organization.blocked_at,
            )
            for row in page.rows
        )
        return csv_response(_("organizaciones"), columns, rows)
    page = organizations_page(user, text=text, state=state, cursor=request.GET.get("after"))
    kept = {name: value for name, value in (("q", text), ("state", state)) if value and value != "all"}
    more = "?" + urlencode({**kept, "after": page.next_cursor}) if page.has_more else ""
    states = [
        ("all", _("Todas")),
        ("uncovered", _("Sin plan")),
        ("awaiting", _("Por confirmar")),
        ("ending", _("Terminan")),
        ("blocked", _("Bloqueadas")),
    ]
    context = {
        "page": page,
        "q": text,
        "state": state,
        "states": states,
        "more": more,
        "kept": urlencode(kept),
    }
    return render(request, "workspace/organizations/list.html", context)


@staff
@require_GET
def organization(request: HttpRequest, pk: int) -> HttpResponse:
    """People, licences, plans, books and cases of one organization."""
    found = find_organization(pk, person(request))
    user, now = person(request), instant(request)
    context = {
        "page": organization_page(found, user=user, now=now),
        "organization": found,
        "money": organization_money(found, now=now) if user.is_supervisor else None,
        "now": now,
    }
    return render(request, "workspace/organizations/page.html", context)


@staff
@both
def organization_new(request: HttpRequest) -> HttpResponse:
    """Register a company."""
    form = OrganizationForm(posted(request), instance=Organization(created_at=instant(request)))
    action = Action(
        title=_("Organización nueva"), submit=_("Registrar"), back=reverse("workspace:organizations")
    )

    def run(data: dict[str, Any]) -> str:
        made = form.save()
        action.back = page_of(made)
        return _("%(name)s quedó registrada.") % {"name": made}

    return perform(request, action, form, run)


@supervisors
@both
def organization_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known about it."""
    found = find_organization(pk, person(request))
    form = OrganizationForm(posted(request), instance=found)
    action = Action(title=_("Datos de la organización"), submit=_("Guardar"), back=page_of(found))

    def run(data: dict[str, Any]) -> str:
        form.save()
        return _("Guardado.")

    return perform(request, action, form, run)


@supervisors
@both
def organization_block(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept nothing new from it (row 40)."""
    found = find_organization(pk, person(request))
    form = BlockForm(posted(request))
    note = _(
        "No se acepta nada nuevo y las renovaciones se detienen. Los casos abiertos terminan por decisión suya. "
        "El cliente lee una frase neutral; el motivo es solo para el equipo."
    )
    action = Action(
        title=_("Bloquear a %(name)s") % {"name": found},
        submit=_("Bloquear"),
        back=page_of(found),
        notes=(note,),
        danger=True,
    )

    def run(data: dict[str, Any]) -> str:
        services.block(organization=found, reason=data["reason"], actor=person(request), now=instant(request))
        return _("Organización bloqueada.")

    return perform(request, action, form, run, undo=reverse("workspace:organization_unblock", args=[pk]))


@supervisors
@require_POST
def organization_unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept requests again."""
    found = find_organization(pk, person(request))

    def run() -> str:
        services.unblock(organization=found, actor=person(request), now=instant(request))
        return _("Organización desbloqueada.")

    return attempt(request, run, page_of(found))


@staff
@require_GET
def organization_statement(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The books for people: granted, used, returned, expired, when and why."""
    found = find_organization(pk, person(request))
    lines = statement(organization=found, now=instant(request), for_staff=True)[::-1]
    if request.GET.get("format") == "csv":
        columns = [
            _("Fecha"),
            _("Movimiento"),
            _("Casos"),
            _("De"),
            _("Caso"),
            _("Motivo"),
            _("Quedan"),
            _("Quién"),
        ]
        rows = (
            (
                line.at,
                movement_text(line),
                line.cases,
                source_text(line.grant_source),
                line.ticket_number,
                (release_text(line.reason) if line.reason else "") + (f" · {line.note}" if line.note else ""),
                line.left_after,
                line.actor,
            )
            for line in lines
        )
        return csv_response(f"{_('estado-de-cuenta')}-{pk}", columns, rows)
    return render(
        request,
        "workspace/organizations/statement.html",
        {"organization": found, "lines": lines[:500], "whole": True},
    )
