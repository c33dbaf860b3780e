"""Ordering a plan (R3, R4; rows 2, 27)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from vigente.billing.models import Licence, PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import price_of, sold_versions
from vigente.billing.services.subscriptions import subscribe
from vigente.portal.catalogue import first_reply
from vigente.portal.pages import customer, is_manager, not_allowed, page, seat_of
from vigente.portal.views.plans import licences_of
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done
from vigente.ui.wording import refusal_text


@customer
def order(request: HttpRequest, version: int) -> HttpResponse:
    """Say what it is and what it costs; on POST contract it, to be confirmed by a person."""
    seat = seat_of(request)
    if not is_manager(seat):
        return not_allowed(request, _("Contratar un plan"))
    wanted = get_object_or_404(sold_versions(now=request.now).select_related("sla_policy__hours"), pk=version)
    licence = _for_licence(request, wanted)
    context = {
        "version": wanted,
        "licence": licence,
        "price": price_of(version=wanted, licence=licence, organization=seat.organization, now=request.now),
        "first_reply": first_reply(wanted),
        "book": rulebook_at(request.now),
    }
    if request.method != "POST":
        return page(request, "plan_order.html", context)
    try:
        subscribe(
            organization=seat.organization,
            licence=licence,
            version=wanted,
            activate=False,
            actor=request.user,
            now=request.now,
        )
    except Refused as refusal:
        return page(request, "plan_order.html", context | {"error": refusal_text(refusal)}, status=409)
    done(
        request,
        _("Pedido recibido: %(plan)s. Una persona lo confirma y le avisamos.") % {"plan": wanted.plan.name},
    )
    return redirect("portal:plan")


def _for_licence(request: HttpRequest, version: PlanVersion) -> Licence:
    """The licence asked for, one of the organization's own; without one, the first of that edition that has no plan."""
    mine = [one for one in licences_of(request) if one.edition_id == version.plan.edition_id]
    wanted = request.POST.get("licence") or request.GET.get("licence")
    if wanted:
        found = next((one for one in mine if str(one.pk) == wanted), None)
    else:
        taken = set(
            Subscription.objects.filter(licence__in=mine, source=Subscription.Source.BOUGHT)
            .exclude(status__in=[Subscription.Status.ENDED, Subscription.Status.REPLACED])
            .values_list("licence", flat=True)
        )
        found = next((one for one in mine if one.pk not in taken), mine[0] if mine else None)
    if found is None:
        raise Http404
    return found
