"""The page of whoever must set up a second step before going on."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vigente.accounts.second_factor import has_second_factor


@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What is asked, why, and the two ways to do it; who has one is told so."""
    return render(request, "account/second_factor.html", {"has_one": has_second_factor(request.user)})
