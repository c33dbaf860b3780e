"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def quotation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def split(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def dispute(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
