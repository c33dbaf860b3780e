"""The cast of the attacks, and the books looked at after each."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from vigente.accounts.models import Role, User
from vigente.billing.models import LedgerEntry
from vigente.factories import Customer, make_customer, make_user
from vigente.worker.verification import verify


@pytest.fixture
def now() -> datetime:
    """Friday 10 July 2026, 9:00 in Managua."""
    return datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def shop(db: None, now: datetime) -> Customer:
    """Four cases a month, from today."""
    return make_customer("Ferretería El Clavo", now=now, cases=4)


@pytest.fixture
def agent(db: None) -> User:
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_user("Sofía", role=Role.SUPERVISOR)


@pytest.fixture
def drawn() -> Callable[[], int]:
    """Cases drawn and not given back, all grants together."""

    def count() -> int:
        signs = {"draw": 1, "release": -1}
        entries = LedgerEntry.objects.filter(kind__in=signs).values_list("kind", "cases")
        return sum(signs[kind] * (cases or 0) for kind, cases in entries)

    return count


@pytest.fixture
def books_add_up(db: None) -> Iterator[list[datetime]]:
    """Whatever was tried, the books are exact afterwards. Append the last instant of the test, if time passes."""
    at = [datetime(2027, 7, 10, tzinfo=UTC)]
    yield at
    assert list(verify(now=at[-1])) == []
