"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def ticket(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def replies(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def closure(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def reopening(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
