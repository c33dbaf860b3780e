"""The cast of the stories: a vendor's staff, and a way to let time pass as the worker would."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from vigente.accounts.models import Role, User
from vigente.factories import make_user

ZONE = ZoneInfo("America/Managua")


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    """`2026-07-31T23:59` as the vendor's clock shows it, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.fixture
def agent(db: None) -> User:
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def supervisor(db: None) -> User:
    return make_user("Sofía", role=Role.SUPERVISOR)


@pytest.fixture
def owner(db: None) -> User:
    return make_user("Óscar", role=Role.OWNER)


@pytest.fixture
def now() -> datetime:
    """Wednesday 1 July 2026, 9:00 in Managua: the day the founding vendor's rules began."""
    return local("2026-07-01T09:00")


@pytest.fixture
def pass_time() -> Callable[[datetime], None]:
    """Let everything that falls due by an instant happen, as the worker would."""
    from vigente.worker.clock import run_due
    from vigente.worker.drain import drain_events

    def until(at: datetime) -> None:
        run_due(now=at)
        drain_events(now=at)

    return until


@pytest.fixture
def books_balance() -> Callable[[datetime], None]:
    """Fail, naming each difference, unless every balance, stamp and place can be recomputed."""

    from vigente.worker.verification import verify

    def check(at: datetime) -> None:
        differences = list(verify(now=at))
        assert differences == [], differences

    return check


@pytest.fixture
def live_until(
    pass_time: Callable[[datetime], None], books_balance: Callable[[datetime], None]
) -> Callable[[datetime], None]:
    """Let time pass, then hold the books of cases and of money against what they must be."""
    from vigente.billing.money_verification import balance_sheet

    def until(at: datetime) -> None:
        pass_time(at)
        books_balance(at)
        totals: dict[str, int] = {}
        for (currency, _account), amount in balance_sheet().items():
            totals[currency] = totals.get(currency, 0) + amount
        assert not any(totals.values()), totals

    return until
