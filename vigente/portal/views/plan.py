"""Mi plan: what covers each licence, until when, what renews, what it costs (R2, R5, R11)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vigente.portal.contracts import panels
from vigente.portal.pages import customer, managers_of, page, seat_of


@require_safe
@customer
def plan(request: HttpRequest) -> HttpResponse:
    """One panel per licence."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html")
    found = panels(seat.organization, now=request.now)
    context = {
        "panels": found,
        "licences": sum(1 for panel in found if panel.licence),
        "managers": managers_of(seat.organization),
    }
    return page(request, "plan.html", context)
