"""Contracting a plan, signed in or on the spot (R4; rows 2, 24, 25): what it comes to, said before it is confirmed.

A visitor says who they are and gets an account; the order waits in their session while they confirm their address.
"""

import secrets
from typing import Any

from allauth.account.internal.flows.signup import complete_signup
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from vigente.accounts.models import Membership, Organization
from vigente.accounts.services import found_organization
from vigente.billing.models import Licence, Order, PlanVersion
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import profile_of
from vigente.billing.services import claims, orders
from vigente.billing.services.profiles import save_profile
from vigente.billing.services.wishes import close_bought, draft_of, drop_draft, keep_draft
from vigente.portal.contract_forms import (
    NEW,
    CompanyForm,
    InstallationForm,
    OrderForm,
    ProfileForm,
    VisitorForm,
    profile_defaults,
)
from vigente.portal.lists import choice
from vigente.portal.pages import is_manager, page, seat_of
from vigente.portal.purchase import free_licences, summary, version_on_sale
from vigente.portal.staff_requests import ask_to_register
from vigente.portal.views.orders import after_order
from vigente.portal.views.plans import licences_of
from vigente.portal.wishing import ask_a_manager
from vigente.rules.refusal import Refused
from vigente.ui.feedback import done, refused
from vigente.ui.wording import refusal_text

DRAFT = "portal_contract"  # of the session: what a visitor wanted before they had an account


@never_cache
def order(request: HttpRequest, version: int) -> HttpResponse:
    """The one page for a visitor, for who has no organization yet and for a manager; others ask theirs."""
    if request.user.is_authenticated and request.user.is_staff_member:
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return redirect("workspace:home")
    seat = seat_of(request) if request.user.is_authenticated else None
    if seat is not None and not is_manager(seat):
        return ask_a_manager(request, _("Contratar un plan"), version=version)
    wanted = version_on_sale(version, now=request.now)
    if wanted is None:
        raise Http404
    if request.user.is_authenticated:
        return _Purchase(request, wanted, seat).respond()
    return _visitor(request, wanted)


