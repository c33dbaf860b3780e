"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def statement(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def statement_csv(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
