"""What a person says about themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vigente.accounts.forms import ProfileForm
from vigente.accounts.services import change_profile
from vigente.portal.pages import customer, page
from vigente.ui.feedback import done


@customer
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, time zone. Saving a language shows the next page in it."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = change_profile(user=request.user, **form.cleaned_data)
        with translation.override(user.language):
            done(request, _("Sus datos están guardados."))
            return redirect(reverse("portal:profile"))
    status = 422 if form.is_bound else 200
    return page(request, "profile.html", {"form": form}, status)
