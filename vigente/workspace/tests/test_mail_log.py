"""The mail log at the desk: what came and what became of it, quarantine with replay, dead mail with another try."""

from datetime import timedelta

import pytest

from vigente.mail.inbound import receive
from vigente.mail.models import InboundMessage, Mailbox, OutboundMessage
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db
RAW = (
    b"From: Rosa <rosa@clavo.test>\r\nTo: soporte@sisnorte.test\r\nSubject: Hola\r\n"
    b"Message-ID: <1@clavo.test>\r\n\r\nNo imprime.\r\n"
)


@pytest.fixture
def box(db):
    return Mailbox.objects.create(address="soporte@sisnorte.test")


@pytest.fixture
def quarantined(box, now):
    return InboundMessage.objects.create(
        mailbox=box,
        raw=RAW,
        size=len(RAW),
        digest="d" * 64,
        subject="Roto",
        sender="x@y.test",
        status="quarantined",
        error="too_many_parts",
        received_at=now,
    )


@pytest.fixture
def dead(now):
    return OutboundMessage.objects.create(
        dedupe_key="k",
        message_id="<k@x>",
        kind="ticket.replied",
        to="rosa@clavo.test",
        subject="Su caso",
        text="<b>Hola</b>",
        status="dead",
        last_error="550 no such user",
        next_attempt_at=now,
        created_at=now,
    )


def test_mail_in_and_out_is_listed_and_read(sofia, box, dead, now):
    row = receive(RAW, mailbox=box, now=now)
    assert "rosa@clavo.test" in words(sofia.get("mail"))
    seen = words(sofia.get("inbound", row.pk))
    assert "<1@clavo.test>" in seen or "1@clavo.test" in seen
    assert "Su caso" in words(sofia.get("mail", query="?view=out"))
    page = sofia.get("outbound", dead.pk)
    assert "550 no such user" in words(page)
    assert "&lt;b&gt;Hola&lt;/b&gt;" in page.content.decode()


def test_the_bytes_come_back_exactly_and_are_never_shown(sofia, quarantined):
    response = sofia.get("inbound_raw", quarantined.pk)
    assert response.content == RAW
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


def test_what_was_quarantined_is_seen_and_read_again(sofia, quarantined):
    assert "Roto" in words(sofia.get("mail", query="?view=quarantined"))
    response = sofia.post("inbound_replay", quarantined.pk)
    assert "Leído de nuevo" in said(response)
    quarantined.refresh_from_db()
    assert quarantined.status != "quarantined"


def test_a_dead_mail_is_tried_anew(sofia, dead, now):
    assert "Su caso" in words(sofia.get("mail", query="?view=dead"))
    sofia.post("outbound_retry", dead.pk)
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == ("queued", 0)


def test_pages_follow_one_another(sofia, now):
    OutboundMessage.objects.bulk_create(
        OutboundMessage(
            dedupe_key=str(n),
            message_id=f"<{n}>",
            kind="x",
            to="a@b.test",
            subject=f"Carta {n}",
            text="x",
            next_attempt_at=now,
            created_at=now + timedelta(seconds=n),
        )
        for n in range(60)
    )
    first = sofia.get("mail", query="?view=out")
    second = sofia.get("mail", query=first.context["more"])
    assert len(first.context["rows"]) + len(second.context["rows"]) == 60


def test_an_unknown_view_is_not_found(sofia):
    assert sofia.get("mail", query="?view=x").status_code == 404
