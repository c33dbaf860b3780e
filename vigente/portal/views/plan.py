"""Mi plan: what covers each licence, until when, what renews, what it costs (R2, R5, R11)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vigente.billing.models import WorkType
from vigente.billing.models.rulebooks import rulebook_at
from vigente.portal.contracts import panels
from vigente.portal.pages import customer, managers_of, page, seat_of


@require_safe
@customer
def plan(request: HttpRequest) -> HttpResponse:
    """One panel per licence."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html")
    help_type = (
        WorkType.objects.filter(always=True, is_offered=True)
        .order_by("position")
        .values_list("code", flat=True)
    )
    context = {
        "panels": panels(seat.organization, now=request.now),
        "managers": managers_of(seat.organization),
        "book": rulebook_at(request.now),
        "billing_help": next((code for code in help_type if code in ("billing", "cobro", "facturacion")), ""),
    }
    return page(request, "plan.html", context)
