"""Events reach a real receiver, signed; what is not taken comes again; a kill loses nothing."""

import json
import threading
from collections import Counter
from datetime import timedelta

import pytest

from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.webhooks import client, sending
from vigente.webhooks.fanout import tell_endpoints
from vigente.webhooks.models import Attempt, Delivery, Endpoint
from vigente.webhooks.sending import send_due
from vigente.webhooks.services import change_endpoint, create_endpoint, rotate_secret, send_test
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def happen(now, kind=Kind.PLANS_IMPORTED, subject="plans", **data) -> Event:
    return record(kind, subject=subject, now=now, **data)


def due(now) -> list[int]:
    return sending._due(now, Counter())


def told(now, **data) -> Delivery:
    happen(now, **data)
    drain_all(now=now)
    return Delivery.objects.latest("pk")


def test_what_happens_arrives_signed(endpoint, receiver, now):
    told(now, promises_changed=True)
    assert send_due(now=now) == 1
    (call,) = receiver.calls
    assert call.signed_by(endpoint.secret)
    assert call.headers["content-type"] == "application/json"
    assert call.id.startswith("msg_")
    said = json.loads(call.body)
    assert (said["type"], said["timestamp"]) == ("plans.imported", "2026-03-10T15:00:00Z")
    assert said["data"]["promises_changed"] is True
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.last_code, delivery.attempts) == (Status.DELIVERED, 204, 1)
    assert send_due(now=now) == 0


def test_a_signature_of_another_secret_or_body_is_none(endpoint, receiver, now):
    told(now)
    send_due(now=now)
    (call,) = receiver.calls
    assert not call.signed_by("whsec_" + "A" * 44)
    call.body += b" "
    assert not call.signed_by(endpoint.secret)


def test_an_endpoint_is_told_only_what_it_asked_for(endpoint, receiver, now):
    change_endpoint(endpoint=endpoint, kinds=["ticket.accepted"], now=now)
    happen(now)
    drain_all(now=now)
    assert not Delivery.objects.exists()


def test_an_event_that_is_dispatched_twice_is_told_once(endpoint, receiver, now):
    event = happen(now)
    tell_endpoints(event, now=now)
    tell_endpoints(event, now=now)
    assert Delivery.objects.count() == 1


def test_while_rotating_both_secrets_sign_and_after_a_day_only_the_new_one(endpoint, receiver, now):
    old = endpoint.secret
    new = rotate_secret(endpoint=endpoint, now=now)
    told(now)
    send_due(now=now)
    later = now + timedelta(hours=24)
    told(later)
    send_due(now=later)
    during, after = receiver.calls
    assert during.signed_by(new)
    assert during.signed_by(old)
    assert after.signed_by(new)
    assert not after.signed_by(old)


def test_what_is_not_taken_comes_again_on_the_schedule_as_the_same_message(endpoint, receiver, now):
    told(now)
    receiver.answers = [500] * 99
    moment, waited = now, []
    for _ in range(sending.ATTEMPTS):
        assert send_due(now=moment) == 1
        Endpoint.objects.update(failing_since=moment)  # this is about one message
        delivery = Delivery.objects.get()
        if delivery.status == Status.PENDING:
            waited.append(delivery.next_attempt_at - moment)
            assert send_due(now=delivery.next_attempt_at - timedelta(milliseconds=1)) == 0
            moment = delivery.next_attempt_at
    assert delivery.status == Status.FAILED
    hours = [pause.total_seconds() / 3600 for pause in waited]
    for actual, wanted in zip(hours, [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24], strict=True):
        assert wanted <= actual <= wanted * 1.2
    assert len({call.id for call in receiver.calls}) == 1
    assert len({call.body for call in receiver.calls}) == 1
    assert len({call.headers["webhook-timestamp"] for call in receiver.calls}) == sending.ATTEMPTS
    assert all(call.signed_by(endpoint.secret) for call in receiver.calls)
    assert Attempt.objects.filter(code=500, error="status").count() == sending.ATTEMPTS


def test_a_receiver_that_asks_to_wait_is_left_alone_so_long(endpoint, receiver, now):
    told(now)
    receiver.answers = [(429, {"Retry-After": "600"}, b"slow down")]
    send_due(now=now)
    delivery = Delivery.objects.get()
    assert delivery.next_attempt_at == now + timedelta(seconds=600)
    assert delivery.last_response == "slow down"


def test_killed_before_it_was_noted_it_is_sent_again_under_the_same_id(endpoint, receiver, now, monkeypatch):
    told(now)

    def dies(*anything, **named):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_settle", dies)
        with pytest.raises(SystemExit):
            send_due(now=now)
    assert send_due(now=now) == 0  # the lease
    assert send_due(now=now + sending.LEASE + timedelta(seconds=1)) == 1
    first, second = receiver.calls
    assert (first.id, first.body) == (second.id, second.body)
    assert Delivery.objects.get().status == Status.DELIVERED


def test_another_worker_finds_it_claimed(endpoint, receiver, now):
    told(now)
    (pk,) = due(now)
    assert sending._claim(pk, now=now) is not None
    assert sending._claim(pk, now=now) is None
    assert send_due(now=now) == 0


