"""Instalaciones: what is registered, what covers it, and registering a key one holds (rows 27, 28, 31)."""

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vigente.billing.models import Edition, Licence, Subscription
from vigente.billing.models.subscriptions import PROVISIONAL
from vigente.billing.queries import meters_of
from vigente.billing.services import claims
from vigente.portal.pages import customer, is_manager, page, seat_of
from vigente.portal.staff_requests import ask_to_register
from vigente.portal.wishing import ask_a_manager
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

TRIES, AN_HOUR = 10, 3600  # of one person: keys are not to be guessed


class KeyForm(forms.Form):
    """The key, and which edition it is of when we do not know it. `licence`: a provisional one it belongs to."""

    key = forms.CharField(label=gettext_lazy("Clave de la licencia"), max_length=64)
    edition = forms.ModelChoiceField(
        label=gettext_lazy("Edición"), queryset=Edition.objects.none(), empty_label=None, required=False
    )
    licence = forms.ModelChoiceField(
        queryset=Licence.objects.none(), required=False, widget=forms.HiddenInput
    )

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key.startswith(PROVISIONAL):
            raise forms.ValidationError(_("Escriba la clave que recibió al comprar."))
        return key


@customer
def licences(request: HttpRequest) -> HttpResponse:
    """Everybody of the organization reads; a manager registers."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html")
    if request.method == "POST" and not is_manager(seat):
        return ask_a_manager(request, _("Registrar una instalación"))
    mine = list(
        seat.organization.licences.filter(is_active=True).select_related("edition__product").order_by("id")
    )
    form = KeyForm(request.POST or None)
    form.fields["edition"].queryset = Edition.objects.select_related("product").order_by("id")  # type: ignore[attr-defined]
    form.fields["licence"].queryset = seat.organization.licences.filter(  # type: ignore[attr-defined]
        key__startswith=PROVISIONAL
    )
    if request.method == "POST" and form.is_valid():
        return _register(request, form, seat.organization)
    meters = meters_of(organization=seat.organization, licences=mine, now=request.now)
    context = {
        "licences": [(one, meters[one.pk], claims.is_provisional(one)) for one in mine],
        "form": form,
    }
    return page(request, "licences.html", context, status=422 if form.is_bound else 200)


def _register(request: HttpRequest, form: KeyForm, organization: object) -> HttpResponse:
    """At once if it is a key we sold and nobody registered; otherwise a person looks into it."""
    if _too_often(request.user.pk):
        refused(request, _("Probó muchas claves seguidas. Espere una hora o escríbanos."))
        return redirect("portal:licences")
    data, now, user = form.cleaned_data, request.now, request.user
    licence = data["licence"]
    try:
        found = claims.claim_key(
            organization=organization, key=data["key"], licence=licence, actor=user, now=now
        )  # type: ignore[arg-type]
        if found is None:
            edition = data["edition"] or Edition.objects.order_by("id").first()
            licence = licence or claims.register_provisional(
                organization=organization,
                edition=edition,
                actor=user,
                now=now,  # type: ignore[arg-type]
            )
            ask_to_register(licence, data["key"], user=user, now=now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:licences")
    if found is None:
        done(
            request,
            _(
                "Recibido. Una persona comprueba la clave y le avisa; mientras tanto ya puede contratar un plan."
            ),
        )
    elif found.included_plan is not None:
        rests = found.subscriptions.filter(source=Subscription.Source.INCLUDED, asleep=True).exists()
        text = (
            _("Registrada. Incluye el plan %(plan)s, que vale cuando no haya otro contratado.")
            if rests
            else _("Registrada. Incluye el plan %(plan)s, que ya está vigente.")
        )
        done(request, text % {"plan": found.included_plan.name})
    else:
        done(request, _("Registrada."))
    return redirect("portal:licences")


def _too_often(user: int) -> bool:
    name = f"portal:keys:{user}"
    cache.add(name, 0, AN_HOUR)
    return bool(cache.incr(name) > TRIES)
