"""One's own sessions: where one is signed in, and ending those one does not know. For everybody."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vigente.accounts.models import UserSession
from vigente.accounts.sessions import end
from vigente.ui.feedback import done


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Those that are live; which one is this."""
    rows = UserSession.objects.filter(user=request.user).live_at(request.now)
    context = {"rows": rows, "here": request.session.session_key}
    return render(request, "account/sessions.html", context)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own."""
    end(session=get_object_or_404(UserSession, user=request.user, pk=pk), actor=request.user)
    done(request, _("Sesión cerrada."))
    return redirect("account_sessions")
