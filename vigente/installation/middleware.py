"""Reads the clock once per request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from vigente.installation.clock import standing_at, vendor_now


class NowMiddleware:
    """Sets `request.now` (aware, UTC): everything a request does happens at that one instant."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz" and not request.path.startswith("/static/"):
            now = request.now = vendor_now()  # type: ignore[attr-defined]
            with standing_at(now):
                return self.get_response(request)
        return self.get_response(request)
