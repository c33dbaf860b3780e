"""Kill -9 at random points while 500 mails come in through real IMAP: none lost, none doubled, the books exact.

A third of the mails are new requests of a covered customer, a third are replies to open cases by their signed
address, a
third come from nobody known. Worker, web and the whole tree are killed at moments a seed decides; after the last
restart
everything must be there.
"""

import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from vigente.factories import make_customer, publish
from vigente.mail.models import InboundMessage, Mailbox
from vigente.mail.tests.corpus import simple
from vigente.mail.tokens import ReplyToken, reply_address
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.worker.verification import verify

MAILS = int(os.environ.get("CHAOS_MAILS", "500"))
KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
PATIENCE = 420  # seconds for everything to settle

pytestmark = pytest.mark.django_db(transaction=True)


def make_mails(mailbox, customer, tickets):
    """(kind, raw) pairs, in an order a seed decides."""
    mails = []
    for number in range(MAILS):
        kind = ("request", "reply", "stranger")[number % 3]
        sender = customer.manager.email if kind != "stranger" else f"nadie{number}@otra.test"
        to = mailbox.address
        if kind == "reply":
            to = reply_address(
                mailbox.address, ReplyToken(tickets[number % len(tickets)].number, customer.manager.pk)
            )
        raw = simple(
            f"Mensaje único {number}: la existencia no coincide.",
            From=sender,
            To=to,
            Subject=f"Asunto {number}",
            Message_ID=f"<caos-{number}@x.test>",
        )
        mails.append((kind, raw))
    random.Random(11).shuffle(mails)
    return mails


def test_none_is_lost_and_none_is_doubled(dovecot, live_vigente):
    rng = random.Random(f"{MAILS}:{connection.vendor}")
    publish(intake_email="accept")
    customer = make_customer(now=datetime.now(UTC) - timedelta(days=2), cases=None)
    tickets = [customer.ticket(datetime.now(UTC) - timedelta(days=1)) for _ in range(10)]
    messages_before, tickets_before = Message.objects.count(), Ticket.objects.count()
    mailbox = Mailbox.objects.create(
        address=dovecot.user,
        host="localhost",
        port=dovecot.port,
        username=dovecot.user,
        password=dovecot.password,
    )
    mails = make_mails(mailbox, customer, tickets)

    def start():
        return live_vigente(None, "all", MAIL_CA_FILE=str(dovecot.certificate), MAIL_POLL_SECONDS="1")

    live = start()
    chunk = max(1, len(mails) // (KILLS + 1))
    for blow in range(KILLS + 1):
        for _kind, raw in mails[blow * chunk : None if blow == KILLS else (blow + 1) * chunk]:
            dovecot.deliver(raw)
        time.sleep(rng.uniform(0.5, 4.0))
        if blow == KILLS:
            break
        victim = rng.choice(["worker-process", "worker-process", "web-process", "all"])
        if victim == "all":
            live.kill_all()
            live = start()
        else:
            live.kill(victim)
    wait_until_settled()
    live.stop()

    expected = Counter(kind for kind, _raw in mails)
    rows = InboundMessage.objects.filter(header_id__startswith="caos-")
    assert rows.count() == MAILS
    assert Counter(rows.values_list("status", flat=True)) == {"processed": MAILS}
    assert Ticket.objects.count() - tickets_before == expected["request"]
    assert HeldRequest.objects.count() == expected["stranger"]
    assert Message.objects.count() - messages_before == expected["request"] + expected["reply"]
    texts = Counter(
        text.split(":")[0] for text in Message.objects.values_list("text", flat=True) if "único" in text
    )
    texts.update(text.split(":")[0] for text in HeldRequest.objects.values_list("text", flat=True))
    assert len(texts) == MAILS
    assert set(texts.values()) == {1}
    assert list(verify(now=datetime.now(UTC))) == []


def wait_until_settled():
    """Until every mail is read; fails with what is still waiting."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        rows = InboundMessage.objects.filter(header_id__startswith="caos-")
        if rows.exclude(status="received").count() == MAILS:
            return
        time.sleep(0.5)
    pytest.fail(f"not settled: {Counter(rows.values_list('status', flat=True))} of {MAILS}")
