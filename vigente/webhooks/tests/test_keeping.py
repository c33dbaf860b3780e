"""How long the log is kept, and what becomes of it when things are switched off, on or deleted."""

from datetime import timedelta

import pytest

from vigente.events.models import Event
from vigente.rules.refusal import RefusalCode, Refused
from vigente.webhooks import services
from vigente.webhooks.models import Attempt, Delivery, Endpoint
from vigente.webhooks.sending import send_due
from vigente.webhooks.services import (
    change_endpoint,
    create_endpoint,
    erase_old,
    replay,
    replay_failed,
    send_test,
)
from vigente.worker import clock

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def finished(endpoint, status, at) -> Delivery:
    made = send_test(endpoint=endpoint, now=at)
    made.tries.create(at=at, code=200)
    Delivery.objects.filter(pk=made.pk).update(status=status, finished_at=at)
    return made


def test_what_was_delivered_is_kept_for_thirty_days_and_what_could_not_be_for_ninety(endpoint, now):
    for status in (Status.DELIVERED, Status.FAILED):
        for days in (29, 31, 89, 91):
            finished(endpoint, status, now - timedelta(days=days))
    waits = send_test(endpoint=endpoint, now=now - timedelta(days=400))
    assert erase_old(now=now) == 4
    left = {(row.status, (now - row.created_at).days) for row in Delivery.objects.exclude(pk=waits.pk)}
    assert left == {(Status.DELIVERED, 29), (Status.FAILED, 29), (Status.FAILED, 31), (Status.FAILED, 89)}
    assert Attempt.objects.count() == 4
    assert Delivery.objects.filter(pk=waits.pk).exists()


def test_the_clock_erases_it(endpoint, now):
    finished(endpoint, Status.DELIVERED, now - timedelta(days=31))
    assert clock.run_due(now=now)["erase_old_deliveries"] == 1


def test_a_large_log_is_erased_in_steps(endpoint, now, monkeypatch):
    monkeypatch.setattr(services, "ERASED_AT_ONCE", 2)
    for _ in range(3):
        finished(endpoint, Status.DELIVERED, now - timedelta(days=31))
    assert [erase_old(now=now) for _ in range(3)] == [2, 1, 0]


def test_switched_off_nothing_leaves_and_switched_on_it_can_be_sent_again(endpoint, receiver, now):
    send_test(endpoint=endpoint, now=now)
    change_endpoint(endpoint=endpoint, is_active=False, now=now)
    assert send_due(now=now) == 0
    row = Delivery.objects.get()
    assert (row.status, row.last_error) == (Status.FAILED, "endpoint_off")
    for refused in (
        lambda: send_test(endpoint=endpoint, now=now),
        lambda: replay(delivery=row, now=now),
        lambda: replay_failed(endpoint=endpoint, since=now, now=now),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == RefusalCode.WEBHOOK_OFF
    change_endpoint(endpoint=endpoint, is_active=True, now=now)
    assert replay_failed(endpoint=endpoint, since=now, now=now) == 1
    assert send_due(now=now) == 1
    assert receiver.calls[0].id == row.message_id
    assert not Event.objects.filter(kind="webhook.disabled").exists()  # a person did it


def test_switched_on_again_it_begins_afresh(endpoint, now):
    Endpoint.objects.update(
        failing_since=now - timedelta(days=9), rests=3, rest_until=now + timedelta(days=1)
    )
    change_endpoint(endpoint=endpoint, is_active=False, now=now)
    change_endpoint(endpoint=endpoint, is_active=True, now=now)
    assert (endpoint.failing_since, endpoint.rests, endpoint.rest_until, endpoint.disabled_reason) == (
        None, 0, None, "",
    )  # fmt: skip


def test_deleted_its_log_is_gone_and_no_others(endpoint, owner, receiver, now):
    other = create_endpoint(url=receiver.url, actor=owner, now=now)
    for one in (endpoint, other):
        finished(one, Status.FAILED, now)
    services.delete_endpoint(endpoint=endpoint)
    assert Delivery.objects.get().endpoint == other
    assert Attempt.objects.count() == 1


def test_kinds_are_kept_in_order_and_once(owner, now):
    made = create_endpoint(
        url="https://ejemplo.test/", kinds=["held.received", "ticket.accepted", "held.received"], actor=owner, now=now
    )  # fmt: skip
    assert made.kinds == ["ticket.accepted", "held.received"]
    with pytest.raises(Refused):
        change_endpoint(endpoint=made, kinds=["no.such"], now=now)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 121, RefusalCode.TOO_LONG),
        ("a\x00b", RefusalCode.BAD_CHARACTERS),
        ("\ud800", RefusalCode.BAD_CHARACTERS),
    ],
)
def test_a_description_is_one_short_line(owner, now, text, code):
    with pytest.raises(Refused) as refusal:
        create_endpoint(url="https://ejemplo.test/", description=text, actor=owner, now=now)
    assert (refusal.value.code, refusal.value.field) == (code, "description")


def test_only_owners_see_them(endpoint, db):
    from vigente.factories import make_user

    send_test(endpoint=endpoint, now=endpoint.created_at)
    for role, seen in [("customer", 0), ("agent", 0), ("supervisor", 0), ("owner", 1)]:
        user = make_user(role, role=role)
        assert Endpoint.objects.visible_to(user).count() == seen
        assert Delivery.objects.visible_to(user).count() == seen
    user.is_active = False
    assert not Endpoint.objects.visible_to(user).exists()
