"""The supervisor's and owner's page: fairness, favours, what waits for a decision, whether the numbers add up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import MissedTerm
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services import missed
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import attempt, back_to
from vigente.workspace.headline import order_figure
from vigente.workspace.overview import overview as read


@supervisors
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """A few numbers in sentences, and what is behind each."""
    page = read(person(request), now=instant(request))
    return render(request, "workspace/overview/overview.html", {"page": page})


@supervisors
@require_GET
def overview_order(request: HttpRequest) -> HttpResponse:
    """The one number of the page that takes long to count, for the page to fill in."""
    now = instant(request)
    figure = order_figure(now=now, zone=rulebook_at(now).billing_zone)
    return render(request, "workspace/overview/figure.html", {"figure": figure})


@supervisors
@require_POST
def missed_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what becomes of a missed term (row 20): charged, which issues its invoice, or not."""
    term = get_object_or_404(MissedTerm.objects.select_related("subscription"), pk=pk)
    charge = bool(request.POST.get("charge")) and term.subscription.is_billed

    def run() -> str:
        made = missed.settle(term=term, charge=charge, actor=person(request), now=instant(request))
        if made is not None:
            return _("Factura %(code)s emitida por ese periodo.") % {"code": made.code}
        return _("Anotado: ese periodo queda decidido.")

    return attempt(request, run, back_to(request, reverse("workspace:overview")))
