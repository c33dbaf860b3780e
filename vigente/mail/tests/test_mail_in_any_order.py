"""Mails of any kind in any order, some twice, some killed half-way: each becomes exactly one thing, nobody gets in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigente.factories import make_customer, make_user
from vigente.mail import inbound
from vigente.mail.inbound import process_due, receive
from vigente.mail.models import InboundMessage
from vigente.mail.tests.corpus import simple
from vigente.mail.tests.people import make_desk
from vigente.mail.tokens import ReplyToken, reply_address
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.worker.verification import verify

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
SENDERS = st.sampled_from(["manager", "colleague", "other", "stranger", "agent", "ourselves"])
ROADS = st.sampled_from(["none", "token", "foreign token", "references", "number"])
STEPS = st.lists(
    st.tuples(SENDERS, ROADS, st.booleans(), st.sampled_from(["read", "wait", "killed", "twice"])),
    min_size=1,
    max_size=12,
)


class World:
    """A desk, two customers, one case of the first, and mails with a number each."""

    def __init__(self) -> None:
        self.desk = make_desk(NOW, intake="accept", cases=2)
        self.ticket, self.sent = self.desk.answered_case()
        other = make_customer("Otra", now=NOW - timedelta(days=1))
        customer = self.desk.customer
        self.addresses = {
            "manager": customer.manager.email,
            "colleague": customer.colleague.email,
            "other": other.manager.email,
            "stranger": "nadie@x.test",
            "agent": make_user("Berta", role="agent").email,
            "ourselves": self.desk.mailbox.address,
        }
        self.before = Message.objects.count()
        self.wrote: dict[str, tuple[str, bool]] = {}
        self.moment = NOW

    def mail(self, sender: str, road: str, *, automatic: bool) -> bytes:
        text = f"Texto único {len(self.wrote)}."
        self.wrote[text] = (sender, automatic)
        box = self.desk.mailbox.address
        token = reply_address(box, ReplyToken(self.ticket.number, self.ticket.requester.pk))
        headers = {"From": self.addresses[sender], "Message_ID": f"<{len(self.wrote)}@x.test>", "To": box}
        headers |= {
            "none": {},
            "token": {"To": token},
            "foreign token": {"To": token.replace(".", ".a", 1)},
            "references": {"In_Reply_To": f"<{self.sent.message_id}>"},
            "number": {"Subject": f"Re: [#{self.ticket.number}] x"},
        }[road]
        if automatic:
            headers["Auto_Submitted"] = "auto-replied"
        return simple(text, **headers)

    def step(self, raw: bytes, what: str) -> None:
        self.moment += timedelta(seconds=1)
        row = receive(raw, mailbox=self.desk.mailbox, now=self.moment)
        if what == "twice":
            assert receive(raw + b"\n", mailbox=self.desk.mailbox, now=self.moment).pk == row.pk
        elif what == "read":
            process_due(now=self.moment)
        elif what == "killed":
            self.die(row)

    def die(self, row: InboundMessage) -> None:
        """Everything that was written since the claim is taken back, as by the database after a kill."""
        save = InboundMessage.save

        def dies(this, *args, **more):
            save(this, *args, **more)
            raise SystemExit

        InboundMessage.save = dies
        try:
            with pytest.raises(SystemExit):
                inbound.process(row.pk, now=self.moment)
        finally:
            InboundMessage.save = save

    def settle(self) -> None:
        self.moment += inbound.LEASE
        process_due(now=self.moment)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_mail_becomes_exactly_one_thing_and_nobody_gets_in(steps):
    with transaction.atomic():
        world = World()
        for sender, road, automatic, what in steps:
            world.step(world.mail(sender, road, automatic=automatic), what)
        world.settle()
        check(world)
        transaction.set_rollback(True)


def check(world: World) -> None:
    rows = InboundMessage.objects.all()
    assert rows.count() == len(world.wrote)
    assert not rows.exclude(status__in=("processed", "ignored")).exists()
    texts = list(Message.objects.order_by("pk")[world.before :].values_list("text", flat=True))
    texts += HeldRequest.objects.values_list("text", flat=True)
    for text, (sender, automatic) in world.wrote.items():
        assert texts.count(text) == (0 if automatic or sender == "ourselves" else 1), (text, sender)
    public = world.ticket.messages.filter(kind="reply", by_staff=False).exclude(channel="web")
    assert {message.author.email for message in public} <= {world.addresses["manager"]}
    for ticket in Ticket.objects.exclude(pk=world.ticket.pk):
        assert ticket.requester.email not in (world.addresses["stranger"], world.addresses["agent"])
    assert list(verify(now=world.moment)) == []
