"""Rules: the rulebook in sentences, read by all staff with the date each value began and edited in place by its
owner; what a new version changes is seen before it binds, and drafts are kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import RulebookDraft, RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import rulebooks
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.ui import formats
from vigente.ui.feedback import done
from vigente.ui.rulebook_sentences import Difference, differences
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import add_refusal, asked, attempt, posted
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
        context["drafts"] = [
            (draft, len(differences(book, draft.book)))
            for draft in RulebookDraft.objects.select_related("author")
        ]
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


@dataclass(frozen=True, slots=True)
class Start:
    """What the sentences say before anybody types: a draft, a version, or what is in force."""

    book: Rulebook
    draft: RulebookDraft | None = None

    @property
    def initial(self) -> dict[str, Any]:
        if self.draft is None:
            return {}
        day = self.draft.effective_on
        return {"draft_name": self.draft.name, "note": self.draft.note, "effective_on": day}


def starting_point(request: HttpRequest, *, now: datetime, drafts: bool = True) -> Start:
    """By `?draft=` or `?from=` (a version); else what is in force."""
    if drafts and (pk := _number(asked(request, "draft"))) is not None:
        draft = get_object_or_404(RulebookDraft, pk=pk)
        return Start(draft.book, draft)
    if (pk := _number(asked(request, "from"))) is not None:
        return Start(Rulebook.from_json(get_object_or_404(RulebookVersion, pk=pk).data))
    return Start(rulebook_at(now))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@owners
@both
def rules_new(request: HttpRequest) -> HttpResponse:
    """Edit, see what changes, keep as a draft or publish. Nothing binds before that last button."""
    now = instant(request)
    start = starting_point(request, now=now)
    form = RulebookForm(
        posted(request), current=start.book, now=now, base=rulebook_at(now), initial=start.initial
    )
    context: dict[str, Any] = {"draft": start.draft}
    if request.method != "POST" or "add_discount" in request.POST:
        return render(request, "workspace/rules/new.html", context | editing(form))
    if form.is_valid():
        if "save" in request.POST:
            return _save(request, form, start, now=now)
        begins, book = form.cleaned_data["effective_from"], form.cleaned_data["rulebook"]
        form.base = rulebook_at(begins)
        changes = differences(form.base, book)
        if not changes:
            form.add_error(None, _("No cambió nada."))
        elif "publish" in request.POST and _publish(request, form, start, now=now):
            return redirect("workspace:rules")
        if not form.errors:
            context |= {
                "changes": changes,
                "is_now": begins == now,
                "begins_text": formats.exact(begins, book.zone),
            }
    status = 200 if "changes" in context else 422
    return render(request, "workspace/rules/new.html", context | editing(form), status=status)


def _save(request: HttpRequest, form: RulebookForm, start: Start, *, now: datetime) -> HttpResponse:
    data = form.cleaned_data
    kept = rulebooks.save_draft(
        rulebook=data["rulebook"],
        name=data["draft_name"],
        effective_on=data["effective_on"],
        note=data["note"],
        draft=start.draft,
        actor=person(request),
        now=now,
    )
    done(request, _("Borrador guardado: %(name)s.") % {"name": kept.name}, draft="rulebook")
    return redirect(f"{reverse('workspace:rules_new')}?draft={kept.pk}")


def _publish(request: HttpRequest, form: RulebookForm, start: Start, *, now: datetime) -> bool:
    try:
        rulebooks.publish(
            rulebook=form.cleaned_data["rulebook"],
            effective_from=form.cleaned_data["effective_from"],
            actor=person(request),
            now=now,
            note=form.cleaned_data["note"],
            draft=start.draft,
        )
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    done(request, _("Reglas publicadas."), draft="rulebook")
    return True


@owners
@require_POST
def rules_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a version that does not bind yet."""
    version = get_object_or_404(RulebookVersion, pk=pk)

    def run() -> str:
        rulebooks.withdraw(version=version, actor=person(request), now=instant(request))
        return _("Esas reglas ya no entrarán en vigor.")

    return attempt(request, run, reverse("workspace:rules"))


@owners
@require_POST
def rules_draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = get_object_or_404(RulebookDraft, pk=pk)

    def run() -> str:
        rulebooks.discard_draft(draft=draft, actor=person(request))
        return _("Borrador borrado.")

    return attempt(request, run, reverse("workspace:rules"))
