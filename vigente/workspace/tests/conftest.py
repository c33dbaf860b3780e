"""The cast: Ana and Beto are agents, Sofía supervises, Óscar owns the place; Alicia manages El Clavo, Roberto works
there.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from vigente.accounts.models import Role, User
from vigente.factories import Customer, make_customer, make_user


@pytest.fixture
def now() -> datetime:
    """Friday 10 July 2026, 9:00 in Managua."""
    return datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """The web process's clock stands at `now`; `clock.move_to` lets time pass."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    """A page in English leaves its language behind in the test's thread; the next test speaks Spanish again."""
    with translation.override("es"):
        yield


@pytest.fixture
def shop(db: None, now: datetime) -> Customer:
    return make_customer("Ferretería El Clavo", now=now)


@pytest.fixture
def agent(db: None) -> User:
    return make_user("Ana Robleto", role=Role.AGENT)


@pytest.fixture
def colleague(db: None) -> User:
    return make_user("Beto Salas", role=Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_user("Sofía Mena", role=Role.SUPERVISOR)


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Oscar Ruiz", role=Role.OWNER)


class Desk:
    """A browser at the workspace: addresses by name, pages as words."""

    def __init__(self, user: User | None) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def get(self, name: str, /, *args: Any, query: str = "", **extra: Any) -> Any:
        return self.client.get(address(name, *args) + query, **extra)

    def post(self, name: str, /, *args: Any, **data: Any) -> Any:
        return self.client.post(address(name, *args), data)


def address(name: str, *args: Any) -> str:
    return reverse(f"workspace:{name}", args=args)


@pytest.fixture
def ana(agent: User) -> Desk:
    return Desk(agent)


@pytest.fixture
def sofia(supervisor: User) -> Desk:
    return Desk(supervisor)


@pytest.fixture
def oscar(owner: User) -> Desk:
    return Desk(owner)


def words(response: Any) -> str:
    """A page's text without tags, its white space folded."""
    import html
    import re

    content = response.content.decode()
    text = re.sub(r"<(script|style|template)[^>]*>.*?</\1>", " ", content, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\xa0", " ").split())


def said(response: Any) -> str:
    """What the next page says in passing, after a redirect."""
    from django.contrib.messages import get_messages

    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def queries(django_assert_max_num_queries: Callable[..., Any]) -> Callable[..., Any]:
    return django_assert_max_num_queries
