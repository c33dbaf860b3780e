"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def file(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
