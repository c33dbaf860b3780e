"""Kill -9 while events become webhooks and webhooks leave: none is lost, and what comes twice has the same id."""

import random
import time
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from django.db import connection

from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.factories import make_user
from vigente.webhooks.models import Delivery
from vigente.webhooks.services import create_endpoint
from vigente.webhooks.tests.receiver import receiving

EVENTS, KILLS, PATIENCE = 60, 2, 60

pytestmark = pytest.mark.django_db(transaction=True)


def let_the_leases_run_out():
    """What a killed worker held is free again, as it would be within a minute."""
    now = datetime.now(UTC)
    Delivery.objects.filter(claimed_until__gt=now).update(claimed_until=now)
    Event.objects.filter(claimed_until__gt=now).update(claimed_until=now)


def test_none_is_lost_and_what_comes_twice_has_the_same_id(live_vigente, settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    rng = random.Random(connection.vendor)
    with receiving() as receiver:
        receiver.meanwhile = lambda call: time.sleep(rng.uniform(0.05, 0.3))
        endpoint = create_endpoint(
            url=receiver.url, actor=make_user("Olga", role="owner"), now=datetime.now(UTC)
        )
        for number in range(EVENTS):
            record(Kind.PLANS_IMPORTED, subject="plans", now=datetime.now(UTC), number=number)
        live = live_vigente(None, "all", WEBHOOKS_ALLOW_PRIVATE="1")
        for blow in range(1, KILLS + 1):
            enough = blow * 15 + rng.randrange(8)
            wait_for(lambda enough=enough: len(receiver.calls) > enough)
            assert live.kill("worker-process")  # the supervisor starts another
            time.sleep(0.2)
            let_the_leases_run_out()
        wait_for(lambda: Delivery.objects.filter(status="delivered").count() == EVENTS)
        live.stop()
    ids = defaultdict(set)
    for call in receiver.calls:
        assert call.signed_by(endpoint.secret)
        ids[call.body].add(call.id)
    assert len(ids) == EVENTS
    assert all(len(same) == 1 for same in ids.values())


def wait_for(come):
    deadline = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
