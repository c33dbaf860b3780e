"""Mail out: one mail per happening, sent to a real SMTP server, put off, given up visibly, never injected into."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from vigente.installation.clock import standing_at
from vigente.installation.models import Installation
from vigente.mail import outbound
from vigente.mail.models import OutboundMessage
from vigente.mail.outbound import enqueue, retry, send_due
from vigente.mail.tokens import own_mark

pytestmark = pytest.mark.django_db
Status = OutboundMessage.Status


@pytest.fixture
def sink(smtp_sink, settings):
    settings.EMAIL_URL = smtp_sink.email_url
    return smtp_sink


def queue(now, key: str = "1", **more) -> OutboundMessage:
    values = {
        "kind": "ticket.replied",
        "to": "rosa@x.test",
        "subject": "Hola",
        "text": "Hola ñ",
        "html": "<p>Hola ñ</p>",
    }
    return enqueue(dedupe_key=key, now=now, **values | more)


def test_a_mail_arrives_in_both_forms_with_its_headers(sink, now):
    mail = queue(now, headers={"Reply-To": "soporte+x@localhost", "References": "<a@x>", "about": "ticket:1"})
    assert send_due(now=now) == 1
    (delivered,) = sink.mails
    message = delivered.message
    assert delivered.recipients == ["rosa@x.test"]
    assert message["Message-ID"] == f"<{mail.message_id}>"
    assert (message["Reply-To"], message["References"]) == ("soporte+x@localhost", "<a@x>")
    assert (message["Auto-Submitted"], message["X-Vigente"]) == ("auto-generated", own_mark())
    assert message["about"] is None
    assert message.get_body(("plain",)).get_content().strip() == "Hola ñ"
    assert message.get_body(("html",)).get_content().strip() == "<p>Hola ñ</p>"
    mail.refresh_from_db()
    assert (mail.status, mail.sent_at) == (Status.SENT, now)


def test_a_persons_words_are_not_marked_as_automatic(sink, now):
    queue(now, automatic=False)
    send_due(now=now)
    assert sink.mails[0].message["Auto-Submitted"] is None


def test_the_same_happening_is_one_mail(sink, now):
    assert queue(now).pk == queue(now, subject="otro").pk
    send_due(now=now)
    send_due(now=now)
    assert len(sink.mails) == 1


def test_a_change_that_is_taken_back_sends_nothing(sink, now):
    with transaction.atomic():
        queue(now)
        transaction.set_rollback(True)
    assert send_due(now=now) == 0
    assert sink.mails == []


def test_a_server_that_is_busy_is_asked_again_later(sink, now):
    mail = queue(now)
    sink.fail(times=2)
    moment = now
    for pause in outbound.PAUSES[:2]:
        assert send_due(now=moment) == 0
        assert send_due(now=moment) == 0  # not at once
        moment += pause
    assert send_due(now=moment) == 1
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, len(sink.mails)) == (Status.SENT, 3, 1)


def test_one_that_fails_stops_no_other(sink, now):
    queue(now, "1")
    queue(now, "2", to="ana@x.test")
    sink.fail(times=1)
    assert send_due(now=now) == 1
    assert [mail.recipients for mail in sink.mails] == [["ana@x.test"]]


def test_what_is_refused_for_good_is_dead_at_once_and_can_be_revived(sink, now):
    mail = queue(now)
    sink.fail("550 5.1.1 No such user")
    send_due(now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.DEAD, 1)
    assert "550" in mail.last_error
    sink.recover()
    retry(mail=mail, now=now)
    assert send_due(now=now) == 1


def test_a_server_that_is_away_makes_a_dead_letter_after_two_days(settings, now):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    mail = queue(now)
    moment = now
    for _ in range(outbound.ATTEMPTS):
        assert send_due(now=moment) == 0
        moment += timedelta(days=1)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.DEAD, outbound.ATTEMPTS)
    assert "ConnectionRefusedError" in mail.last_error


def test_killed_before_it_was_noted_it_is_sent_again_as_the_same_mail(sink, now, monkeypatch):
    queue(now)
    with monkeypatch.context() as patched:
        send = outbound.Line.send

        def dies(self, mail, *, now):
            send(self, mail, now=now)
            raise SystemExit

        patched.setattr(outbound.Line, "send", dies)
        with pytest.raises(SystemExit):
            send_due(now=now)
    assert send_due(now=now) == 0
    assert send_due(now=now + outbound.LEASE) == 1
    first, second = (mail.message["Message-ID"] for mail in sink.mails)
    assert first == second


def test_two_workers_send_a_mail_once(sink, now, monkeypatch):
    queue(now)
    send = outbound.Line.send

    def meanwhile(self, mail, *, now):
        assert send_due(now=now) == 0  # the other worker finds it claimed
        send(self, mail, now=now)

    monkeypatch.setattr(outbound.Line, "send", meanwhile)
    assert send_due(now=now) == 1
    assert len(sink.mails) == 1


@pytest.mark.parametrize("text", ["a\r\nBcc: mala@x.test", "a\nX: y", "a\u2028b", "\u202egnp", "x" * 5000])
def test_a_subject_adds_no_header(sink, now, text):
    mail = queue(now, subject=text)
    assert send_due(now=now) == 1
    (delivered,) = sink.mails
    assert delivered.recipients == ["rosa@x.test"]
    assert delivered.message["Bcc"] is None
    assert len(mail.subject) <= 255


def test_the_vendors_name_is_the_senders_name_whatever_it_holds(sink, now, settings):
    settings.MAIL_FROM = "Soporte <soporte@vendor.test>"
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": 'Ñandú, "S.A."\r\nBcc: x@y'})
    queue(now)
    send_due(now=now)
    sender = sink.mails[0].message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Ñandú, S.A. Bcc: x@y", "soporte@vendor.test")


def test_a_header_of_two_lines_is_never_sent(sink, now):
    mail = queue(now, headers={"References": "<a@x>\r\nBcc: mala@x.test"})
    assert send_due(now=now) == 0
    mail.refresh_from_db()
    assert "BadHeaderError" in mail.last_error


def test_automatic_mail_beyond_the_cap_is_kept_and_not_sent(sink, now):
    for number in range(outbound.MOST_TO_ONE_ADDRESS + 5):
        queue(now, str(number))
    assert OutboundMessage.objects.filter(status=Status.MUTED).count() == 5
    assert queue(now, "person", automatic=False).status == Status.QUEUED
    assert queue(now + timedelta(hours=1), "later").status == Status.QUEUED


def test_mails_of_the_account_pages_go_through_the_outbox(settings, sink, now):
    settings.EMAIL_BACKEND = "vigente.mail.backend.OutboxBackend"
    mail = EmailMultiAlternatives("Su código", "123456", to=["rosa@x.test", "ana@x.test"])
    mail.attach_alternative("<b>123456</b>", "text/html")
    with standing_at(now):
        mail.send()
    assert [row.created_at for row in OutboundMessage.objects.all()] == [now, now]
    assert send_due(now=now) == 2
    assert {m.recipients[0] for m in sink.mails} == {"rosa@x.test", "ana@x.test"}
    assert sink.mails[0].message.get_body(("html",)).get_content().strip() == "<b>123456</b>"


def test_in_the_demonstration_mails_are_read_in_the_mail_log(settings, now):
    settings.EMAIL_URL = "log:"
    queue(now)
    assert send_due(now=now) == 1
    assert OutboundMessage.objects.get().status == Status.SENT


def test_a_wrong_email_url_says_what_is_right(settings, now):
    settings.EMAIL_URL = "mailto:x"
    mail = queue(now)
    send_due(now=now)
    mail.refresh_from_db()
    assert "smtp:, smtps:, console: or log:" in mail.last_error
