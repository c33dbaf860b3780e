"""Planes: the vendor's table per edition with this licence's prices, and ordering one (R3, R4; rows 2, 27)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigente.billing.models import Edition, Licence, PlanVersion, Subscription, WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import price_of, sold_versions
from vigente.billing.services.subscriptions import subscribe
from vigente.portal.catalogue import first_reply, table
from vigente.portal.pages import customer, is_manager, managers_of, not_allowed, page, seat_of
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done
from vigente.ui.wording import refusal_text


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """`?licence=` for one of mine, `?edition=` for a visitor, `?interval=month|year`."""
    interval = "year" if request.GET.get("interval") == "year" else "month"
    seat = seat_of(request) if request.user.is_authenticated else None
    licences = _licences(request)
    licence = next((one for one in licences if str(one.pk) == request.GET.get("licence")), None)
    editions = list(_editions(request))
    if licence is None and licences and "edition" not in request.GET:
        licence = licences[0]
    edition = licence.edition if licence else _edition(request, editions)
    shown = None
    if edition is not None:
        organization = seat.organization if seat and licence else None
        shown = table(
            edition=edition, licence=licence, organization=organization, interval=interval, now=request.now
        )
    context = {
        "table": shown,
        "licences": licences,
        "editions": editions,
        "interval": interval,
        "covered_work": [work for work in WorkType.objects.filter(is_offered=True) if not work.development],
        "managers": managers_of(seat.organization) if seat and not is_manager(seat) else [],
        "book": rulebook_at(request.now),
    }
    return page(request, "plans.html", context)


def _licences(request: HttpRequest) -> list[Licence]:
    seat = seat_of(request) if request.user.is_authenticated and not request.user.is_staff_member else None
    if seat is None:
        return []
    return list(
        seat.organization.licences.filter(is_active=True).select_related("edition__product").order_by("id")
    )


def _editions(request: HttpRequest) -> Any:
    """Editions that have something on sale."""
    sold = sold_versions(now=request.now).order_by().values("plan__edition")
    return Edition.objects.filter(pk__in=sold).select_related("product").order_by("id")


def _edition(request: HttpRequest, editions: list[Edition]) -> Edition | None:
    wanted = request.GET.get("edition")
    return next((one for one in editions if str(one.pk) == wanted), editions[0] if editions else None)


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
    mine = [one for one in _licences(request) if one.edition_id == version.plan.edition_id]
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
