"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def ask(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def coverage(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
