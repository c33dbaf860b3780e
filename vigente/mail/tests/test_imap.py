"""Mail by real IMAP over TLS: kept before it is marked as seen, through dropped lines and renumbered folders."""

from datetime import timedelta

import pytest

from vigente.mail import imap
from vigente.mail.imap import fetch, fetch_due
from vigente.mail.inbound import process_due
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.tests.corpus import all_samples, simple
from vigente.mail.tests.people import make_desk
from vigente.tickets.models import HeldRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(dovecot, monkeypatch, now) -> Mailbox:
    monkeypatch.setenv("MAIL_CA_FILE", str(dovecot.certificate))
    return Mailbox.objects.create(
        address=dovecot.user,
        host="localhost",
        port=dovecot.port,
        username=dovecot.user,
        password=dovecot.password,
    )


def letter(number: int) -> bytes:
    return simple(f"Carta {number}", Message_ID=f"<{number}@x.test>")


def kept() -> list[str]:
    return list(InboundMessage.objects.order_by("pk").values_list("header_id", flat=True))


def test_what_arrives_is_kept_and_marked_as_seen(dovecot, mailbox, now):
    raws = [sample.raw for sample in all_samples()[:20]]
    for raw in raws:
        dovecot.deliver(raw)
    assert fetch_due(now=now) == len(raws)
    assert dovecot.messages("UNSEEN") == []
    assert len(dovecot.messages()) == len(raws)
    assert fetch(mailbox, now=now + timedelta(hours=1)) == 0
    assert {bytes(row.raw) for row in InboundMessage.objects.all()} >= {dovecot.messages()[0]}


def test_it_is_looked_into_now_and_then(dovecot, mailbox, now, settings):
    assert fetch_due(now=now) == 0
    dovecot.deliver(letter(1))
    assert fetch_due(now=now + timedelta(seconds=settings.MAIL_POLL_SECONDS - 1)) == 0
    assert fetch_due(now=now + timedelta(seconds=settings.MAIL_POLL_SECONDS)) == 1


def test_a_mail_read_elsewhere_is_still_fetched(dovecot, mailbox, now):
    dovecot.deliver(letter(1))
    fetch_due(now=now)
    dovecot.deliver(letter(2))
    with dovecot.client() as client:
        client.store("2", "+FLAGS", "\\Seen")
    assert fetch_due(now=now + timedelta(minutes=1)) == 1
    assert kept() == ["1@x.test", "2@x.test"]


def test_old_mail_that_was_seen_before_we_came_is_left_alone(dovecot, mailbox, now):
    dovecot.deliver(letter(1))
    with dovecot.client() as client:
        client.store("1", "+FLAGS", "\\Seen")
    dovecot.deliver(letter(2))
    assert fetch_due(now=now) == 1
    assert kept() == ["2@x.test"]


def test_killed_after_keeping_it_is_fetched_again_and_kept_once(dovecot, mailbox, now, monkeypatch):
    dovecot.deliver(letter(1))
    with monkeypatch.context() as patched:
        receive = imap.receive

        def dies(raw, **more):
            receive(raw, **more)
            raise SystemExit

        patched.setattr(imap, "receive", dies)
        with pytest.raises(SystemExit):
            fetch_due(now=now)
    assert len(dovecot.messages("UNSEEN")) == 1
    assert fetch_due(now=now + imap.LEASE) == 1
    assert kept() == ["1@x.test"]
    assert dovecot.messages("UNSEEN") == []


def test_what_could_not_be_kept_stays_unseen_on_the_server(dovecot, mailbox, now, monkeypatch):
    for number in range(3):
        dovecot.deliver(letter(number))
    with monkeypatch.context() as patched:
        patched.setattr(imap, "receive", lambda *args, **more: 1 / 0)
        assert fetch_due(now=now) == 0
    assert len(dovecot.messages("UNSEEN")) == 3
    mailbox.refresh_from_db()
    assert "ZeroDivisionError" in mailbox.last_error
    assert fetch_due(now=mailbox.next_check_at) == 3


