"""Who must sign in with a second step, by role; whoever lacks it is led to set one up before anything else.

Programs are not asked: a token of the API is its own proof. Nobody is locked out: the pages of one's account stay open.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from vigente.accounts.audit import note
from vigente.accounts.models import Role, User
from vigente.accounts.models.audit import Deed
from vigente.installation.models import Installation
from vigente.installation.origin import origin

FREE = ("account", "api", "callback")  # channels where nobody is asked
FREE_PATHS = ("/healthz", "/i18n/", "/static/")


def has_second_factor(user: User) -> bool:
    """Whether somebody has set up an app or a key; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def lacking(roles: Iterable[str]) -> dict[str, int]:
    """How many active people of each role have none yet."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    have = Authenticator.objects.filter(type__in=kinds).values("user")
    return {
        role: User.objects.filter(role=role, is_active=True).exclude(pk__in=have).count() for role in roles
    }


@transaction.atomic
def require_for(*, roles: Iterable[str], actor: User, now: datetime) -> None:
    """From now on people of these roles need one; those of others do not."""
    wanted = [role for role in Role.values if role in set(roles)]
    before = Installation.current().second_factor_roles
    Installation.objects.update_or_create(id=1, defaults={"second_factor_roles": wanted})
    if wanted != before:
        note(Deed.SECOND_FACTOR_REQUIRED, subject="installation:1", actor=actor, now=now,
             before={"roles": before}, after={"roles": wanted})  # fmt: skip


class SecondFactorMiddleware:
    """Leads whoever needs a second step and has none to the page that says so. The roles come with the clock's row."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        roles = getattr(request, "second_factor_roles", ())
        if not roles or origin().channel in FREE or request.path.startswith(FREE_PATHS):
            return None
        user = request.user
        if not user.is_authenticated or user.role not in roles or has_second_factor(user):
            return None
        url = reverse("account_second_factor")
        return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)
