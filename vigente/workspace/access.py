"""Who may open which page of the workspace. Every view here wears one of these decorators; a test walks the address
map.

Nobody signed in: to the sign-in page. A customer: 404, as if the workspace were not there. A lesser role: 403.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeAlias, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from vigente.accounts.models import STAFF_ROLES, SUPERVISING_ROLES, Role, User
from vigente.workspace.trace import leave_trace

View: TypeAlias = Callable[..., HttpResponseBase]


def _gate(roles: tuple[str, ...]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                return _sign_in(request)
            if user.role not in STAFF_ROLES:
                raise Http404
            if user.role not in roles:
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            leave_trace(request, response)
            return response

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


staff = _gate(tuple(STAFF_ROLES))
supervisors = _gate(tuple(SUPERVISING_ROLES))
owners = _gate((Role.OWNER,))


def person(request: HttpRequest) -> User:
    """The signed-in person, for views behind a gate."""
    return cast(User, request.user)


def instant(request: HttpRequest) -> datetime:
    """The one instant at which this request happens (aware, UTC)."""
    return cast(datetime, request.now)  # type: ignore[attr-defined]


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to a page that can be opened (never to an address that only takes
    POST).
    """
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD") or request.headers.get("HX-Request"):
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            back = reverse("workspace:home")
    response = redirect_to_login(back)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response.url)
    return response
