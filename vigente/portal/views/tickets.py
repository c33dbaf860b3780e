"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def tickets(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def tickets_csv(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def search(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
