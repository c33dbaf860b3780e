"""Reports and the rows behind their numbers: supervisors see support, the owner alone sees money. Each as CSV, too."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.billing.models.rulebooks import rulebook_at
from vigente.reports.periods import Choice, Period, month_named, period_of
from vigente.ui.exports import csv_response
from vigente.workspace import behind, support
from vigente.workspace import finance as money
from vigente.workspace.access import instant, owners, supervisors
from vigente.workspace.answers import asked as text_asked
from vigente.workspace.tables import MOST, PAGE, Asked, Report, csv_rows


@supervisors
@require_GET
def report(request: HttpRequest, report: str) -> HttpResponse:
    """A report about support."""
    return _report(request, report, support.REPORTS, "report")


@owners
@require_GET
def finance_report(request: HttpRequest, finance: str) -> HttpResponse:
    """A report about money."""
    return _report(request, finance, money.REPORTS, "finance")


@supervisors
@require_GET
def report_rows(request: HttpRequest, report: str, which: str, part: str) -> HttpResponse:
    """The rows behind a number about support."""
    return _rows(request, report, which, part, behind.SUPPORT, "report")


@owners
@require_GET
def finance_rows(request: HttpRequest, finance: str, which: str, part: str) -> HttpResponse:
    """The rows behind a number about money."""
    return _rows(request, finance, which, part, behind.FINANCE, "finance")


def _report(
    request: HttpRequest, name: str, reports: Mapping[str, Callable[[Asked], Report]], route: str
) -> HttpResponse:
    if name not in reports:
        raise Http404
    which = request.GET.get("period", Choice.QUARTER.value)
    if which not in set(Choice):
        raise Http404
    found = reports[name](_asked(request, which))
    if "format" in request.GET:
        table = next((one for one in found.tables if one.id == request.GET["format"]), None)
        if table is None:
            raise Http404
        return csv_response(table.id, [column.label for column in table.columns], csv_rows(table))  # type: ignore[return-value]
    choices = (
        (Choice.MONTH.value, _("Este mes")),
        (Choice.QUARTER.value, _("3 meses")),
        (Choice.YEAR.value, _("12 meses")),
    )
    context = {
        "report": found,
        "which": which,
        "choices": choices if found.has_period else (),
        "route": route,
    }
    return render(request, "workspace/reports/report.html", context)


def _rows(
    request: HttpRequest, name: str, which: str, part: str, reports: Mapping[str, behind.Rows], route: str
) -> HttpResponse:
    if name not in reports:
        raise Http404
    wanted = _asked(request, which)
    currency, after = text_asked(request, "currency", most=3), text_asked(request, "after", most=60)
    if "format" in request.GET:
        table = reports[name](wanted, part, "", currency, MOST).table
        return csv_response(f"{name}-{which}-{part}", [one.label for one in table.columns], csv_rows(table))  # type: ignore[return-value]
    found = reports[name](wanted, part, after, currency, PAGE)
    more = f"?after={found.more}&currency={currency}" if found.more else ""
    reports_of = money.REPORTS if route == "finance" else support.REPORTS
    context = {
        "found": found,
        "more": more,
        "currency": currency,
        "back": reverse(f"workspace:{route}", args=[name]),
        "parent": _titles(reports_of)[name],
    }
    return render(request, "workspace/reports/rows.html", context)


def _titles(reports: Mapping[str, object]) -> dict[str, str]:
    """What each report is called, for the way back."""
    names = {
        "revenue": _("Ingreso recurrente"),
        "cost": _("Costo por caso"),
        "renewals": _("Renovaciones"),
        "money": _("Facturado y cobrado"),
        "cases": _("Casos incluidos y usados"),
        "waiting": _("Espera por plan"),
        "held": _("Sin cobertura: qué pasó"),
        "order": _("Orden de atención"),
    }
    return {name: names[name] for name in reports}


def _asked(request: HttpRequest, which: str) -> Asked:
    now = instant(request)
    zone = rulebook_at(now).billing_zone
    if which in set(Choice):
        return Asked(now, zone, period_of(Choice(which), now=now, zone=zone), which)
    month = month_named(which, now=now, zone=zone)
    if month is None:
        raise Http404
    return Asked(now, zone, Period(Choice.MONTH, (month,)), which)
