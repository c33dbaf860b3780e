"""Who calls: a bearer token, its scopes, and the person it acts for.

Only the digest of a token is stored. A token with a user may do what that user may; the product's own token has none
and may do what its scopes say. Wrong tokens are counted per address, so guessing is slow; a good one always works.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from ninja.security import HttpBearer

from vigente.accounts.models import ApiToken, Role, User
from vigente.api.problems import Problem

FAILURES = 120  # wrong tokens per address and minute
WINDOW = 60  # seconds
USED_EVERY = timedelta(minutes=5)  # how exactly `last_used_at` is kept: a read should not cost a write
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="vigente"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """A usable token. `user` None: the product itself."""

    token: ApiToken
    user: User | None

    def has(self, scope: str) -> bool:
        return scope in self.token.scopes

    @property
    def person(self) -> User:
        """The person this token acts for; a 403 if it acts for the product."""
        if self.user is None:
            raise Problem(
                403, "needs_a_person", "This token acts for the product, and this needs a person's token."
            )
        return self.user


class TokenAuth(HttpBearer):
    """Lets in a usable token that has one of `scopes`; with `owner` only that of an owner."""

    def __init__(self, *scopes: str, owner: bool = False) -> None:
        super().__init__()
        self.scopes, self.owner = scopes, owner

    def __call__(self, request: HttpRequest) -> Caller:
        kind, _, secret = request.headers.get(self.header, "").partition(" ")
        if kind.lower() != self.openapi_scheme or not secret.strip():
            raise Problem(401, "token_missing", "Send a token: Authorization: Bearer …", headers=CHALLENGE)
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now: datetime = request.now  # type: ignore[attr-defined]
        caller = _caller(request, token, now=now)
        if not any(caller.has(scope) for scope in self.scopes):
            raise Problem(
                403, "scope_missing", f"This token does not have the scope {' or '.join(self.scopes)}."
            )
        if self.owner and caller.person.role != Role.OWNER:
            raise Problem(403, "owner_only", "Only an owner does this.")
        _touch(caller.token, now=now)
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """The caller that TokenAuth let in."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller


def _caller(request: HttpRequest, secret: str, *, now: datetime) -> Caller:
    digest = ApiToken.digest_of(secret)
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None or (token.user is not None and not token.user.is_active):
        raise _refusal(request, "token_unknown", "There is no such token.")
    if token.revoked_at is not None:
        raise _refusal(request, "token_revoked", "This token was revoked.")
    if not token.is_usable(now):
        raise _refusal(request, "token_expired", "This token has expired. Ask for a new one.")
    return Caller(token, token.user)


def _refusal(request: HttpRequest, code: str, detail: str) -> Problem:
    """401, or 429 for an address that fails too often."""
    key = f"api-failures:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, WINDOW)
    try:
        failures = cache.incr(key)
    except ValueError:  # it ran out in between
        failures = 1
    if failures > FAILURES:
        return Problem(
            429,
            "too_many_failures",
            "Too many failures from here. Wait a minute.",
            headers={"Retry-After": str(WINDOW)},
        )
    return Problem(401, code, detail, headers=CHALLENGE)


def _touch(token: ApiToken, *, now: datetime) -> None:
    """Remember that it was used, now and then."""
    before = now - USED_EVERY
    if token.last_used_at is None or token.last_used_at < before:
        unused = Q(last_used_at__isnull=True) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=now)
