"""The first step: customers from a spreadsheet. Looked at row by row, then brought in piece by piece."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import Invitation, Membership, Organization
from vigente.accounts.services import invite
from vigente.billing.models import CustomerImport
from vigente.billing.services import csv_import_runs as runs
from vigente.billing.services.csv_import import Plan, Result
from vigente.billing.services.csv_import_checks import Known
from vigente.billing.services.csv_import_reading import (
    Fault,
    ImportFileError,
    Problem,
    Row,
)
from vigente.ui.exports import csv_response
from vigente.workspace.access import instant, owners, person, supervisors
from vigente.workspace.answers import attempt, posted
from vigente.workspace.forms.switch import CustomersForm
from vigente.workspace.import_words import column_text, does_text, headings, made_text, problem_text
from vigente.workspace.switch import frame
from vigente.workspace.views.actions import both

SHOWN = 100
INVITED_AT_ONCE = 100
KINDS = ("organization", "licence", "legacy", "hosting", "label", "reference")


@supervisors
@both
def switch_customers(request: HttpRequest) -> HttpResponse:
    """Choose a file; the next page shows what it would do, row by row."""
    now = instant(request)
    form = CustomersForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST":
        if not person(request).is_owner:
            raise PermissionDenied
        if form.is_valid():
            name = form.cleaned_data.get("name", "")
            try:
                run = runs.begin(text=form.cleaned_data["text"], name=name, actor=person(request), now=now)
            except ImportFileError as error:
                for problem in error.problems:
                    form.add_error(None, problem_text(problem))
            else:
                return redirect("workspace:switch_import", run.pk)
    context = {"form": form, "runs": CustomerImport.objects.select_related("author")[:5]}
    status = 422 if form.is_bound else 200
    return render(
        request, "workspace/switch/customers.html", context | frame("customers", now=now), status=status
    )


def shown(tried: Plan) -> dict[str, Any]:
    """A plan for the page: counts, what is wrong, and the first rows."""
    bad = [
        (problem, column_text(problem), problem_text(problem)) for r in tried.bad for problem in r.problems
    ]
    return {
        "made": made_text({what: tried.count(what) for what in KINDS}),
        "good": len(tried.good),
        "changes": tried.changes,
        "bad_rows": len(tried.bad),
        "bad": bad[:SHOWN],
        "more_bad": max(0, len(bad) - SHOWN),
        "rows": [_line(result) for result in tried.good[:SHOWN]],
        "more": max(0, len(tried.good) - SHOWN),
    }


def _line(result: Result) -> dict[str, Any]:
    return {"line": result.row.line, "cells": result.row.cells, "does": does_text(result.does)}


@supervisors
@require_GET
def switch_template(request: HttpRequest) -> HttpResponseBase:
    """An empty table with one row to write over."""
    example = {
        "organization": "Almacenes Ejemplo",
        "reference": "C-001",
        "language": "es",
        "manager_name": "Rosa Ejemplo",
        "manager_email": "rosa@ejemplo.test",
        "licence": "INV-0001",
        "edition": "WEB",
        "hosting": _("nube"),
        "legacy_until": "",
    }
    names = headings()
    return csv_response(_("clientes"), list(names.values()), [[example.get(name, "") for name in names]])


@supervisors
@both
def switch_import(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is; a POST does the next piece, so that leaving and coming back loses nothing."""
    run = get_object_or_404(CustomerImport.objects.select_related("author"), pk=pk)
    if request.method == "POST":
        if not person(request).is_owner:
            raise PermissionDenied
        runs.proceed(run=run, actor=person(request), now=instant(request))
        if not request.headers.get("HX-Request"):
            return redirect("workspace:switch_import", pk)
    state = _state(run)
    if request.headers.get("HX-Request"):
        return render(request, "workspace/switch/import_state.html", state)
    now = instant(request)
    context = state | frame("customers", now=now) | {"tried": shown(runs.tried(run, now=now))}
    context["managers"] = len(waiting(run, now=now)) if run.finished_at or not run.lines else 0
    return render(request, "workspace/switch/import.html", context)


def _state(run: CustomerImport) -> dict[str, Any]:
    problems = [Problem(Fault(p["fault"]), p["line"], p["column"], p["params"]) for p in run.problems]
    return {
        "run": run,
        "total": len(run.lines),
        "made": made_text(run.made),
        "problems": [(problem, problem_text(problem)) for problem in problems[:SHOWN]],
    }


def waiting(run: CustomerImport, *, now: Any) -> list[tuple[Row, int]]:
    """Managers the table names and nobody invited yet, with their organization."""
    known, found = Known.load(now=now), []
    members = set(Membership.objects.values_list("organization", "user__email"))
    invited = set(Invitation.objects.filter(accepted_at__isnull=True).values_list("organization", "email"))
    for row in runs.managers(run):
        meant = known.meant(row["organization"], row["reference"])
        key = (meant[0], row["manager_email"].lower()) if meant else None
        if key and key not in members and key not in invited:
            invited.add(key)
            found.append((row, key[0]))
    return found


@owners
@require_POST
def switch_invitations(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite the managers the table names, so many at a time."""
    run, now = get_object_or_404(CustomerImport, pk=pk), instant(request)

    def act() -> str:
        sent = 0
        for row, organization in waiting(run, now=now)[:INVITED_AT_ONCE]:
            try:
                invite(
                    organization=Organization.objects.get(pk=organization),
                    email=row["manager_email"],
                    name=row["manager_name"],
                    role=Membership.Role.MANAGER,
                    may_draw=True,
                    invited_by=person(request),
                    now=now,
                )
            except ValidationError:
                continue
            sent += 1
        return ngettext("Sale %(n)s invitación.", "Salen %(n)s invitaciones.", sent) % {"n": sent}

    return attempt(request, act, reverse("workspace:switch_import", args=[pk]))
