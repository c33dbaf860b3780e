"""A plan from nothing, and what a version costs in further price lists (row 32)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigente.billing.models import PlanVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.listing import add_prices, create_plan
from vigente.workspace.access import instant, owners
from vigente.workspace.answers import Action, perform, posted
from vigente.workspace.forms.plans import PlanForm, PricesForm
from vigente.workspace.views.actions import both
from vigente.workspace.words import plan_name


@owners
@both
def plan_new(request: HttpRequest) -> HttpResponse:
    """A plan with its first version."""
    now = instant(request)
    book = rulebook_at(now)
    form = PlanForm(posted(request), zone=book.zone)
    action = Action(
        title=_("Plan nuevo"),
        submit=_("Crear el plan"),
        back=reverse("workspace:plans"),
        wide=True,
        template="workspace/actions/plan.html",
        context={"announce_days": book.announce_days},
    )

    def run(data: dict[str, Any]) -> str:
        made = create_plan(
            terms=form.terms(),
            prices=form.prices(),
            sold_from=form.sold_from(),
            now=now,
            **form.plan_facts(),
        )
        return _("%(plan)s queda a la venta.") % {"plan": plan_name(made.plan)}

    return perform(request, action, form, run)


@owners
@both
def version_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Prices of a version in the lists that do not say it yet; what is written stays."""
    version = get_object_or_404(PlanVersion.objects.select_related("plan__edition"), pk=pk)
    form = PricesForm(posted(request), version=version)
    written = version.list_prices.select_related("price_list").order_by("price_list__code")
    action = Action(
        title=_("Precios de %(plan)s v%(number)s")
        % {"plan": plan_name(version.plan), "number": version.number},
        submit=_("Guardar") if form.lists else "",
        back=reverse("workspace:plans"),
        template="workspace/actions/prices.html",
        notes=(_("Un precio escrito no cambia nunca: otro precio es otra versión."),),
        context={"written": list(written)},
    )

    def run(data: dict[str, Any]) -> str:
        made = add_prices(version=version, prices=form.prices())
        return ngettext("%(n)s precio guardado.", "%(n)s precios guardados.", made) % {"n": made}

    return perform(request, action, form, run)
