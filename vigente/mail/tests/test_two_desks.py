"""Two desks facing each other fall silent, even when every header that would tell is stripped on the way."""

from datetime import timedelta

import pytest

from vigente.factories import make_user
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.tests.people import make_desk, public
from vigente.rules.mailthread import Caps
from vigente.tickets.models import HeldRequest
from vigente.tickets.services.conversation import reply
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


class OtherDesk:
    """A dumb desk: acknowledges whatever it gets, to the address it was written from, with no header that tells."""

    def __init__(self, desk, address: str, *, to_reply_address: bool) -> None:
        self.desk, self.address, self.to_reply_address = desk, address, to_reply_address
        self.got = 0

    def read(self, *, now) -> int:
        """Answer everything that came since the last time."""
        came = (
            OutboundMessage.objects.filter(to=self.address).exclude(status="muted").order_by("pk")[self.got :]
        )
        for mail in list(came):
            self.got += 1
            to = mail.headers.get("Reply-To") if self.to_reply_address else None
            self.desk.write(
                f"Su mensaje {self.got} es importante para nosotros",
                sender=self.address,
                Subject=f"Acuse {self.got}",
                To=to or self.desk.mailbox.address,
                later=now - self.desk.now,
            )
        return len(came)


def talk(desk, other: OtherDesk, now, *, minutes: int = 55) -> None:
    for minute in range(minutes):
        moment = now + timedelta(minutes=minute)
        drain_all(now=moment)
        other.read(now=moment)


@pytest.mark.parametrize("intake", ["portal_only", "accept", "refuse"])
def test_new_requests_of_a_machine_are_answered_a_few_times_and_then_no_more(now, intake):
    desk = make_desk(now, intake=intake, cases=None)
    other = OtherDesk(desk, "desk@otra.test", to_reply_address=False)
    desk.write("Hola", sender=other.address)
    talk(desk, other, now)
    assert other.got == Caps().per_sender
    assert InboundMessage.objects.filter(status="processed").count() == other.got + 1
    if intake != "refuse":
        assert HeldRequest.objects.count() == other.got + 1  # nothing that was written is lost


def test_a_customers_desk_in_a_case_falls_silent_and_loses_nothing(now):
    desk = make_desk(now)
    customer = desk.customer.manager
    ticket = desk.customer.ticket(now)
    other = OtherDesk(desk, customer.email, to_reply_address=True)
    reply(ticket=ticket, author=make_user("Ana", role="agent"), channel="web", text="Hola", now=now)
    talk(desk, other, now)
    assert other.got <= 4
    assert len(public(ticket)) == 2 + other.got


def test_it_wakes_up_when_the_hour_is_over_and_falls_silent_again(now):
    desk = make_desk(now)
    other = OtherDesk(desk, "desk@otra.test", to_reply_address=False)
    desk.write("Hola", sender=other.address)
    talk(desk, other, now, minutes=10)
    later = now + timedelta(hours=2)
    desk.write("Hola de nuevo", sender=other.address, later=later - now)
    talk(desk, other, later, minutes=10)
    assert other.got == 2 * Caps().per_sender