def _visitor(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    if request.method == "POST":
        return _sign_up(request, version)
    return _page(request, version, VisitorForm(initial=request.session.get(DRAFT, {})), None, None)


@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def _sign_up(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    form = VisitorForm(request.POST)
    if not form.is_valid():
        return _page(request, version, form, None, None, status=422)
    company = form.cleaned_data["company"]
    request.session[DRAFT] = {"version": version.pk, "plan": version.plan.name, "company": company}
    user, answer = form.open_account(request)
    if user is None:
        return answer
    keep_draft(user=user, version=version, company=company, now=request.now)
    here = reverse("portal:plan_order", args=[version.pk])
    try:
        return complete_signup(request, user=user, redirect_url=here)
    except ImmediateHttpResponse as stopped:
        return stopped.response


class _Purchase:
    """One signed-in person's order of one plan."""

    def __init__(self, request: HttpRequest, version: PlanVersion, seat: Membership | None) -> None:
        self.request, self.version = request, version
        self.organization = seat.organization if seat else None
        licences = [one for one in licences_of(request) if one.edition_id == version.plan.edition_id]
        self.asked = self._asked_for(licences)
        self.licences = [self.asked] if self.asked else free_licences(licences, version)
        self.draft = unfinished(request)

    def _asked_for(self, licences: list[Licence]) -> Licence | None:
        wanted = self.request.GET.get("licence")
        if not wanted or wanted == NEW:
            return None
        found = next((one for one in licences if str(one.pk) == wanted), None)
        if found is None:
            raise Http404
        return found

    def respond(self) -> HttpResponse:
        if self.request.method == "POST" and "apply" not in self.request.POST:
            return self._confirm()
        return self._page(self._form(), self._profile())

    def _form(self, data: Any = None) -> OrderForm:
        if self.organization is None:
            initial = {"company": self.draft.get("company", ""), "key": _new_key()}
            return CompanyForm(data, initial=initial | _typed(self.request, CompanyForm))
        first = str(self.licences[0].pk) if self.licences else NEW
        initial = {"licence": first, "key": _new_key()} | _typed(self.request, InstallationForm)
        return InstallationForm(data, initial=initial, licences=self.licences)

    def _profile(self, data: Any = None) -> ProfileForm | None:
        if profile_of(self.organization) is not None:
            return None
        zone = rulebook_at(self.request.now).billing_zone
        company = self.request.POST.get("company") or self.draft.get("company", "")
        defaults = profile_defaults(self.organization, self.request.user, company=company, zone=zone)
        return ProfileForm(data, initial=defaults)

    def _confirm(self) -> HttpResponse:
        form, profile = self._form(self.request.POST), self._profile(self.request.POST)
        if not form.is_valid() or not (profile is None or profile.is_valid()):
            return self._page(form, profile, status=422)
        key = f"web:{self.request.user.pk}:{form.cleaned_data['key'] or _new_key()}"
        try:
            made = self._place(form, profile, key)
        except Refused as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal_text(refusal))
            return self._page(form, profile, status=409)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self._page(form, profile, status=409)
        self.request.session.pop(DRAFT, None)
        drop_draft(self.request.user)
        done(self.request, _("Pedido hecho: %(plan)s.") % {"plan": self.version.plan.name}, draft="contract")
        return after_order(made)

    @transaction.atomic
    def _place(self, form: OrderForm, profile: ProfileForm | None, key: str) -> Order:
        before = Order.objects.filter(key=key).first()
        if before is not None:
            return before
        data, user, now = form.cleaned_data, self.request.user, self.request.now
        organization: Organization = self.organization or found_organization(
            user=user, name=data["company"], now=now
        )
        before = Order.objects.filter(key=key).first()  # who came at the same time has founded it
        if before is not None:
            return before
        if profile is not None:
            bill = {name: value or "" for name, value in profile.cleaned_data.items()}
            bill["legal_name"] = bill["legal_name"] or organization.name
            chosen = choice(self.request, organization).current
            save_profile(
                organization=organization,
                language=(get_language() or "es")[:2],
                price_list=chosen if chosen and not chosen.is_base else None,
                **bill,
            )
        licence = data.get("licence") or claims.register_provisional(
            organization=organization, edition=self.version.plan.edition, actor=user, now=now
        )
        made = orders.place(
            organization=organization,
            kind=Order.Kind.PLAN,
            version=self.version,
            licence=licence,
            coupon=data["coupon"],
            key=key,
            actor=user,
            now=now,
        )
        close_bought(organization=organization, version=self.version, now=now)
        if data.get("licence_key"):
            ask_to_register(licence, data["licence_key"], user=user, now=now)
        return made

    def _page(self, form: OrderForm, profile: ProfileForm | None, status: int = 200) -> HttpResponse:
        value = str(form["licence"].value() or "") if "licence" in form.fields else ""
        licence = next((one for one in self.licences if str(one.pk) == value), None)
        return _page(self.request, self.version, form, self.organization, licence, status, profile=profile)


def _page(
    request: HttpRequest,
    version: PlanVersion,
    form: forms.Form,
    organization: Organization | None,
    licence: Licence | None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    lists = choice(request, organization)
    coupon = str(form["coupon"].value() or "")[:40] if "coupon" in form.fields else ""
    try:
        shown = summary(
            version=version, licence=licence, organization=organization, coupon=coupon, now=request.now,
            price_list=lists.current,
        )  # fmt: skip
    except Refused as refusal:
        refused(request, refusal_text(refusal))
        return redirect("portal:plans")
    problem = refusal_text(shown.coupon_problem) if shown.coupon_problem else ""
    context = {"summary": shown, "form": form, "version": version, "coupon_problem": problem, **extra}
    return page(request, "plan_order.html", context, status=status)


def unfinished(request: HttpRequest) -> dict[str, Any]:
    """What this person began before they had an account, in this session or on another device."""
    kept = request.session.get(DRAFT)
    if kept is None and request.user.is_authenticated:
        draft = draft_of(request.user, now=request.now)
        kept = draft and {
            "version": draft.version_id,
            "plan": draft.version.plan.name,
            "company": draft.company,
        }
    return kept or {}


def _typed(request: HttpRequest, form: type[OrderForm]) -> dict[str, str]:
    """What was typed before "apply the coupon" was pressed."""
    return {name: request.POST[name][:300] for name in form.base_fields if name in request.POST}


def _new_key() -> str:
    return secrets.token_hex(16)
