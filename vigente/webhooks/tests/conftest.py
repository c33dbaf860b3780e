from collections.abc import Iterator

import pytest

from vigente.accounts.models import User
from vigente.factories import make_user
from vigente.webhooks.models import Endpoint
from vigente.webhooks.services import create_endpoint
from vigente.webhooks.tests.receiver import Receiver, receiving


@pytest.fixture
def private(settings) -> None:
    """Webhooks may go to this machine."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def receiver(private) -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def owner(db) -> User:
    return make_user("Óscar", role="owner")


@pytest.fixture
def endpoint(receiver, owner, now) -> Endpoint:
    """Wants everything."""
    return create_endpoint(url=receiver.url, actor=owner, now=now)
