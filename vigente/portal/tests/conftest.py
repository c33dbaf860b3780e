"""The cast: Alicia manages El Clavo, Roberto works there, Carla is a clerk of another company, Ana is an agent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

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


@pytest.fixture
def shop(db: None, now: datetime) -> Customer:
    return make_customer("Ferretería El Clavo", now=now)


@pytest.fixture
def other(db: None, now: datetime) -> Customer:
    return make_customer("Farmacia La Cruz", now=now)


@pytest.fixture
def agent(db: None) -> User:
    return make_user("Ana Robleto", role=Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_user("Sofía", role=Role.SUPERVISOR)


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """A browser in which that person is signed in; None: nobody."""

    return signed_in


@pytest.fixture
def alice(shop: Customer, as_user: Callable[[User | None], Client]) -> Client:
    return as_user(shop.manager)


@pytest.fixture
def bob(shop: Customer, as_user: Callable[[User | None], Client]) -> Client:
    return as_user(shop.colleague)


@pytest.fixture
def charlie(other: Customer, as_user: Callable[[User | None], Client]) -> Client:
    """A clerk of another company, who knows every address."""
    return as_user(other.colleague)


def signed_in(user: User | None) -> Client:
    """A browser in which that person is signed in; None: nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def words(response: object) -> str:
    """A page's text without tags, its white space folded."""
    import html
    import re

    content = response.content.decode()  # type: ignore[attr-defined]
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", content, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\xa0", " ").split())
