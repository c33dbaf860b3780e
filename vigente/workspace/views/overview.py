"""The supervisor's and owner's page: fairness, favours, what waits for a decision, whether the numbers add up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.billing.models import MissedTerm
from vigente.billing.services import missed
from vigente.workspace.access import instant, person, supervisors
from vigente.workspace.answers import attempt
from vigente.workspace.overview import overview as read


@supervisors
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """A few numbers in sentences, and what is behind each."""
    page = read(person(request), now=instant(request))
    return render(request, "workspace/overview/overview.html", {"page": page})


@supervisors
@require_POST
def missed_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a missed term is settled (row 20)."""
    term = get_object_or_404(MissedTerm, pk=pk)

    def run() -> str:
        missed.settle(term=term, actor=person(request), now=instant(request))
        return _("Anotado: ese periodo queda decidido.")

    return attempt(request, run, reverse("workspace:overview"))
