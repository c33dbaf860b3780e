"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def choice(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def held(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def claim(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def withdrawal(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def approval(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
