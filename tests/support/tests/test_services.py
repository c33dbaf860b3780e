"""The services that other tests rest on are what they claim to be."""

import imaplib
import smtplib
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from tests.support.dovecot import Dovecot
from tests.support.live import LiveVigente
from tests.support.smtp import SmtpSink

RAW = b"From: cliente@empresa.test\r\nSubject: Ayuda\r\n\r\n\xc2\xbfC\xc3\xb3mo?\r\n"


def test_dovecot_gives_back_the_bytes_that_were_delivered(dovecot: Dovecot) -> None:
    dovecot.deliver(RAW)
    dovecot.append(RAW)
    assert dovecot.messages() == [RAW, RAW]
    assert dovecot.messages("SEEN") == []


def test_dovecot_starts_each_test_with_an_empty_inbox(dovecot: Dovecot) -> None:
    assert dovecot.messages() == []
    dovecot.deliver(RAW)
    assert len(dovecot.messages("UNSEEN")) == 1


def test_dovecot_cuts_open_sessions_when_told(dovecot: Dovecot) -> None:
    client = dovecot.client()

    def cut() -> None:
        for _ in range(100):  # the server lists a session a moment after it began
            dovecot.disconnect_everybody()
            client.noop()
            time.sleep(0.05)

    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        cut()
    assert dovecot.messages() == []


def test_smtp_sink_keeps_mail_and_fails_when_told(smtp_sink: SmtpSink) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@vendor.test", "b@empresa.test", "Su caso"
    mail.set_content("Resuelto.")
    smtp_sink.fail(times=1)
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.send_message(mail)
        client.send_message(mail)
    assert [received.message["Subject"] for received in smtp_sink.to("b@empresa.test")] == ["Su caso"]
    assert smtp_sink.refused == 1


@pytest.mark.django_db(transaction=True)
def test_a_live_server_sees_the_rows_of_the_test_and_the_browser_sees_the_server(
    live_vigente: Callable[..., LiveVigente], page: Any
) -> None:
    from vigente.installation.models import Installation

    Installation.objects.create(id=1, vendor_name="Acme")
    live = live_vigente(role="web")
    response = page.goto(f"{live.url}/healthz")
    assert (response.status, page.text_content("body")) == (200, "ok")
    assert live.stop() == 0
