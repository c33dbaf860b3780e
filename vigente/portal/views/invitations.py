"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def invitation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
