"""The audit log, for owners: who did what, what was there before and after, from where. Narrowed, and as CSV."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.events.trail import Asked, Trace, trail, whole_trail
from vigente.tickets.models import Ticket
from vigente.tickets.queries.pages import pack, unpack
from vigente.ui.exports import csv_response
from vigente.workspace.access import owners, person
from vigente.workspace.audit_words import channel_text, says
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.forms.trust import AuditForm

MOST = 100_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A trace as the page shows it. `changes`: name, before, after; `about`: words and where they lead."""

    trace: Trace
    text: str
    about: str
    href: str
    channel: str
    changes: list[tuple[str, str, str]]
    more: list[tuple[str, str]]


@owners
@require_GET
def audit(request: HttpRequest) -> HttpResponseBase:
    """Newest first. A filter that cannot be is said beside its field, and nothing is listed."""
    form = AuditForm(request.GET)
    asked = _asked(form) if form.is_valid() else None
    kept = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    if asked is not None and request.GET.get("format") == "csv":
        return _csv(whole_trail(person(request), asked, most=MOST))
    cursor = unpack(request.GET.get("after"), datetime, str, int)
    start = (cursor[0], cursor[1], cursor[2]) if cursor else None
    rows, after = trail(person(request), asked, cursor=start, limit=PAGE) if asked is not None else ([], None)
    context = {
        "form": form,
        "rows": told(rows),
        "kept": kept,
        "narrowed": bool(kept),
        "more": f"?{kept}&after={pack(*after)}" if after else "",
    }
    return render(request, "workspace/trust/audit.html", context, status=200 if asked is not None else 422)


def _asked(form: AuditForm) -> Asked:
    data, zone = form.cleaned_data, get_current_timezone()
    return Asked(
        person=data["person"],
        kind=data["kind"],
        subject=data["subject"],
        since=start_of_day(data["first"], zone) if data["first"] else None,
        until=start_of_day(data["last"] + timedelta(days=1), zone) if data["last"] else None,
    )


def told(traces: Iterable[Trace]) -> list[Told]:
    """Traces in words; one query for the numbers of the cases among them."""
    traces = list(traces)
    cases = {_id(trace.subject) for trace in traces if trace.subject.startswith("ticket:")} - {0}
    numbers = dict(Ticket.everything.filter(pk__in=cases).values_list("pk", "number")) if cases else {}
    return [_told(trace, numbers) for trace in traces]


def _told(trace: Trace, numbers: dict[int, int]) -> Told:
    about, href = trace.label, ""
    noun, pk = trace.subject.partition(":")[0], _id(trace.subject)
    if noun == "ticket" and pk in numbers:
        about = _("Caso %(number)s") % {"number": numbers[pk]}
        href = reverse("workspace:case", args=[numbers[pk]])
    elif trace.organization is not None:
        about = about or trace.organization.name
        href = reverse("workspace:organization", args=[trace.organization.pk])
    names = [*dict.fromkeys([*trace.before, *trace.after])]
    return Told(
        trace, says(trace.kind, trace.data), about, href, channel_text(trace.channel),
        [(name, short(trace.before.get(name)), short(trace.after.get(name))) for name in names],
        [(name, short(value)) for name, value in trace.data.items() if value not in (None, "", [], {})],
    )  # fmt: skip


def _id(subject: str) -> int:
    found = subject.partition(":")[2]
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else 0


def short(value: Any) -> str:
    """A value as one reads it; what was empty is a dash."""
    if value is None or value == "" or value == [] or value == {}:
        return "—"
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(traces: Iterator[Trace]) -> HttpResponseBase:
    columns = [
        _("Cuándo"), _("Quién"), _("Correo"), _("Tipo"), _("Qué"), _("Sobre qué"), _("Nombre"), _("Antes"),
        _("Después"), _("Más"), _("Dirección"), _("Por dónde"),
    ]  # fmt: skip
    return csv_response(_("registro"), columns, (_cells(trace) for trace in traces))


def _cells(trace: Trace) -> tuple[object, ...]:
    return (
        trace.at,
        str(trace.actor or ""),
        trace.actor.email if trace.actor else "",
        trace.kind,
        says(trace.kind, trace.data),
        trace.subject,
        trace.label or (trace.organization.name if trace.organization else ""),
        _json(trace.before),
        _json(trace.after),
        _json(trace.data),
        trace.address,
        channel_text(trace.channel),
    )


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""
