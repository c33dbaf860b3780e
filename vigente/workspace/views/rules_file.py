"""The rulebook as a file: taken out, and read in as a draft whose difference is seen before anything binds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.rulebook_toml import RulebookFileError, dump, parse
from vigente.billing.services import rulebooks
from vigente.ui.feedback import done
from vigente.ui.rulebook_problems import problem_text
from vigente.ui.rulebook_sentences import differences
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import posted
from vigente.workspace.forms.rules_file import RulesFileForm
from vigente.workspace.views.actions import both
from vigente.workspace.views.rules import starting_point

MOST_PROBLEMS = 30


@staff
@require_GET
def rules_export(request: HttpRequest) -> HttpResponse:
    """What is in force as TOML; a version with `?from=`, and for the owner a draft with `?draft=`."""
    start = starting_point(request, now=instant(request), drafts=person(request).is_owner)
    response = HttpResponse(dump(start.book), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("reglas")}.toml"'
    response["Cache-Control"] = "no-store"
    return response


@owners
@both
def rules_import(request: HttpRequest) -> HttpResponse:
    """Say what a file would change; then keep it as a draft, to be looked over and published from its sentences."""
    now = instant(request)
    form = RulesFileForm(posted(request), request.FILES if request.method == "POST" else None)
    changes, text = None, ""
    if request.method == "POST" and form.is_valid():
        text, base = form.cleaned_data["text"], rulebook_at(now)
        try:
            book = parse(text, base=base)
        except RulebookFileError as error:
            for problem in error.problems[:MOST_PROBLEMS]:
                form.add_error(None, problem_text(problem))
        else:
            changes = differences(base, book)
            if "keep" in request.POST:
                name = form.cleaned_data["draft_name"] or _("De un archivo")
                kept = rulebooks.save_draft(rulebook=book, name=name, actor=person(request), now=now)
                done(request, _("Borrador guardado: %(name)s.") % {"name": kept.name})
                return redirect(f"{reverse('workspace:rules_new')}?draft={kept.pk}")
    status = 422 if form.is_bound and changes is None else 200
    context = {"form": form, "changes": changes, "text": text}
    return render(request, "workspace/rules/import.html", context, status=status)
