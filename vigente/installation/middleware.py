"""Reads the clock once per request; refuses addresses that cannot be."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from vigente.installation.clock import standing_at, vendor_standing


class AddressMiddleware:
    """Refuses an address with a NUL in its path: nothing goes by that name, and a database must not be asked for it.

    The API says so itself, as a problem.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info and not request.path_info.startswith("/api/"):
            raise BadRequest("a NUL in the address")
        return self.get_response(request)


class NowMiddleware:
    """Sets `request.now` (aware, UTC): everything a request does happens at that one instant.

    With it `request.second_factor_roles`: who needs a second step to sign in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz" and not request.path.startswith("/static/"):
            now, roles = vendor_standing()
            request.now, request.second_factor_roles = now, roles  # type: ignore[attr-defined]
            with standing_at(now):
                return self.get_response(request)
        return self.get_response(request)