def test_who_lost_the_lease_notes_nothing(endpoint, receiver, now):
    told(now)
    (pk,) = due(now)
    slow = sending._claim(pk, now=now)
    later = now + sending.LEASE + timedelta(seconds=2)
    assert send_due(now=later) == 1
    sending._settle(slow, client.Answer(error="timeout"), now=later)
    assert Delivery.objects.get().status == Status.DELIVERED
    assert Attempt.objects.count() == 1


def test_a_long_backlog_of_one_keeps_no_other_waiting(endpoint, receiver, owner, now):
    for _ in range(30):
        send_test(endpoint=endpoint, now=now)
    other = create_endpoint(url=receiver.url + "/other", actor=owner, now=now)
    send_test(endpoint=other, now=now)
    send_due(now=now)
    assert "/hook/other" in [call.path for call in receiver.calls]


def test_where_nobody_answers_is_left_alone_for_a_while(endpoint, receiver, owner, now):
    change_endpoint(endpoint=endpoint, url="http://127.0.0.1:1999/", now=now)
    for _ in range(9):
        send_test(endpoint=endpoint, now=now)
    assert send_due(now=now) == sending.PER_ENDPOINT
    assert send_due(now=now) == 0
    assert send_due(now=now + sending.RESTS[0]) == 1  # one knocks
    endpoint.refresh_from_db()
    assert (endpoint.rests, endpoint.rest_until) == (2, now + sending.RESTS[0] + sending.RESTS[1])
    change_endpoint(endpoint=endpoint, url=receiver.url, now=now)
    assert send_due(now=now) == sending.PER_ENDPOINT
    assert {one.error for one in Attempt.objects.all()} == {"connection", ""}


def test_410_switches_it_off_at_once_and_an_event_says_so(endpoint, receiver, now):
    send_test(endpoint=endpoint, now=now + timedelta(hours=1))
    told(now)
    receiver.answers = [410]
    send_due(now=now)
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "gone")
    event = Event.objects.get(kind=Kind.WEBHOOK_DISABLED)
    assert (event.subject, event.data) == (
        f"webhook:{endpoint.pk}",
        {"reason": "gone", "host": "127.0.0.1"},
    )
    assert set(Delivery.objects.values_list("status", "last_error")) == {
        (Status.FAILED, "status"),
        (Status.FAILED, "endpoint_off"),
    }


def test_one_that_takes_nothing_for_days_is_switched_off_and_the_owner_is_written_to(
    endpoint, receiver, owner, now
):
    from vigente.mail.models import OutboundMessage

    told(now)
    receiver.answers = [500] * 99
    moment, tries = now, 0
    while Endpoint.objects.get().is_active:
        assert send_due(now=moment) == 1
        moment, tries = Delivery.objects.get(event__kind=Kind.PLANS_IMPORTED).next_attempt_at, tries + 1
    assert timedelta(days=3) <= moment - now
    assert tries <= sending.ATTEMPTS
    drain_all(now=moment)
    mail = OutboundMessage.objects.get()
    assert (mail.to, mail.kind) == (owner.email, "webhook.disabled")
    assert "127.0.0.1" in mail.subject


def test_one_answer_that_is_taken_forgives_all_that_failed_before(endpoint, receiver, now):
    told(now)
    receiver.answers = [500]
    send_due(now=now)
    assert Endpoint.objects.get().failing_since == now
    send_due(now=now + timedelta(seconds=6))
    assert Endpoint.objects.get().failing_since is None


def test_an_endpoint_deleted_while_it_is_written_to_leaves_nothing(endpoint, receiver, now):
    told(now)
    receiver.answers = [500]
    (pk,) = due(now)
    mine = sending._claim(pk, now=now)
    Endpoint.objects.all().delete()
    sending._settle(mine, client.Answer(500, "status"), now=now)
    assert not Attempt.objects.exists()


def test_who_is_slow_to_answer_holds_up_nobody_else(endpoint, receiver, owner, now, monkeypatch):
    monkeypatch.setattr(sending, "PATIENCE", 0.1)
    slow, quick = endpoint, create_endpoint(url=receiver.url + "/quick", actor=owner, now=now)
    released = threading.Event()
    receiver.meanwhile = lambda call: None if call.path.endswith("quick") else bool(released.wait(5)) or None
    for _ in range(10):
        send_test(endpoint=slow, now=now)
        send_test(endpoint=quick, now=now)
    sender = sending.Sender()
    for _ in range(40):
        sender(now=now)
        if quick.deliveries.filter(status=Status.DELIVERED).count() == 10:
            break
    assert quick.deliveries.filter(status=Status.DELIVERED).count() == 10
    assert not slow.deliveries.filter(status=Status.DELIVERED).exists()
    assert sender.under_way == {slow.pk: sending.PER_ENDPOINT, quick.pk: 0}
    released.set()
    while sender(now=now):
        pass
    assert slow.deliveries.filter(status=Status.DELIVERED).count() == 10
    assert Attempt.objects.count() == 20
