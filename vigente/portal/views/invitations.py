"""Taking the seat that a mailed link offers."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from vigente.accounts import services
from vigente.accounts.forms import AcceptInvitationForm
from vigente.accounts.models import Invitation, User
from vigente.portal.pages import page
from vigente.ui.feedback import done

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """With an account at that address: sign in and take it. Without: choose a name and a password."""
    offer = services.invitation_from(token, now=request.now)
    if offer is None:
        return page(request, "invitation_over.html", status=404)
    owner = services.needs_sign_in(offer)
    if owner is None:
        return _new_person(request, offer)
    if request.user != owner:
        return page(request, "invitation.html", {"offer": offer, "must_sign_in": True})
    if request.method == "POST":
        return _take(request, offer, user=owner)
    return page(request, "invitation.html", {"offer": offer})


def _new_person(request: HttpRequest, offer: Invitation) -> HttpResponse:
    form = AcceptInvitationForm(request.POST or None, email=offer.email, initial={"name": offer.name})
    if request.method == "POST" and form.is_valid():
        return _take(request, offer, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
    return page(
        request, "invitation.html", {"offer": offer, "form": form}, status=422 if form.is_bound else 200
    )


def _take(
    request: HttpRequest, offer: Invitation, *, user: User | None = None, name: str = "", password: str = ""
) -> HttpResponse:
    try:
        member = services.accept_invitation(
            invitation=offer, user=user, name=name, password=password, now=request.now
        )
    except ValidationError as error:
        return page(request, "invitation_over.html", {"why": error.messages[0]}, status=409)
    if user is None:
        login(request, member, backend=BACKEND)
    done(request, _("Le damos la bienvenida a %(organization)s.") % {"organization": offer.organization})
    return redirect("portal:home")
