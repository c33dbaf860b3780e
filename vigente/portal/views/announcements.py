"""An announcement of new rules, for whoever is signed in: its text, and what changes for the company one acts for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vigente.accounts.models import Organization
from vigente.billing.models import Announcement
from vigente.mail.tell_rules import for_customer, paragraphs
from vigente.portal.pages import customer, is_manager, page, seats


@require_safe
@customer
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Read by any customer once it was sent; what it means for each company, by that company's managers."""
    row = get_object_or_404(Announcement, pk=pk, sent_at__isnull=False)
    managed = [seat.organization_id for seat in seats(request) if is_manager(seat)]
    organizations = Organization.objects.filter(pk__in=managed).order_by("name")[:10]
    context = {
        "row": row,
        "paragraphs": paragraphs(row.text),
        "companies": [(one, for_customer(row, one, now=request.now)) for one in organizations],
    }
    return page(request, "announcement.html", context)
