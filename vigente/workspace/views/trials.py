"""Trying rules out before they bind: ask for a trial, watch it run, read what it found and every row behind it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from vigente.billing.models import RulebookDraft, RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.rulebook import Rulebook
from vigente.trials import services
from vigente.trials.models import Trial, TrialRow
from vigente.ui import formats
from vigente.ui.exports import csv_response
from vigente.ui.rulebook_sentences import Difference, differences
from vigente.workspace import trials as told
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import asked, attempt, posted
from vigente.workspace.forms.rules import RulebookForm
from vigente.workspace.forms.trials import PASTED, TrialForm
from vigente.workspace.tables import PAGE
from vigente.workspace.trial_rows import behind, csv_lines
from vigente.workspace.views.actions import both

SHOWN, WHO = 30, 12


@supervisors
@require_GET
def trials(request: HttpRequest) -> HttpResponse:
    """Trials that are kept, newest first."""
    rows = Trial.objects.visible_to(person(request)).select_related("author")[:SHOWN]
    book = rulebook_at(instant(request))
    shown = [(row, len(differences(book, Rulebook.from_json(row.draft)))) for row in rows]
    return render(request, "workspace/trials/list.html", {"trials": shown})


@supervisors
@both
def trial_new(request: HttpRequest) -> HttpResponse:
    """Choose the rules and the months. The rulebook's own form may be sent here as it stands, to be tried out."""
    now = instant(request)
    base = rulebook_at(now)
    if request.method == "POST" and "source" not in request.POST and "notice_days" in request.POST:
        return _try_sentences(request, base, now=now)
    kept = _kept(now)
    wanted = _wanted(request)
    initial = {"source": wanted if wanted in dict(kept) else kept[0][0] if kept else PASTED}
    form = TrialForm(posted(request), base=base, kept=kept, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        return _started(request, data["rulebook"], data["months"], data["direction"], now=now)
    status = 422 if form.is_bound else 200
    return render(request, "workspace/trials/new.html", {"form": form}, status=status)


def _try_sentences(request: HttpRequest, base: Rulebook, *, now: datetime) -> HttpResponse:
    form = RulebookForm(request.POST, current=base, now=now, base=base)
    if not form.is_valid():
        context = {"form": form, "errors": True}
        return render(request, "workspace/trials/wrong.html", context, status=422)
    return _started(request, form.cleaned_data["rulebook"], 12, Trial.Direction.BACK, now=now)


def _started(
    request: HttpRequest, book: Rulebook, months: int, direction: str, *, now: datetime
) -> HttpResponse:
    trial = services.start(draft=book, months=months, direction=direction, author=person(request), now=now)
    return redirect("workspace:trial", trial.pk)


def _kept(now: datetime) -> list[tuple[str, str]]:
    """Drafts, and versions that do not bind yet."""
    drafts = [
        (f"draft:{one.pk}", _("Borrador: %(name)s") % {"name": one}) for one in RulebookDraft.objects.all()
    ]
    coming = RulebookVersion.objects.filter(effective_from__gt=now).order_by("effective_from")
    zone = rulebook_at(now).zone
    versions = [
        (
            f"version:{one.pk}",
            _("Rigen desde el %(day)s") % {"day": formats.day(one.effective_from, zone=zone, long=True)},
        )
        for one in coming
    ]
    return [*drafts, *versions]


def _wanted(request: HttpRequest) -> str:
    if draft := asked(request, "draft", most=10):
        return f"draft:{draft}"
    return f"version:{asked(request, 'from', most=10)}"


@supervisors
@require_GET
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """A trial: how far it is, or what it found."""
    one = _get(request, pk)
    context = _context(one)
    if one.status == Trial.Status.DONE:
        found = told.Found(one, one.result)
        context |= {
            "found": found,
            "says": told.headline(found),
            "figures": told.figures(found),
            "tables": told.tables(found),
            "outcomes": told.outcomes(found),
            "otherwise": found.count(TrialRow.List.REALITY),
            "who": behind(one, TrialRow.List.CUSTOMERS, person(request), after="", limit=WHO),
        }
    return render(request, "workspace/trials/trial.html", context)


def _context(one: Trial) -> dict[str, Any]:
    draft = Rulebook.from_json(one.draft)
    changes = differences(rulebook_at(one.created_at), draft)
    return {
        "trial": one,
        "changes": changes,
        "earlier": _earlier(one, draft, {change.name for change in changes}) if one.result else [],
        "percent": round(one.progress * 100),
    }


def _earlier(one: Trial, draft: Rulebook, known: set[str]) -> list[Difference]:
    """What else differed from the draft in part of the months gone over: rules that were in force then (row 30)."""
    if one.direction != Trial.Direction.BACK or one.result is None:
        return []
    since, found = datetime.fromisoformat(one.result["since"]), []
    later = RulebookVersion.objects.filter(effective_from__gt=since, effective_from__lte=one.created_at)
    books = [Rulebook.from_json(row.data) for row in later.order_by("effective_from")]
    for book in (rulebook_at(since), *books):
        fresh = [change for change in differences(book, draft) if change.name not in known]
        known |= {change.name for change in fresh}
        found += fresh
    return found


@supervisors
@require_GET
def trial_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for again and again; once the trial is over, the page."""
    one = _get(request, pk)
    if one.is_over:
        url = reverse("workspace:trial", args=[one.pk])
        return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)
    return render(
        request, "workspace/trials/progress.html", {"trial": one, "percent": round(one.progress * 100)}
    )


@supervisors
@require_POST
def trial_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop it."""
    one = _get(request, pk)

    def run() -> str:
        stopped = services.cancel(trial=one, now=instant(request))
        return _("Prueba cancelada.") if stopped else _("La prueba ya había terminado.")

    return attempt(request, run, reverse("workspace:trial", args=[one.pk]))


@supervisors
@require_GET
def trial_rows(request: HttpRequest, pk: int, listed: str) -> HttpResponse:
    """The list behind a number; with `format=csv`, all of it."""
    one = _get(request, pk)
    if listed not in TrialRow.List.values or one.status != Trial.Status.DONE:
        raise Http404
    user = person(request)
    if "format" in request.GET:
        columns = [column.label for column in behind(one, listed, user, after="", limit=1).table.columns]
        return csv_response(f"{_('prueba')}-{one.pk}-{listed}", columns, csv_lines(one, listed, user))  # type: ignore[return-value]
    found = behind(one, listed, user, after=asked(request, "after", most=10), limit=PAGE)
    context = {"trial": one, "found": found, "more": f"?after={found.more}" if found.more else ""}
    return render(request, "workspace/trials/rows.html", context)


def _get(request: HttpRequest, pk: int) -> Trial:
    return get_object_or_404(Trial.objects.visible_to(person(request)).select_related("author"), pk=pk)
