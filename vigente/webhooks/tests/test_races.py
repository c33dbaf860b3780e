"""Several workers on one database, for real: each message leaves once; what is switched off stays off."""

import threading
from collections import Counter

import pytest
from django.db import connections

from vigente.webhooks.models import Attempt, Delivery, Endpoint
from vigente.webhooks.sending import send_due
from vigente.webhooks.services import replay_failed, send_test

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, MESSAGES = 3, 40


def side_by_side(work, times=WORKERS):
    """Run `work` in so many threads at the same moment, each with a connection of its own; what failed is raised."""
    gate, errors = threading.Barrier(times), []

    def run():
        try:
            gate.wait()
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_three_workers_send_each_message_once(endpoint, receiver, now):
    for _ in range(MESSAGES):
        send_test(endpoint=endpoint, now=now)

    def work():
        while Delivery.objects.filter(status="pending").exists():
            send_due(now=now)

    side_by_side(work)
    assert set(Counter(call.id for call in receiver.calls).values()) == {1}
    assert len(receiver.calls) == MESSAGES == Attempt.objects.count()


def test_an_endpoint_that_says_410_to_many_at_once_is_switched_off_once(endpoint, receiver, now):
    from vigente.events.models import Event

    for _ in range(WORKERS * 4):
        send_test(endpoint=endpoint, now=now)
    receiver.answers = [410] * 99
    side_by_side(lambda: send_due(now=now))
    assert not Endpoint.objects.get().is_active
    assert Event.objects.filter(kind="webhook.disabled").count() == 1
    assert not Delivery.objects.filter(status="pending").exists()


def test_replayed_while_it_is_sent_it_is_sent_whole(endpoint, receiver, now):
    for _ in range(MESSAGES // 2):
        send_test(endpoint=endpoint, now=now)
    Delivery.objects.update(status="failed", finished_at=now)
    side_by_side(lambda: (replay_failed(endpoint=endpoint, since=now, now=now), send_due(now=now)))
    while send_due(now=now):
        pass
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    assert set(Counter(call.id for call in receiver.calls).values()) == {1}
