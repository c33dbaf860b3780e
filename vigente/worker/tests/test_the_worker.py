"""The worker itself: its lanes run side by side, survive what fails, and stop when told."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.worker import loop
from vigente.worker.loop import Lane

NOW = datetime(2026, 7, 10, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def working():
    stop = threading.Event()
    worker = threading.Thread(target=loop.run, args=(stop,))
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(loop.STOP_SECONDS + 2)
        assert not worker.is_alive()


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_events_are_dispatched_while_it_works():
    with working():
        event = record(Kind.HELD_ERASED, subject="held:1", now=NOW)
        wait_until(lambda: Event.objects.get(pk=event.pk).dispatched_at)


def test_a_lane_that_hangs_or_fails_delays_no_other(monkeypatch):
    released = threading.Event()

    def hang(*, now):
        released.wait(10)
        return 0

    def fail(*, now):
        raise OSError("the server hung up")

    seen = []

    def work(*, now):
        seen.append(now)
        return 0

    lanes = [Lane("hangs", hang), Lane("fails", fail), Lane("works", work)]
    monkeypatch.setattr(loop, "lanes", lambda: iter(lanes))
    with working():
        wait_until(lambda: len(seen) >= 2)
        released.set()
    assert seen == sorted(seen)


def test_a_lane_that_fails_is_tried_again():
    turns = []
    stop = threading.Event()

    def fail_once(*, now):
        turns.append(now)
        if len(turns) == 1:
            raise OSError
        stop.set()

    Lane("fails once", fail_once).run(stop)
    assert len(turns) == 2
