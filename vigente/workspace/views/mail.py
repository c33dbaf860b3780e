"""The mail log: what came in and what became of it, what went out; quarantine with replay, dead mail with another
try.
"""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.mail.inbound import replay
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.outbound import retry
from vigente.tickets.queries.pages import pack, unpack
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import attempt

PAGE = 50
IN = InboundMessage.Status
OUT = OutboundMessage.Status
INBOUND_VIEWS = {"in": tuple(IN), "quarantined": (IN.QUARANTINED,), "ignored": (IN.IGNORED,)}
OUTBOUND_VIEWS = {"out": tuple(OUT), "queued": (OUT.QUEUED,), "dead": (OUT.DEAD, OUT.MUTED)}


@supervisors
@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """One list: in, quarantine, automatic, out, waiting, not sent. Newest first."""
    view = request.GET.get("view", "in")
    user = person(request)
    rows: Any
    if view in INBOUND_VIEWS:
        rows = InboundMessage.objects.visible_to(user).filter(status__in=INBOUND_VIEWS[view])
        rows = rows.select_related("ticket", "held")
    elif view in OUTBOUND_VIEWS:
        rows = OutboundMessage.objects.visible_to(user).filter(status__in=OUTBOUND_VIEWS[view])
        rows = rows.select_related("ticket").defer("text", "html", "headers")
    else:
        raise Http404
    start = unpack(request.GET.get("after"), int)
    if start:
        rows = rows.filter(pk__lt=start[0])
    found = list(rows.order_by("-id")[: PAGE + 1])
    more = f"?view={view}&after={pack(found[PAGE - 1].pk)}" if len(found) > PAGE else ""
    context = {
        "rows": found[:PAGE],
        "view": view,
        "views": _tabs(),
        "inbound": view in INBOUND_VIEWS,
        "more": more,
    }
    return render(request, "workspace/mail/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("in", _("Entrante")),
        ("quarantined", _("En cuarentena")),
        ("ignored", _("Automático")),
        ("out", _("Saliente")),
        ("queued", _("Por enviar")),
        ("dead", _("Sin enviar")),
    ]


def _inbound(pk: int, request: HttpRequest) -> InboundMessage:
    rows = InboundMessage.objects.visible_to(person(request)).select_related(
        "ticket", "held", "mailbox", "bounce_of"
    )
    return cast(InboundMessage, get_object_or_404(rows, pk=pk))


@supervisors
@require_GET
def inbound(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail that came: what it was, what became of it and why."""
    return render(request, "workspace/mail/inbound.html", {"mail": _inbound(pk, request)})


@supervisors
@require_GET
def inbound_raw(request: HttpRequest, pk: int) -> HttpResponse:
    """Its bytes, exactly as they came, to be saved and never shown."""
    found = _inbound(pk, request)
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="correo-{pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@supervisors
@require_POST
def inbound_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Read it again."""
    found = _inbound(pk, request)

    def run() -> str:
        again = replay(inbound=found, now=instant(request), as_person="as_person" in request.POST)
        return _("Leído de nuevo: %(status)s.") % {"status": again.get_status_display().lower()}

    return attempt(request, run, reverse("workspace:inbound", args=[pk]))


@supervisors
@require_GET
def outbound(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail that went out, as text."""
    rows = OutboundMessage.objects.visible_to(person(request)).select_related("ticket", "recipient")
    return render(request, "workspace/mail/outbound.html", {"mail": get_object_or_404(rows, pk=pk)})


@supervisors
@require_POST
def outbound_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try to send it anew."""
    found = get_object_or_404(OutboundMessage.objects.visible_to(person(request)), pk=pk)

    def run() -> str:
        retry(mail=cast(OutboundMessage, found), now=instant(request))
        return _("Se intentará de nuevo enseguida.")

    return attempt(request, run, reverse("workspace:outbound", args=[pk]))
