"""Estado de cuenta: what was granted, used, returned and expired, when and why; on paper and as a spreadsheet too."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import StatementLine
from vigente.billing.queries import statement as read_statement
from vigente.portal.pages import customer, page, seat_of
from vigente.portal.words import grant_sources, licence_name
from vigente.rules.periods import day_start
from vigente.tickets.models import Ticket
from vigente.ui.exports import csv_response
from vigente.ui.wording import release_text

SPANS = {"3": 92, "12": 366}
LINES_SHOWN = 500


@require_safe
@customer
def statement(request: HttpRequest) -> HttpResponse:
    """`?months=3|12|all` or `?since=&until=` (days, in the billing zone, both included)."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html")
    since, until, months = span(request)
    lines = read_statement(organization=seat.organization, now=request.now, since=since, until=until)
    lines.reverse()
    shown = lines[:LINES_SHOWN]
    context = {
        "lines": [(line, words_of(line)) for line in shown],
        "left_out": len(lines) - len(shown),
        "linked": linked(request, shown),
        "since": since,
        "until": until,
        "months": months,
        "query": request.GET.urlencode(),
        "totals": _totals(lines),
    }
    return page(request, "statement.html", context)


@require_safe
@customer
def statement_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every line of the same span."""
    seat = seat_of(request)
    if seat is None:
        return redirect("portal:plan")
    since, until, _months = span(request)
    lines = read_statement(organization=seat.organization, now=request.now, since=since, until=until)
    columns = [
        _("Fecha"), _("Qué pasó"), _("Casos"), _("Asignación"), _("Vence"), _("Instalación"), _("Caso"), _("Motivo"),
        _("Nota"), _("Quién"), _("Quedan en la asignación"),
    ]  # fmt: skip
    return csv_response(_("estado-de-cuenta"), columns, _rows(lines))


def _rows(lines: list[StatementLine]) -> Iterator[list[object]]:
    for line in lines:
        yield [
            line.at,
            words_of(line),
            _("sin límite") if line.cases is None else line.cases,
            grant_sources().get(line.grant_source, ""),
            line.grant_until,
            licence_name(line.licence),
            line.ticket_number or "",
            release_text(line.reason) if line.reason else "",
            line.note,
            line.actor or "",
            _("sin límite") if line.left_after is None else line.left_after,
        ]


def span(request: HttpRequest) -> tuple[datetime | None, datetime | None, str]:
    """The instants asked for; nonsense falls back to the last three months."""
    zone = rulebook_at(request.now).billing_zone
    since, until = _day(request.GET.get("since")), _day(request.GET.get("until"))
    if since or until:
        end = day_start(until + timedelta(days=1), zone) if until else None
        return day_start(since, zone) if since else None, end, ""
    months = request.GET.get("months", "3")
    if months == "all":
        return None, None, months
    months = months if months in SPANS else "3"
    return request.now - timedelta(days=SPANS[months]), None, months


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None


def words_of(line: StatementLine) -> str:
    """What one line says happened."""
    if line.kind == "grant":
        return {
            "period": _("Casos del plan"),
            "pack": _("Caso extra confirmado"),
            "legacy": _("Casos del plan anterior"),
            "goodwill": release_text(line.reason) if line.reason else _("Caso de cortesía"),
            "licence": _("Casos incluidos con la licencia"),
        }.get(line.grant_source, _("Casos"))
    if line.kind == "draw":
        return _("Usado por el caso %(number)s") % {"number": line.ticket_number or "—"}
    if line.kind == "release":
        why = release_text(line.reason) if line.reason else _("Devuelto")
        return f"{why} · {line.ticket_number}" if line.ticket_number else why
    if line.kind == "expiry":
        return _("Vencieron sin usarse") if line.cases else _("Terminó sin nada por vencer")
    return release_text(line.reason) if line.reason else _("Anulado")


def linked(request: HttpRequest, lines: list[StatementLine]) -> set[int]:
    """Numbers of the cases this person may open; others are named without a link."""
    numbers = {line.ticket_number for line in lines if line.ticket_number}
    visible = Ticket.objects.visible_to(request.user).filter(number__in=numbers)
    return set(visible.values_list("number", flat=True))


def _totals(lines: list[StatementLine]) -> dict[str, int]:
    totals = {"grant": 0, "draw": 0, "release": 0, "expiry": 0}
    for line in lines:
        if line.kind in totals:
            totals[line.kind] += abs(line.cases or 0)
    return totals
