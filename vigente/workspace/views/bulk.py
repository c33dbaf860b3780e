"""Something done to many cases: asked for over a list, followed while it runs, read afterwards, undone."""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from vigente.bulk import services
from vigente.bulk.models import BulkAction
from vigente.rules.refusal import Refused
from vigente.ui.feedback import refused
from vigente.ui.formats import number
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import Action, add_refusal, go, posted, show
from vigente.workspace.bulk_words import DIRECT, act_title, item_reason
from vigente.workspace.choosing import chosen
from vigente.workspace.forms.bulk import form_for
from vigente.workspace.forms.case import ConfirmForm
from vigente.workspace.views.actions import both

SHOWN = 100
LISTED = 50


@staff
@require_GET
def bulk_list(request: HttpRequest) -> HttpResponse:
    """The last ones, newest first."""
    rows = BulkAction.objects.visible_to(person(request)).select_related("actor")[:LISTED]
    return render(request, "workspace/bulk/list.html", {"rows": [(row, act_title(row)) for row in rows]})


@staff
@require_GET
def bulk_count(request: HttpRequest) -> JsonResponse:
    """How many cases the list holds in all, as far as one action goes."""
    cases = chosen(request.GET, [], person(request), now=instant(request))
    count = cases.order_by().values("pk")[: services.MOST + 1].count()
    return JsonResponse({"count": count, "most": services.MOST, "text": number(min(count, services.MOST))})


@staff
@both
def bulk_new(request: HttpRequest) -> HttpResponse:
    """What is to be done, and the last word before it is: to how many, and whether it can be taken back."""
    user, now = person(request), instant(request)
    given = request.POST if request.method == "POST" else request.GET
    act, key = given.get("act", "assign"), given.get("key", "")[:64]
    if act not in BulkAction.Act.values and act not in DIRECT:
        raise Http404
    cases = chosen(given, given.getlist("case"), user, now=now)
    count = cases.order_by().values("pk")[: services.MOST + 1].count()
    act, value = DIRECT[act](user) if act in DIRECT else (act, {})
    form = form_for(act, posted(request), user) if not value else None
    form = form or ConfirmForm(posted(request))
    if request.method == "POST" and count and form.is_valid():
        try:
            value = form.value_of() if hasattr(form, "value_of") else value
            key = f"{user.pk}:{key or secrets.token_urlsafe(12)}"[:64]
            bulk = services.start(act=act, value=value, cases=cases, actor=user, key=key, now=now)
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            return _started(request, bulk)
    return _asked(request, form, act=act, count=count, named=given.get("act", act))


def _asked(request: HttpRequest, form: Any, *, act: str, count: int, named: str) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    notes = [
        ngettext("Se hará en %(n)s caso.", "Se hará en %(n)s casos.", count) % {"n": number(count)}
        if count
        else _("No hay casos elegidos: elija alguno en la lista.")
    ]
    if count > services.MOST:
        notes = [
            _("Son más de %(n)s casos: afine la lista y hágalo por partes.") % {"n": number(services.MOST)}
        ]
    if act in ("reply", "merge"):
        notes.append(_("No se puede deshacer."))
    possible = 0 < count <= services.MOST
    sent = [
        ("act", named),
        ("of", given.get("of", "")),
        ("key", given.get("key") or secrets.token_urlsafe(12)),
    ]
    sent += [("case", text) for text in given.getlist("case")]
    action = Action(
        title=str(BulkAction.Act(act).label),
        submit=str(BulkAction.Act(act).label) if possible else "",
        back=reverse("workspace:queue"),
        template="workspace/bulk/form.html",
        notes=tuple(notes),
        context={"sent": sent, "possible": possible},
    )
    return show(request, action, form, status=422 if request.method == "POST" else 200)


def _started(request: HttpRequest, bulk: BulkAction) -> HttpResponse:
    """Its progress takes its place over the list; without scripts its page opens."""
    if not request.headers.get("HX-Request"):
        return go(request, reverse("workspace:bulk", args=[bulk.pk]))
    response = render(request, "workspace/bulk/strip.html", _told(request, bulk))
    return trigger_client_event(reswap(retarget(response, "#bulk"), "innerHTML"), "bulk:started", {})


def _told(request: HttpRequest, bulk: BulkAction) -> dict[str, Any]:
    now = instant(request)
    return {"bulk": bulk, "title": act_title(bulk), "may_undo": services.may_undo(bulk, now=now)}


def _find(request: HttpRequest, pk: int) -> BulkAction:
    rows = BulkAction.objects.visible_to(person(request)).select_related("actor")
    return get_object_or_404(rows, pk=pk)


@staff
@require_GET
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """How it went: what was done, and each case that refused, with why. `?strip` only how far it is."""
    row = _find(request, pk)
    if "strip" in request.GET:
        return render(request, "workspace/bulk/strip.html", _told(request, row))
    after = request.GET.get("after", "")
    begins = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    items = row.items.filter(state__in=("refused", "kept"), pk__gt=begins).select_related("ticket")
    found = list(items[: SHOWN + 1])
    context = _told(request, row) | {
        "rows": [(item, item_reason(item)) for item in found[:SHOWN]],
        "more": f"?{urlencode({'after': found[SHOWN - 1].pk})}" if len(found) > SHOWN else "",
    }
    return render(request, "workspace/bulk/bulk.html", context)


@staff
@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it back."""
    row = _find(request, pk)
    try:
        services.undo(action=row, actor=person(request), now=instant(request))
    except Refused as refusal:
        if not request.headers.get("HX-Request"):
            refused(request, refusal_text(refusal))
    if request.headers.get("HX-Request"):
        return render(request, "workspace/bulk/strip.html", _told(request, row))
    return go(request, reverse("workspace:bulk", args=[row.pk]))
