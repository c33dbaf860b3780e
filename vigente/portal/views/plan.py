"""Mi plan: what covers each licence, until when, what renews, what it costs, what is owed (R2, R5, R11; row 25)."""

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from vigente.billing.models import Order
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.purchases import open_orders, owed, packs_of
from vigente.portal.contracts import panels
from vigente.portal.pages import customer, managers_of, page, seat_of
from vigente.portal.wishing import mine, names, shown_to


@require_safe
@customer
def plan(request: HttpRequest) -> HttpResponse:
    """One panel per licence. Money is shown to managers only."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html")
    organization = seat.organization
    found = panels(organization, now=request.now)
    manages = seat.role == seat.Role.MANAGER
    managers = managers_of(organization)
    shown = {pk for panel in found for pk in panel.orders}
    asked = [] if manages else mine(request.user, organization, now=request.now)
    waiting = open_orders(organization, now=request.now) if manages else []
    context = {
        "panels": found,
        "licences": sum(1 for panel in found if panel.licence),
        "managers": managers,
        "owed": [(one, address("pay_invoice", one.pk)) for one in owed(organization)] if manages else [],
        "orders": [
            one for one in waiting if not (one.kind == one.Kind.PLAN and one.subscription_id in shown)
        ],
        "wishes": shown_to(organization, now=request.now) if manages else [],
        "asked": asked,
        "asked_packs": {one.subscription_id for one in asked if one.kind == Order.Kind.PACK},
        "people": names(managers),
        "packs": packs_of(organization, now=request.now),
        "invoices": address("invoices"),
        "grace_cases": rulebook_at(request.now).grace_cases,
        "now": request.now,
    }
    return page(request, "plan.html", context)


def address(name: str, *args: object) -> str:
    """A page of the portal; empty where this installation has none."""
    try:
        return reverse(f"portal:{name}", args=args)
    except NoReverseMatch:
        return ""
