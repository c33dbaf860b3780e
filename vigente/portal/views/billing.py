"""Datos para la factura: who invoices are made out to, changed at any time; issued ones stay as they are (row 32)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import profile_of
from vigente.billing.services.profiles import save_profile
from vigente.portal.contract_forms import ProfileForm, profile_defaults
from vigente.portal.pages import customer, is_manager, not_allowed, page, seat_of
from vigente.ui.feedback import done


@customer
def billing(request: HttpRequest) -> HttpResponse:
    """Managers only."""
    seat = seat_of(request)
    if seat is None or not is_manager(seat):
        return not_allowed(request, _("Datos para la factura"))
    profile = profile_of(seat.organization)
    zone = rulebook_at(request.now).billing_zone
    known = {name: getattr(profile, name) for name in ProfileForm.base_fields} if profile else {}
    initial = known or profile_defaults(seat.organization, request.user, company="", zone=zone)
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_profile(
            organization=seat.organization,
            language=profile.language if profile else (get_language() or "es")[:2],
            **form.cleaned_data,
        )
        done(request, _("Guardado. Vale para las facturas que vengan."))
        return redirect("portal:plan")
    return page(
        request, "billing.html", {"form": form, "profile": profile}, status=422 if form.is_bound else 200
    )
