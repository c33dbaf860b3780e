"""A double click, truly at once: one company, one installation, one order (R4)."""

import threading
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, Order, Subscription
from vigente.factories import make_user, make_version

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 4


@pytest.fixture
def now():
    """Threads live in the present."""
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped."""


def test_clicks_at_the_same_time_make_one_order():
    user = make_user("Nora")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    address = f"/es/plans/{make_version(name='Tienda').pk}/order/"
    clients = [Client() for _ in range(CLICKS)]
    for client in clients:
        client.force_login(user)
    start, answers = threading.Barrier(CLICKS), []

    def click(client):
        start.wait(timeout=20)
        try:
            answers.append(client.post(address, {"company": "Nueva", "key": "0123456789abcdef"}))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, answers[0].url)}
    assert len(answers) == CLICKS
    assert [model.objects.count() for model in (Organization, Licence, Subscription, Order)] == [1, 1, 1, 1]
