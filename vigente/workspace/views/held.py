"""Requests that arrived without coverage: why each waits, and what may be done about it (rows 2, 3, 15, 41, 45, 46,
50).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.accounts.models import User
from vigente.billing.queries import favours_left, offers_for
from vigente.tickets.html import clean_html
from vigente.tickets.models import HeldRequest
from vigente.tickets.queries.answers import said_of
from vigente.tickets.queries.counts import OPEN_HELD
from vigente.tickets.queries.held import HELD_VIEWS, held_page
from vigente.tickets.services import held as services
from vigente.ui.exports import csv_response
from vigente.ui.wording import reason_sentence
from vigente.workspace.access import instant, person, staff, supervisors
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.held import AnswerForm, OverrideForm
from vigente.workspace.views.actions import both
from vigente.workspace.words import favours_text, named


@staff
@require_GET
def held_list(request: HttpRequest) -> HttpResponse:
    """What waits for coverage, longest waiting first."""
    view = request.GET.get("view", "pending")
    if view not in HELD_VIEWS:
        raise Http404
    user = person(request)
    if request.GET.get("format") == "csv":
        page = held_page(user, view=view, limit=5000)
        columns = [
            _("Recibida"),
            _("Asunto"),
            _("Organización"),
            _("Correo"),
            _("Estado"),
            _("Por qué"),
            _("Se guarda hasta"),
        ]
        rows = (
            (h.received_at, h.subject, h.organization, h.email, h.get_status_display(), why, h.hold_until)
            for h, why in zip(page.rows, _whys(page.rows, now=instant(request)), strict=True)
        )
        return csv_response(_("sin-cobertura"), columns, rows)  # type: ignore[return-value]
    page = held_page(user, view=view, cursor=request.GET.get("after"))
    more = f"?view={view}&after={page.next_cursor}" if page.has_more else ""
    rows = rows_of(page.rows, now=instant(request))
    return render(
        request, "workspace/held/list.html", {"rows": rows, "view": view, "views": _tabs(), "more": more}
    )


def rows_of(requests: Sequence[HeldRequest], *, now: datetime) -> list[dict[str, object]]:
    """Requests as a list shows them, each with why it waits."""
    whys = _whys(requests, now=now)
    return [{"held": held, "why": why} for held, why in zip(requests, whys, strict=True)]


def _tabs() -> list[tuple[str, str]]:
    return [
        ("pending", _("Pendientes")),
        ("waiting", _("En espera")),
        ("choose", _("Por elegir")),
        ("approval", _("Por aprobar")),
        ("expired", _("Vencidas")),
        ("all", _("Todas")),
    ]


def _whys(rows: Iterable[HeldRequest], *, now: datetime) -> list[str]:
    """Why each waits, its first reason in words."""
    firsts = [held.decision_value().reasons[:1] for held in rows]
    names = iter(named(reason for first in firsts for reason in first))
    return [reason_sentence(next(names), staff=True, now=now) if first else "" for first in firsts]


def _find(pk: int, user: User) -> HeldRequest:
    held = (
        HeldRequest.objects.visible_to(user)
        .select_related(
            "organization", "licence__edition__product", "requester", "work_type", "ticket", "follows"
        )
        .filter(pk=pk)
        .first()
    )
    if held is None:
        raise Http404
    return held


@staff
@require_GET
def held_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, whole: why it waits, what would let it in, what becomes of it."""
    held = _find(pk, person(request))
    decision = held.decision_value()
    offers = offers_for(
        organization=held.organization, licence=held.licence, decision=decision, now=instant(request)
    )
    context = {
        "held": held,
        "reasons": named(decision.reasons),
        "offers": offers,
        "html": clean_html(held.html, inline={}),
        "files": [
            {"name": file.filename, "size": file.size, "url": reverse("workspace:file", args=[file.token])}
            for file in held.attachments.all()
        ],
        "is_open": held.status in OPEN_HELD,
        "values": said_of(held, person(request)),
    }
    return render(request, "workspace/held/request.html", context)


def _back(held: HeldRequest) -> str:
    return reverse("workspace:held_request", args=[held.pk])


@staff
@both
def held_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a link or a request for data, nothing more (row 50)."""
    held = _find(pk, person(request))
    form = AnswerForm(posted(request), initial={"text": held.answer})
    note = _("Solo un enlace que le sirva o los datos que faltan: resolverlo espera a que haya cobertura.")
    action = Action(title=_("Responder sin abrir caso"), submit=_("Enviar"), back=_back(held), notes=(note,))

    def run(data: dict[str, Any]) -> str:
        services.answer(held=held, actor=person(request), text=data["text"], now=instant(request))
        return _("Respuesta enviada. La solicitud sigue en espera.")

    return perform(request, action, form, run)


@supervisors
@both
def held_override(request: HttpRequest, pk: int) -> HttpResponse:
    """A supervisor lets it in with a reason: a goodwill case, drawn at once (rows 15, 50)."""
    user = person(request)
    held = _find(pk, user)
    form = OverrideForm(posted(request))
    note = _(
        "Se da un caso de cortesía y se usa en el acto, así las cuentas cuadran. Cuenta como favor suyo."
    )
    left = favours_text(favours_left(user, now=instant(request)))
    action = Action(
        title=_("Aceptar sin cobertura"), submit=_("Aceptar"), back=_back(held), notes=(note, left)
    )

    def run(data: dict[str, Any]) -> str:
        ticket = services.override(held=held, actor=user, reason=data["reason"], now=instant(request))
        return _("Aceptado como caso %(number)s.") % {"number": ticket.number}

    return perform(request, action, form, run)


@staff
@require_GET
def held_case(request: HttpRequest, pk: int) -> HttpResponse:
    """To the case a request became."""
    held = _find(pk, person(request))
    return redirect("workspace:case", held.ticket.number) if held.ticket else redirect(_back(held))
