"""Rules: the rulebook in sentences with the date each value came into force; a new version by its owner, seen
before it binds.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import RulebookVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import rulebooks
from vigente.rules.refusal import Refused
from vigente.rules.rulebook import Rulebook
from vigente.ui.feedback import done
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import add_refusal, attempt, posted
from vigente.workspace.forms.rules import RulebookForm
from vigente.workspace.rulebook import differences, said
from vigente.workspace.views.actions import both


@staff
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """What is in force, in sentences; what comes, and what was before."""
    now = instant(request)
    versions = list(RulebookVersion.objects.select_related("author").order_by("-effective_from"))
    past = [version for version in versions if version.effective_from <= now]
    book = rulebook_at(now)
    coming = [
        {"version": version, "changes": differences(before, Rulebook.from_json(version.data))}
        for version, before in _with_before(versions, past, book)
    ]
    context = {"groups": list(said(book, past)), "coming": coming, "past": past}
    return render(request, "workspace/rules/rules.html", context)


def _with_before(
    versions: list[RulebookVersion], past: list[RulebookVersion], book: Rulebook
) -> list[tuple[RulebookVersion, Rulebook]]:
    """Each version to come with the rules it replaces, the nearest first."""
    found, before = [], book
    for version in sorted((v for v in versions if v not in past), key=lambda v: v.effective_from):
        found.append((version, before))
        before = Rulebook.from_json(version.data)
    return found


@owners
@both
def rules_new(request: HttpRequest) -> HttpResponse:
    """Edit, see what changes, publish. Nothing binds before the second button."""
    now = instant(request)
    current = rulebook_at(now)
    form = RulebookForm(posted(request), current=current, now=now)
    changes = None
    if request.method == "POST" and form.is_valid():
        book, begins = form.cleaned_data["rulebook"], form.cleaned_data["effective_from"]
        if "publish" in request.POST:
            try:
                rulebooks.publish(
                    rulebook=book,
                    effective_from=begins,
                    actor=person(request),
                    now=now,
                    note=form.cleaned_data["note"],
                )
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                done(request, _("Reglas publicadas."), draft="rulebook")
                return redirect("workspace:rules")
        else:
            changes = {"list": differences(current, book), "begins": begins, "now": begins == now}
    status = 422 if form.is_bound and changes is None else 200
    return render(request, "workspace/rules/new.html", {"form": form, "changes": changes}, status=status)


@owners
@require_POST
def rules_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a version that does not bind yet."""
    version = get_object_or_404(RulebookVersion, pk=pk)

    def run() -> str:
        rulebooks.withdraw(version=version, actor=person(request), now=instant(request))
        return _("Esas reglas ya no entrarán en vigor.")

    return attempt(request, run, reverse("workspace:rules"))
