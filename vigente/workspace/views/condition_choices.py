"""The choices of a condition's field that are too many to list, found by what is typed."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from vigente.workspace.access import person, staff
from vigente.workspace.answers import asked
from vigente.workspace.condition_choices import search


@staff
@require_GET
def condition_choices(request: HttpRequest) -> JsonResponse:
    """`?of=requester&q=rosa` → [[value, label], …], at most twenty."""
    found = search(asked(request, "of"), asked(request), user=person(request))
    return JsonResponse(found, safe=False)
