"""Mail in: kept whole, kept once, read once, and never in the way of the next."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigente.events.models import Event
from vigente.mail import inbound
from vigente.mail.identity import content_digest, glimpse
from vigente.mail.inbound import process, process_due, receive, replay
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.parsing import Unreadable
from vigente.mail.tests.corpus import all_samples, simple
from vigente.mail.tests.people import make_desk
from vigente.tickets.models import HeldRequest, Message, Ticket

pytestmark = pytest.mark.django_db
Status = InboundMessage.Status


@pytest.fixture
def desk(now):
    return make_desk(now)


def test_the_bytes_come_back_as_they_came(desk, now):
    for sample in all_samples():
        row = receive(sample.raw, mailbox=desk.mailbox, now=now)
        assert row.duplicate or bytes(InboundMessage.objects.get(pk=row.pk).raw) == sample.raw


def test_the_same_mail_is_kept_once_whatever_its_line_ends_and_its_way(desk, now):
    raw = desk.mail("Hola\nmundo")
    first = receive(raw, mailbox=desk.mailbox, now=now)
    others = [
        raw.replace(b"\r\n", b"\n"),
        raw + b"\r\n",
        b"Received: from x by y; Tue, 10 Mar 2026 09:00:00 -0600\r\nDelivered-To: soporte@x\r\n" + raw,
    ]
    for other in others:
        again = receive(other, mailbox=desk.mailbox, now=now)
        assert (again.pk, again.duplicate) == (first.pk, True)
    assert InboundMessage.objects.count() == 1


def test_different_mails_may_share_a_message_id_or_have_none(desk, now):
    for text, ident in (("uno", "<a@x>"), ("dos", "<a@x>"), ("tres", None), ("cuatro", None)):
        row = receive(desk.mail(text, Message_ID=ident), mailbox=desk.mailbox, now=now)
        assert not row.duplicate
    assert InboundMessage.objects.count() == 4


def test_the_same_mail_in_two_mailboxes_is_one_request(desk, now):
    raw = desk.mail()
    other = Mailbox.objects.create(address="ventas@localhost")
    for mailbox in (desk.mailbox, other):
        process(receive(raw, mailbox=mailbox, now=now).pk, now=now)
    assert HeldRequest.objects.count() == 1
    assert InboundMessage.objects.filter(held=HeldRequest.objects.get()).count() == 2


def test_a_mail_larger_than_any_is_refused(desk, now, settings):
    settings.MAIL_MAX_BYTES = 1000
    with pytest.raises(Unreadable, match="too_large"):
        receive(desk.mail("x" * 2000), mailbox=desk.mailbox, now=now)
    assert not InboundMessage.objects.exists()


def test_every_sample_becomes_something_and_stops_no_other(desk, now):
    for sample in all_samples():
        receive(sample.raw, mailbox=desk.mailbox, now=now)
    waiting = InboundMessage.objects.count()
    assert process_due(now=now, limit=500) == waiting
    assert set(InboundMessage.objects.values_list("status", flat=True)) <= {Status.PROCESSED, Status.IGNORED}


def test_what_cannot_be_read_is_in_quarantine_and_visible(desk, now):
    bad = receive(b"\xff\xfe\x00" * 50, mailbox=desk.mailbox, now=now)
    empty = receive(b"", mailbox=desk.mailbox, now=now)
    good = receive(desk.mail(), mailbox=desk.mailbox, now=now)
    assert process_due(now=now) == 3
    for row, code in ((bad, "no_headers"), (empty, "empty")):
        row.refresh_from_db()
        assert (row.status, row.outcome) == (Status.QUARANTINED, code)
        assert row.error
    good.refresh_from_db()
    assert good.status == Status.PROCESSED
    assert Event.objects.filter(kind="mail.quarantined").count() == 2


def test_a_quarantined_mail_is_read_again_on_replay(desk, now, monkeypatch):
    def fails(raw):
        raise Unreadable("timeout", "more than 5 s")

    with monkeypatch.context() as patched:
        patched.setattr(inbound, "parse_safely", fails)
        row = desk.write()
    assert (row.status, row.outcome) == (Status.QUARANTINED, "timeout")
    again = replay(inbound=row, now=now)
    assert again.status == Status.PROCESSED
    assert replay(inbound=again, now=now).processed_at == again.processed_at
    assert HeldRequest.objects.count() == 1


def test_staff_may_say_that_a_person_wrote_it(desk, now):
    row = desk.write("No imprime", Auto_Submitted="auto-replied")
    assert row.status == Status.IGNORED
    assert replay(inbound=row, now=now).status == Status.IGNORED
    again = replay(inbound=row, now=now, as_person=True)
    assert (again.status, again.held.text) == (Status.PROCESSED, "No imprime")


def test_an_error_of_ours_is_tried_again_later_and_then_set_aside(desk, now, monkeypatch):
    monkeypatch.setattr(inbound, "gather", lambda *args, **more: 1 / 0)
    row = receive(desk.mail(), mailbox=desk.mailbox, now=now)
    moment = now
    for _ in range(inbound.ATTEMPTS):
        assert process(row.pk, now=moment).status in (Status.RECEIVED, Status.QUARANTINED)
        assert process(row.pk, now=moment).attempts == InboundMessage.objects.get(pk=row.pk).attempts
        moment += timedelta(minutes=10)
    row.refresh_from_db()
    assert (row.status, row.outcome) == (Status.QUARANTINED, "failed")
    assert "ZeroDivisionError" in row.error
    assert not HeldRequest.objects.exists()


def test_a_mail_that_kills_its_reader_is_set_aside_in_the_end(desk, now, monkeypatch):
    """The process dies between claiming and finishing: the lease runs out, and not for ever."""
    row = receive(desk.mail(), mailbox=desk.mailbox, now=now)

    def dies(raw):
        raise SystemExit

    monkeypatch.setattr(inbound, "parse_safely", dies)
    moment = now
    for _ in range(inbound.DEATHS):
        with pytest.raises(SystemExit):
            process(row.pk, now=moment)
        assert process(row.pk, now=moment).status == Status.RECEIVED
        moment += inbound.LEASE
    assert process(row.pk, now=moment).outcome == "given_up"


def test_a_worker_whose_lease_ran_out_writes_nothing(desk, now, monkeypatch):
    row = receive(desk.mail(), mailbox=desk.mailbox, now=now)
    parse = inbound.parse_safely

    def slow(raw):
        if InboundMessage.objects.get(pk=row.pk).attempts == 1:
            process(row.pk, now=now + inbound.LEASE)  # the other worker
        return parse(raw)

    monkeypatch.setattr(inbound, "parse_safely", slow)
    done = process(row.pk, now=now)
    assert done.status == Status.PROCESSED
    assert HeldRequest.objects.count() == 1


def test_what_follows_and_the_mark_that_it_did_are_one_transaction(desk, now, monkeypatch):
    """Killed at any point, either both happened or neither."""
    row = receive(desk.mail(), mailbox=desk.mailbox, now=now)
    original = InboundMessage.save

    def dies(self, *args, **more):
        original(self, *args, **more)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(InboundMessage, "save", dies)
        with pytest.raises(SystemExit):
            process(row.pk, now=now)
    assert not HeldRequest.objects.exists()
    done = process(row.pk, now=now + inbound.LEASE)
    assert done.status == Status.PROCESSED
    assert HeldRequest.objects.count() == 1
    assert Message.objects.count() == Ticket.objects.count() == 0


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_an_identity_and_a_glimpse(raw):
    assert content_digest(raw) == content_digest(raw.replace(b"\r\n", b"\n"))
    header_id, sender, subject = glimpse(raw)
    assert "\0" not in header_id + sender + subject


def test_what_differs_in_what_was_written_differs(desk):
    texts = [desk.mail(text, **more) for text, more in (
        ("a", {}), ("b", {}), ("a", {"Subject": "otro"}), ("a", {"Date": "x"}), ("a", {"To": "z@x"}),
    )]  # fmt: skip
    assert len({content_digest(raw) for raw in texts}) == len(texts)
    long = simple("a", Subject="x" * 40_000 + "1")
    assert content_digest(long) != content_digest(simple("a", Subject="x" * 40_000 + "2"))
