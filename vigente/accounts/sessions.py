"""Sign-ins written down, and sessions that can be ended.

What allauth tells of: `adapter` calls `opened` and `refused`; its signals the rest (`connect`). Never a password, a
code or a session's key is written into the log.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from vigente.accounts.audit import note
from vigente.accounts.models import User, UserSession
from vigente.accounts.models.audit import Deed
from vigente.installation.clock import instant
from vigente.installation.origin import address_of

TOO_MANY_TOLD_EVERY = 300  # seconds: an attack does not fill the log


@transaction.atomic
def opened(request: HttpRequest, user: User) -> None:
    """Somebody signed in: an entry of the log, and a row with which the session can be ended."""
    begin(request, user)
    ways = request.session.get("account_authentication_methods") or []
    note(Deed.SIGNED_IN, subject=f"user:{user.pk}", label=user.email, actor=user, now=instant(),
         ways=[str(way.get("method", "")) for way in ways if isinstance(way, dict)], agent=_agent(request))  # fmt: skip


def refused(request: HttpRequest, *, email: str, why: str) -> None:
    """Somebody could not sign in. `why`: password, inactive, second_factor, too_many."""
    if why == "too_many" and not cache.add(f"sign-in-told:{address_of(request)}", 1, TOO_MANY_TOLD_EVERY):
        return
    email = email.strip().lower()
    user = User.objects.filter(email=email).first() if email else None
    subject = f"user:{user.pk}" if user is not None else f"address:{email}"
    note(Deed.SIGN_IN_FAILED, subject=subject, label=email, now=instant(), why=why, agent=_agent(request))


def begin(request: HttpRequest, user: User) -> None:
    """The row of the session of this request, which has just been given its key. Those that are over are forgotten."""
    if request.session.session_key is None:
        request.session.save()
    over = UserSession.objects.filter(user=user).exclude(
        pk__in=UserSession.objects.live_at(instant()).values("pk")
    )
    over.delete()
    UserSession.objects.update_or_create(
        key=request.session.session_key,
        defaults={
            "user": user, "address": address_of(request), "agent": _agent(request), "began_at": instant(),
        },
    )  # fmt: skip


@transaction.atomic
def end(*, session: UserSession, actor: User) -> None:
    """It lets nobody in any more, at once."""
    Session.objects.filter(session_key=session.key).delete()
    UserSession.objects.filter(pk=session.pk).delete()
    note(Deed.SESSION_ENDED, subject=f"user:{session.user_id}", label=str(session.user), actor=actor, now=instant(),
         began=session.began_at.isoformat(), of=session.address)  # fmt: skip


@transaction.atomic
def end_others(*, user: User, keep: str | None) -> int:
    """End all of somebody's sessions but the one with this key; how many that were."""
    others = UserSession.objects.filter(user=user).exclude(key=keep or "")
    keys = list(others.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return len(keys)


def connect() -> None:
    """Listen to what allauth tells about passwords and second factors."""
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(_password_changed, dispatch_uid="vigente.password")
    mfa.authenticator_added.connect(_second_factor_added, dispatch_uid="vigente.mfa_added")
    mfa.authenticator_removed.connect(_second_factor_removed, dispatch_uid="vigente.mfa_removed")
    mfa.authentication_failed.connect(_second_factor_failed, dispatch_uid="vigente.mfa_failed")


def _password_changed(request: HttpRequest, user: User, **_more: Any) -> None:
    """The session that changed it goes on under a new key; all others are over, as Django has it."""
    with transaction.atomic():
        note(Deed.PASSWORD_CHANGED, subject=f"user:{user.pk}", label=user.email, actor=user, now=instant())
        signed_in = request.user.is_authenticated and request.user.pk == user.pk
        end_others(user=user, keep=None)
        if signed_in:
            request.session.save()
            begin(request, user)


def _second_factor_added(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    note(Deed.SECOND_FACTOR_ADDED, subject=f"user:{user.pk}", label=user.email, actor=user, now=instant(),
         type=str(authenticator.type))  # fmt: skip


def _second_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_more: Any) -> None:
    note(Deed.SECOND_FACTOR_REMOVED, subject=f"user:{user.pk}", label=user.email, actor=user, now=instant(),
         type=str(authenticator.type))  # fmt: skip


def _second_factor_failed(request: HttpRequest, user: User, **_more: Any) -> None:
    refused(request, email=user.email, why="second_factor")


def _agent(request: HttpRequest) -> str:
    return "".join(c for c in request.headers.get("User-Agent", "")[:200] if c.isprintable())
