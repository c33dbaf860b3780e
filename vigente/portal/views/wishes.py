"""Asking a manager to buy, with one click; and a manager's "seen to it" (row 46 in spirit)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vigente.billing.models import Licence, Order, PlanVersion, Subscription, Wish
from vigente.billing.queries import sold_versions
from vigente.billing.services import wishes
from vigente.portal.pages import customer, managers_of, page, seat_of
from vigente.portal.wishing import names
from vigente.rules.refusal import RefusalCode, Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text


class WishForm(forms.Form):
    """What the button on the page carries."""

    kind = forms.ChoiceField(choices=Order.Kind.choices)
    version = forms.ModelChoiceField(queryset=PlanVersion.objects.none())
    licence = forms.ModelChoiceField(queryset=Licence.objects.none(), required=False)
    subscription = forms.ModelChoiceField(queryset=Subscription.objects.none(), required=False)


@require_POST
@customer
def ask(request: HttpRequest) -> HttpResponse:
    """One mail to every manager of the organization in question, once a day for the same thing."""
    seat = seat_of(request)
    if seat is None:
        return page(request, "plan_none.html", status=403)
    organization = seat.organization
    form = WishForm(request.POST)
    contracts = Subscription.objects.filter(organization=organization)
    bought = (
        PlanVersion.objects.filter(subscriptions__in=contracts) | sold_versions(now=request.now).order_by()
    )
    form.fields["version"].queryset = PlanVersion.objects.filter(pk__in=bought.values("pk"))  # type: ignore[attr-defined]
    form.fields["licence"].queryset = organization.licences.filter(is_active=True)  # type: ignore[attr-defined]
    form.fields["subscription"].queryset = contracts  # type: ignore[attr-defined]
    if not form.is_valid():
        refused(request, refusal_text(Refused(RefusalCode.INVALID_VALUE)))
        return redirect("portal:plans")
    try:
        wishes.ask(organization=organization, user=request.user, now=request.now, **form.cleaned_data)
    except Refused as refusal:
        if refusal.code is RefusalCode.ONCE_ONLY:
            refused(request, _("Ya pidió bastante por hoy. Espere a que le respondan."))
        else:
            refused(request, refusal_text(refusal))
    else:
        done(request, _("Se lo pedimos a %(people)s.") % {"people": names(managers_of(organization))})
    return redirect("portal:plan")


@require_POST
@customer
def closure(request: HttpRequest, wish: int) -> HttpResponse:
    """A manager takes it off the list."""
    row = get_object_or_404(Wish.objects.visible_to(request.user), pk=wish)
    try:
        wishes.close(wish=row, actor=request.user, now=request.now)
    except Refused as refusal:
        refused(request, refusal_text(refusal))
    return redirect("portal:plan")
