"""The catalogue: what is sold, in versions that never change; a new version; the whole as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from vigente.billing.models import Edition, Plan, PlanVersion, PriceList, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.plans_export import export_plans
from vigente.billing.plans_toml import PlansFileError
from vigente.billing.services.catalog import import_plans
from vigente.billing.services.listing import revise
from vigente.billing.services.versions import latest_version
from vigente.ui.feedback import done
from vigente.workspace import catalogue_words
from vigente.workspace.access import instant, owners, person, staff
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.plans import ImportForm, VersionForm
from vigente.workspace.views.actions import both
from vigente.workspace.words import plan_name


@staff
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan by edition, its version on sale first. A handful of queries, however many there are."""
    now = instant(request)
    versions: dict[int, list[PlanVersion]] = {}
    found = PlanVersion.objects.select_related("sla_policy").prefetch_related("list_prices__price_list")
    for version in found.order_by("plan", "-number"):
        versions.setdefault(version.plan_id, []).append(version)
    names = {kind.code: kind.name for kind in WorkType.objects.all()}
    editions: dict[Edition, list[dict[str, Any]]] = {}
    rows = Plan.objects.select_related("edition__product").order_by(
        "edition__product", "edition", "interval", "id"
    )
    for plan in rows:
        known = [_shown(version, names, now=now) for version in versions.get(plan.pk, [])]
        current = next((v for v in known if v["sold"]), None)
        line = {"plan": plan, "current": current, "rest": [v for v in known if v is not current]}
        editions.setdefault(plan.edition, []).append(line)
    for lines in editions.values():
        lines.sort(key=lambda line: (line["plan"].interval, line["current"] is None, _price(line)))
    has_lists = PriceList.objects.filter(is_base=False).exists()
    return render(
        request, "workspace/plans/plans.html", {"editions": editions.items(), "has_lists": has_lists}
    )


def _shown(version: PlanVersion, names: dict[str, str], *, now: Any) -> dict[str, Any]:
    sold = version.sold_from <= now and (version.sold_until is None or now < version.sold_until)
    return {
        "version": version,
        "sold": sold,
        "coming": version.sold_from > now,
        "work": ", ".join(names.get(code, code) for code in version.work),
    }


def _price(line: dict[str, Any]) -> int:
    return line["current"]["version"].price_minor if line["current"] else 0


@owners
@both
def plan_version(request: HttpRequest, pk: int) -> HttpResponse:
    """New terms for a plan; who has the old ones keeps them."""
    plan = get_object_or_404(Plan.objects.select_related("edition"), pk=pk)
    now = instant(request)
    form = VersionForm(posted(request), plan=plan, latest=latest_version(plan), zone=rulebook_at(now).zone)
    announce_days = rulebook_at(now).announce_days
    note = _(
        "Las condiciones de una versión vendida no cambian nunca: esto crea una versión nueva y la anterior deja de "
        "venderse. Quien la tiene la conserva, o pasa a esta al renovar, según se elija abajo."
    )
    action = Action(
        title=_("Versión nueva de %(plan)s") % {"plan": plan_name(plan)},
        submit=_("Crear la versión"),
        back=reverse("workspace:plans"),
        notes=(note,),
        wide=True,
        template="workspace/actions/version.html",
        context={"announce_days": announce_days},
    )

    def run(data: dict[str, Any]) -> str:
        made = revise(
            plan=plan, now=now, sold_from=form.sold_from(), terms=form.terms(), prices=form.prices()
        )
        return _("%(plan)s va por la versión %(number)s.") % {"plan": plan, "number": made.number}

    return perform(request, action, form, run)


@owners
@both
def plans_import(request: HttpRequest) -> HttpResponse:
    """Bring the catalogue to what a file says; what would change is shown first, and nothing is half done."""
    form = ImportForm(posted(request), request.FILES if request.method == "POST" else None)
    changes, text = None, ""
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        really = "import" in request.POST
        try:
            changes = import_plans(text=text, now=instant(request), dry_run=not really, actor=person(request))
        except PlansFileError as error:
            for problem in error.problems[:30]:
                form.add_error(None, problem)
        else:
            if really:
                done(request, _imported(len(changes.items)))
                return redirect("workspace:plans")
    status = 422 if form.is_bound and changes is None else 200
    said = catalogue_words.said(changes.items) if changes else []
    context = {"form": form, "changes": changes, "said": said, "text": text}
    return render(request, "workspace/plans/import.html", context, status=status)


def _imported(n: int) -> str:
    return ngettext("Catálogo importado: %(n)s cambio.", "Catálogo importado: %(n)s cambios.", n) % {"n": n}


@staff
@require_GET
def plans_export(request: HttpRequest) -> HttpResponse:
    """The catalogue as the file that import reads."""
    response = HttpResponse(export_plans(), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="planes.toml"'
    return response
