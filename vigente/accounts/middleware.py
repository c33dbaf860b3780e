"""Who sends a request and from where, for what is written down; each reader sees the page in their own time zone."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from vigente.installation.origin import coming_from, origin_of


class OriginMiddleware:
    """Says for the length of the request where it comes from (`installation.origin`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(origin_of(request, lambda: _who(request))):
            return self.get_response(request)


def _who(request: HttpRequest) -> int | None:
    """The person an API token acts for, or who has signed in; asked only when something is written."""
    caller = getattr(request, "auth", None)
    user = request.user if caller is None else getattr(caller, "user", None)
    return getattr(user, "pk", None)


class ReaderMiddleware:
    """Activates the signed-in person's time zone for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz" or not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(_zone(request.user.time_zone)):
            return self.get_response(request)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