def test_a_line_dropped_in_the_middle_loses_and_doubles_nothing(dovecot, mailbox, now, monkeypatch):
    for number in range(6):
        dovecot.deliver(letter(number))
    receive, seen = imap.receive, []

    def drops(raw, **more):
        seen.append(raw)
        if len(seen) == 3:
            dovecot.disconnect_everybody()
        return receive(raw, **more)

    monkeypatch.setattr(imap, "receive", drops)
    fetch_due(now=now)
    mailbox.refresh_from_db()
    assert mailbox.failures == 1
    assert fetch_due(now=mailbox.next_check_at) >= 3
    assert sorted(kept()) == [f"{number}@x.test" for number in range(6)]
    assert dovecot.messages("UNSEEN") == []


def test_a_renumbered_folder_is_read_again_and_nothing_doubled(dovecot, mailbox, now):
    for number in range(3):
        dovecot.deliver(letter(number))
    fetch_due(now=now)
    Mailbox.objects.update(uid_validity=1, last_uid=900)
    dovecot.deliver(letter(3))
    fetch_due(now=now + timedelta(minutes=1))
    assert kept() == [f"{number}@x.test" for number in range(4)]
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity != 1, mailbox.last_uid) == (True, 4)


def test_a_server_that_is_away_is_asked_less_and_less_often(mailbox, now):
    port = mailbox.port
    Mailbox.objects.update(port=1)
    moment, pauses = now, []
    for _ in range(3):
        assert fetch_due(now=moment) == 0
        mailbox.refresh_from_db()
        pauses.append(mailbox.next_check_at - moment)
        moment = mailbox.next_check_at
    assert pauses == sorted(set(pauses))
    assert (mailbox.failures, "refused" in mailbox.last_error) == (3, True)
    Mailbox.objects.update(port=port)
    fetch_due(now=moment)
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.last_error) == (0, "")


def test_a_wrong_password_is_said(mailbox, now):
    Mailbox.objects.update(password="otra")
    assert fetch_due(now=now) == 0
    mailbox.refresh_from_db()
    assert "AUTHENTICATIONFAILED" in mailbox.last_error


def test_a_certificate_that_is_not_trusted_is_refused(dovecot, mailbox, now, monkeypatch):
    monkeypatch.delenv("MAIL_CA_FILE")
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 0
    mailbox.refresh_from_db()
    assert "certificate" in mailbox.last_error.lower()


def test_one_mailbox_that_fails_stops_no_other(dovecot, mailbox, now):
    Mailbox.objects.create(address="a@x.test", host="127.0.0.1", port=1, username="x", password="x")
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 1


def test_a_password_may_come_from_the_environment(dovecot, mailbox, now, monkeypatch):
    monkeypatch.setenv("BUZON", dovecot.password)
    Mailbox.objects.update(password="env:BUZON")
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 1


def test_a_mail_larger_than_any_stays_on_the_server_and_shows_its_head(dovecot, mailbox, now, settings):
    settings.MAIL_MAX_BYTES = 5000
    dovecot.deliver(simple("x" * 10_000, Subject="Muy grande"))
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 2
    row = InboundMessage.objects.get(outcome="too_large")
    assert (row.status, row.subject) == ("quarantined", "Muy grande")
    assert len(dovecot.messages()) == 2


def test_mail_may_be_moved_away_once_it_is_kept(dovecot, mailbox, now):
    with dovecot.client() as client:
        client.create("Vigente")
    Mailbox.objects.update(done_folder="Vigente")
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 1
    assert dovecot.messages() == []


def test_from_the_mail_server_to_a_held_request(dovecot, mailbox, now):
    desk = make_desk(now)
    for number in range(5):
        dovecot.deliver(desk.mail(f"Carta {number}"))
    fetch_due(now=now)
    assert process_due(now=now) == 5
    assert HeldRequest.objects.count() == 5


def test_a_mailbox_may_be_named_by_the_environment(dovecot, mailbox, now, settings):
    Mailbox.objects.all().delete()
    user = dovecot.user.replace("@", "%40")
    settings.IMAP_URL = f"imaps://{user}:{dovecot.password}@localhost:{dovecot.port}/INBOX"
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 1
    found = Mailbox.objects.get()
    assert (found.address, found.password) == (dovecot.user, "env:IMAP_URL")
    fetch_due(now=now + timedelta(minutes=1))
    assert Mailbox.objects.get().last_uid == 1


def test_a_wrong_imap_url_stops_nothing_else(dovecot, mailbox, now, settings):
    settings.IMAP_URL = "http://x"
    dovecot.deliver(letter(1))
    assert fetch_due(now=now) == 1
