"""To come."""

from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def invitations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def revocation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def person(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def deactivation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
