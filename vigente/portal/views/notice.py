"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def notice(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def notice_withdrawal(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def change(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
