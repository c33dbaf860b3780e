"""Keeping an eye on a case, and closing its door to replies."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.tickets.services import watching
from vigente.workspace.access import instant, person, staff
from vigente.workspace.answers import attempt, back_to
from vigente.workspace.views.actions import back
from vigente.workspace.views.case import find


@staff
@require_POST
def watch(request: HttpRequest, number: int) -> HttpResponse:
    """Be written what happens in it; undone by the next."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        watching.watch(ticket=ticket, user=user, actor=user, now=instant(request))
        return _("Vigila el caso %(number)s: le escribiremos lo que pase.") % {"number": number}

    undo = reverse("workspace:unwatch", args=[number])
    return attempt(request, run, back_to(request, back(ticket)), undo=undo)


@staff
@require_POST
def unwatch(request: HttpRequest, number: int) -> HttpResponse:
    """No more."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        watching.unwatch(ticket=ticket, user=user, actor=user, now=instant(request))
        return _("Ya no vigila el caso %(number)s.") % {"number": number}

    return attempt(request, run, back_to(request, back(ticket)))


@staff
@require_POST
def locking(request: HttpRequest, number: int) -> HttpResponse:
    """It takes no more replies; undone by the next."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        watching.lock(ticket=ticket, actor=user, now=instant(request))
        return _("El caso %(number)s ya no recibe respuestas.") % {"number": number}

    undo = reverse("workspace:unlocking", args=[number])
    return attempt(request, run, back_to(request, back(ticket)), undo=undo)


@staff
@require_POST
def unlocking(request: HttpRequest, number: int) -> HttpResponse:
    """It takes replies again."""
    ticket, user = find(number, person(request)), person(request)

    def run() -> str:
        watching.unlock(ticket=ticket, actor=user, now=instant(request))
        return _("El caso %(number)s recibe respuestas de nuevo.") % {"number": number}

    return attempt(request, run, back_to(request, back(ticket)))
