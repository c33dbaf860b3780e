"""The world, made once per test, at a moment when the clock stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from tests.languages.world import World, make_world
from vigente.accounts.models import User

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)  # Friday, nine in the morning in Managua


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(NOW)
    cache.clear()  # attempts to sign in are counted there


def signed_in(user: User | None, language: str = "en") -> Client:
    """A browser whose person reads this language."""
    client = Client()
    if user is not None:
        User.objects.filter(pk=user.pk).update(language=language)
        client.force_login(user)
    return client
