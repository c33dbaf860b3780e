"""An announcement of new rules: words to edit, what each customer would read, sending it, and who was told."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import Organization
from vigente.billing.models import Announcement, RulebookDraft, RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import announcements
from vigente.mail.letters import Reader
from vigente.mail.tell_rules import paragraphs, preview, without_readers
from vigente.rules.announced import has_passed, headline
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.ui import formats
from vigente.ui.exports import csv_response
from vigente.ui.feedback import done, refused
from vigente.ui.rulebook_announced import written
from vigente.ui.rulebook_sentences import differences
from vigente.ui.wording import refusal_text
from vigente.workspace.access import instant, owners, person, supervisors
from vigente.workspace.answers import add_refusal, asked, attempt, posted
from vigente.workspace.forms.announcements import AnnouncementForm
from vigente.workspace.forms.fields import start_of_day
from vigente.workspace.views.actions import both

SHOWN = 100


@owners
@require_POST
def announcement_of_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin one about a published version, against the one it follows."""
    version = get_object_or_404(RulebookVersion, pk=pk)
    earlier = RulebookVersion.objects.filter(effective_from__lt=version.effective_from).first()
    before = Rulebook.from_json(earlier.data) if earlier else Rulebook()
    after = Rulebook.from_json(version.data)
    return _begin(request, before, after, version.effective_from, version)


@owners
@require_POST
def announcement_of_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin one about a draft, against what will be in force on its day."""
    now, draft = instant(request), get_object_or_404(RulebookDraft, pk=pk)
    day = draft.effective_on
    begins = max(now, start_of_day(day, draft.book.zone)) if day else now
    return _begin(request, rulebook_at(begins), draft.book, begins, None)


def _begin(
    request: HttpRequest, before: Rulebook, after: Rulebook, begins: datetime, version: RulebookVersion | None
) -> HttpResponse:
    titles, texts = written(before, after, begins)
    try:
        made = announcements.prepare(
            before=before,
            after=after,
            effective_from=begins,
            titles=titles,
            texts=texts,
            version=version,
            actor=person(request),
            now=instant(request),
        )
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("workspace:rules")
    return redirect("workspace:announcement", made.pk)


@owners
@both
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Its words, its difference, a preview for any customer, and, once sent, how far it has got."""
    row = get_object_or_404(Announcement.objects.select_related("author"), pk=pk)
    words = {name: getattr(row, name) for name in ("title_es", "title_en", "text_es", "text_en")}
    form = AnnouncementForm(posted(request), initial=words)
    if request.method == "POST" and form.is_valid():
        try:
            announcements.edit(
                announcement=row, titles=form.titles(), texts=form.texts(), actor=person(request)
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            done(request, _("Anuncio guardado."), draft=f"announcement-{pk}")
            return redirect("workspace:announcement", pk)
    before, after = Rulebook.from_json(row.before), Rulebook.from_json(row.after)
    at = headline(before, after, row.effective_from)
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "paragraphs": paragraphs(row.text),
        "changes": differences(before, after),
        "day": formats.exact(at, after.zone),
        "passed": has_passed(at, after, now=instant(request)),
        "organizations": Organization.objects.filter(blocked_at__isnull=True).count(),
    }
    if row.sent_at is None:
        unread = without_readers()
        context |= {"unread": unread.order_by("name")[:SHOWN], "unread_count": unread.count()}
    context |= progress_of(row)
    status = 422 if form.is_bound else 200
    return render(request, "workspace/announcements/page.html", context, status=status)


def progress_of(row: Announcement) -> dict[str, Any]:
    """How many copies are out; who has nobody to read it."""
    counts = row.copies.aggregate(
        total=Count("pk"),
        told=Count("pk", filter=Q(told_at__isnull=False)),
        alone=Count("pk", filter=Q(told_at__isnull=False, readers=0)),
    )
    alone = row.copies.filter(told_at__isnull=False, readers=0).select_related("organization")
    return {**counts, "alone_rows": alone.order_by("organization__name")[:SHOWN]}


@supervisors
@require_GET
def announcement_copies(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who was told when, and how many people read it there, as CSV."""
    row = get_object_or_404(Announcement, pk=pk)
    copies = row.copies.select_related("organization").order_by("organization__name", "pk")
    columns = [_("Organización"), _("Avisada"), _("Lectores"), _("Recordatorios")]
    return csv_response(
        f"{_('anuncio')}-{pk}",
        columns,
        (
            [copy.organization.name, copy.told_at, copy.readers, copy.reminders]
            for copy in copies.iterator(chunk_size=500)
        ),
    )


@owners
@require_GET
def announcement_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What one customer would be sent. Without a name, the first one; with `language`, in that language."""
    row = get_object_or_404(Announcement, pk=pk)
    wanted, language = asked(request), asked(request, "language") or person(request).language
    chosen = Organization.objects.filter(blocked_at__isnull=True)
    if wanted:
        number = wanted.removeprefix("#")
        by_number = Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else Q()
        chosen = chosen.filter(
            Q(name__icontains=wanted) | by_number if by_number else Q(name__icontains=wanted)
        )
    organization = chosen.order_by("name").first()
    letter = None
    if organization is not None:
        reader = Reader(person(request).email, speaks="en" if language == "en" else "es")
        letter = preview(row, organization, to=reader, now=instant(request))
    context = {"row": row, "q": wanted, "organization": organization, "letter": letter, "language": language}
    return render(request, "workspace/announcements/preview.html", context)


@owners
@require_POST
def announcement_sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to every customer, once."""
    row = get_object_or_404(Announcement, pk=pk)

    def run() -> str:
        n = announcements.send(announcement=row, actor=person(request), now=instant(request))
        if not n:
            return _("Ya se había enviado.")
        return ngettext("Sale a %(n)s organización.", "Sale a %(n)s organizaciones.", n) % {"n": n}

    return attempt(request, run, reverse("workspace:announcement", args=[pk]))


@owners
@require_POST
def announcement_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away one that nobody has read."""
    row = get_object_or_404(Announcement, pk=pk)

    def run() -> str:
        announcements.discard(announcement=row, actor=person(request))
        return _("Anuncio borrado.")

    return attempt(request, run, reverse("workspace:rules"))
