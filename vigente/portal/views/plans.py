"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def plans(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def order(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
