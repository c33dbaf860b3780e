"""Tokens of the cast, and a client that speaks JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from vigente.accounts.models import SCOPES, ApiToken, User
from vigente.factories import Customer, make_customer, make_user

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PERSONAL = [scope for scope in SCOPES if scope != "coverage:any"]


def make_token(user: User | None, scopes: list[str] | None = None, **fields: Any) -> str:
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        name="prueba",
        user=user,
        digest=ApiToken.digest_of(secret),
        prefix=secret[:8],
        scopes=PERSONAL if scopes is None else scopes,
        created_at=LONG_AGO,
        last_used_at=datetime.now(UTC) + timedelta(days=9999),  # remembering its use costs no query
        **fields,
    )
    return secret


@dataclass
class Caller:
    """Calls the API with a token."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return Client(raise_request_exception=False).generic(
            method,
            f"/api/v1{path}",
            content,
            content_type=headers.pop("content_type", "application/json"),
            headers=headers,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)


@pytest.fixture(autouse=True)
def _no_failures_before(db: None) -> None:
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def customer(now: datetime) -> Customer:
    """A customer with four cases, who has had their plan for an hour."""
    return make_customer(now=now - timedelta(hours=1))


@pytest.fixture
def manager(customer: Customer) -> Caller:
    return Caller(make_token(customer.manager))


@pytest.fixture
def colleague(customer: Customer) -> Caller:
    return Caller(make_token(customer.colleague))


@pytest.fixture
def product() -> Caller:
    return Caller(make_token(None, ["coverage:any", "tickets:write"]))


@pytest.fixture
def agent() -> Caller:
    return Caller(make_token(make_user("Ana", role="agent")))


@pytest.fixture
def stranger(now: datetime) -> Caller:
    """The manager of another company."""
    return Caller(make_token(make_customer(now=now - timedelta(hours=1)).manager))


def request_for(customer: Customer, **changes: Any) -> dict[str, Any]:
    return {
        "licence": customer.licence.key,
        "subject": "No cuadra el kárdex",
        "body": "Desde ayer la existencia no coincide.",
        "work_type": "error",
    } | changes
