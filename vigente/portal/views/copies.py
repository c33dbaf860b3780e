"""Colleagues who are told of a case too, added by its customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.portal.pages import customer
from vigente.portal.views.ticket import visible
from vigente.rules.refusal import Refused
from vigente.tickets.services.copies import add_copy
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


@require_POST
@customer
def copies(request: HttpRequest, number: int) -> HttpResponse:
    """Let a colleague see the case, be written to, and reply in it."""
    row = visible(request, number)
    email = request.POST.get("email", "")[:254]
    try:
        add_copy(ticket=row, email=email, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    else:
        done(request, _("%(email)s también recibe lo que respondamos.") % {"email": email.strip()})
    return redirect("portal:ticket", number)
