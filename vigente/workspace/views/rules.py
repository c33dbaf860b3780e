"""Rules: the rulebook in sentences, read by all staff with the date each value began and edited in place by its
owner; what a new version changes is seen before it binds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import rulebooks
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.ui import formats
from vigente.ui.feedback import done
from vigente.ui.rulebook_sentences import Difference, differences
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import add_refusal, asked, attempt
from vigente.workspace.forms.rules import RulebookForm
from vigente.workspace.rulebook import said, since
from vigente.workspace.views.actions import both


@dataclass(frozen=True, slots=True)
class Version:
    """A published version and what it changed of the one before."""

    row: RulebookVersion
    book: Rulebook
    changes: list[Difference]


@staff
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """What is in force, in sentences; what comes, and what was before. The owner edits right here."""
    now = instant(request)
    versions = history()
    past = [version for version in versions if version.row.effective_from <= now]
    book = past[0].book if past else Rulebook()
    context: dict[str, Any] = {
        "coming": [version for version in reversed(versions) if version.row.effective_from > now],
        "past": past,
    }
    rows = [version.row for version in past]
    if person(request).is_owner:
        context |= editing(RulebookForm(current=book, now=now), began=since(book, rows))
    else:
        context["groups"] = list(said(book, rows))
    return render(request, "workspace/rules/rules.html", context)


def history() -> list[Version]:
    """Every version with what it changed, newest first."""
    found: list[Version] = []
    before = Rulebook()
    for row in RulebookVersion.objects.select_related("author").order_by("effective_from"):
        book = Rulebook.from_json(row.data)
        found.append(Version(row, book, differences(before, book)))
        before = book
    return found[::-1]


def editing(form: RulebookForm, *, began: dict[str, datetime | None] | None = None) -> dict[str, Any]:
    """What the page needs to show the form: its sentences, and which differ from what is in force."""
    book = form.cleaned_data.get("rulebook") if form.is_bound and form.is_valid() else None
    differing = {change.name for change in differences(form.base, book or form.current)}
    if book is None and form.is_bound:
        differing |= set(form.changed_data)
    names = frozenset(differing)
    sentences = list(form.sentences(began=began or {}, differing=names))
    return {"form": form, "sentences": sentences, "differing": names, "count": len(names)}


@owners
@both
def rules_new(request: HttpRequest) -> HttpResponse:
    """Edit, see what changes, publish. Nothing binds before the second button."""
    now = instant(request)
    start = starting_point(request, now=now)
    form = RulebookForm(_sent(request), current=start, now=now, base=rulebook_at(now))
    if request.method != "POST" or "add_discount" in request.POST:
        return render(request, "workspace/rules/new.html", editing(form))
    changes = None
    if form.is_valid():
        begins = form.cleaned_data["effective_from"]
        form.base = rulebook_at(begins)
        changes = differences(form.base, form.cleaned_data["rulebook"])
        if not changes:
            form.add_error(None, _("No cambió nada."))
        elif "publish" in request.POST and _publish(request, form, now=now):
            return redirect("workspace:rules")
    shown = changes if changes and not form.errors else None
    context: dict[str, Any] = {"changes": shown}
    if shown is not None:
        begins, zone = form.cleaned_data["effective_from"], form.cleaned_data["rulebook"].zone
        context |= {"is_now": begins == now, "begins_text": formats.exact(begins, zone)}
    return render(
        request, "workspace/rules/new.html", context | editing(form), status=200 if shown is not None else 422
    )


def _publish(request: HttpRequest, form: RulebookForm, *, now: datetime) -> bool:
    try:
        rulebooks.publish(
            rulebook=form.cleaned_data["rulebook"],
            effective_from=form.cleaned_data["effective_from"],
            actor=person(request),
            now=now,
            note=form.cleaned_data["note"],
        )
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    done(request, _("Reglas publicadas."), draft="rulebook")
    return True


def starting_point(request: HttpRequest, *, now: datetime) -> Rulebook:
    """What the sentences say before anybody types: a version by `?from=`, or what is in force."""
    wanted = asked(request, "from")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return Rulebook.from_json(get_object_or_404(RulebookVersion, pk=int(wanted)).data)
    return rulebook_at(now)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was posted; with one more empty row of discounts when that was asked for."""
    if request.method != "POST":
        return None
    if "add_discount" not in request.POST:
        return request.POST
    data = request.POST.copy()
    total = data.get("discounts-TOTAL_FORMS", "")
    if total.isascii() and total.isdigit() and len(total) < 4:
        data["discounts-TOTAL_FORMS"] = str(int(total) + 1)
    return data


@owners
@require_POST
def rules_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a version that does not bind yet."""
    version = get_object_or_404(RulebookVersion, pk=pk)

    def run() -> str:
        rulebooks.withdraw(version=version, actor=person(request), now=instant(request))
        return _("Esas reglas ya no entrarán en vigor.")

    return attempt(request, run, reverse("workspace:rules"))
