"""Who is signed in, for owners; ending anybody's session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigente.accounts.models import UserSession
from vigente.accounts.sessions import end
from vigente.tickets.queries.pages import pack, unpack
from vigente.workspace.access import instant, owners, person
from vigente.workspace.answers import asked, attempt

PAGE = 50


@owners
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Live sessions, the latest first; of one person by their address."""
    rows = UserSession.objects.visible_to(person(request)).live_at(instant(request)).select_related("user")
    text = asked(request)
    if text:
        rows = rows.filter(user__email__icontains=text)
    start = unpack(request.GET.get("after"), int)
    if start:
        rows = rows.filter(pk__lt=start[0])
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = f"?q={text}&after={pack(found[PAGE - 1].pk)}" if len(found) > PAGE else ""
    context = {"rows": found[:PAGE], "more": more, "q": text, "here": request.session.session_key}
    return render(request, "workspace/trust/sessions.html", context)


@owners
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """It lets nobody in any more."""
    found = get_object_or_404(UserSession.objects.visible_to(person(request)).select_related("user"), pk=pk)

    def run() -> str:
        end(session=found, actor=person(request))
        return _("Sesión de %(name)s cerrada.") % {"name": found.user}

    return attempt(request, run, reverse("workspace:sessions"))
