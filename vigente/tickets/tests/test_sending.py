"""A reply waits before anybody is told, and can be taken back until then: whole, or not at all."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.events.models import Event
from vigente.factories import make_customer, make_policy, make_user, make_version
from vigente.mail.models import OutboundMessage
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File
from vigente.tickets.models import Draft, Message, SendHold
from vigente.tickets.queries import case_page
from vigente.tickets.services import conversation, sending, work
from vigente.tickets.verification import verify_cases
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
HOLD = timedelta(seconds=10)
SOON = timedelta(seconds=9)


@pytest.fixture
def ana():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def customer(now):
    return make_customer(now=now, version=make_version(sla_policy=make_policy(240)))


@pytest.fixture
def case(customer, now):
    case = customer.ticket(now)
    drain_all(now=now)
    return case


def send(case, ana, now, **more):
    return conversation.reply(
        ticket=case, author=ana, text="Reinicie el servicio", channel="web", hold=HOLD, now=now, **more
    )


def state(case):
    case.refresh_from_db()
    return {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields}


def letters():
    return OutboundMessage.objects.filter(kind="ticket.replied").count()


def test_nobody_is_told_before_the_time_is_over(case, ana, customer, now):
    said = send(case, ana, now, status_after="solved")
    assert state(case)["status"] == "solved"
    drain_all(now=now + SOON)
    page = case_page(case.number, customer.manager, now=now + SOON)
    assert (letters(), said.pk in [one.pk for one in page.messages]) == (0, False)
    assert "ticket.replied" not in [event.kind for event in page.history]
    assert not Message.objects.visible_to(customer.manager).filter(pk=said.pk).exists()
    drain_all(now=now + HOLD)
    page = case_page(case.number, customer.manager, now=now + HOLD)
    assert (letters(), said.pk in [one.pk for one in page.messages]) == (1, True)
    assert Message.objects.visible_to(customer.manager).filter(pk=said.pk).exists()
    assert not SendHold.objects.exists()


def test_taken_back_it_is_as_if_it_had_not_been_sent(case, ana, now):
    before = state(case)
    said = send(case, ana, now, status_after="solved", files=(File("guia.txt", b"x"),))
    assert sending.take_back(message=said, actor=ana, now=now + SOON) == ["guia.txt"]
    after = state(case)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"last_activity_at"}
    assert Draft.objects.get().body == "Reinicie el servicio"
    drain_all(now=now + timedelta(hours=1))
    assert (letters(), Message.objects.filter(pk=said.pk).exists()) == (0, False)
    assert not list(verify_cases(now=now + timedelta(hours=1)))


def test_too_late_is_too_late(case, ana, now):
    said = send(case, ana, now)
    for later in (HOLD, timedelta(hours=1)):
        with pytest.raises(Refused) as refused:
            sending.take_back(message=said, actor=ana, now=now + later)
        assert refused.value.code is RefusalCode.TOO_LATE
    drain_all(now=now + HOLD)  # a worker whose clock is ahead of the page's
    with pytest.raises(Refused):
        sending.take_back(message=said, actor=ana, now=now + SOON)
    assert Message.objects.filter(pk=said.pk).exists()


def test_a_worker_that_was_quicker_wins_whole(case, ana, now):
    said = send(case, ana, now, status_after="solved")
    one = Event.objects.filter(kind="ticket.solved").latest("pk")
    Event.objects.filter(pk=one.pk).update(claimed_until=now + timedelta(seconds=45), attempts=1)
    with pytest.raises(Refused):
        sending.take_back(message=said, actor=ana, now=now + SOON)
    assert Event.objects.filter(kind="ticket.replied", data__message=said.pk).exists()
    assert state(case)["status"] == "solved"


def test_somebody_else_does_not_take_it_back(case, ana, now):
    said = send(case, ana, now)
    with pytest.raises(Refused) as refused:
        sending.take_back(message=said, actor=make_user("Beto", role=Role.AGENT), now=now)
    assert refused.value.code is RefusalCode.NOT_YOURS


def test_what_happened_meanwhile_stands(case, ana, customer, now):
    said = send(case, ana, now, status_after="solved")
    work.close(ticket=case, actor=customer.manager, now=now + timedelta(seconds=5))
    sending.take_back(message=said, actor=ana, now=now + SOON)
    assert state(case)["status"] == "closed"
    drain_all(now=now + SOON)
    assert letters() == 0
    assert not list(verify_cases(now=now + SOON))


def test_without_a_hold_it_is_told_at_once(case, ana, now):
    said = conversation.reply(ticket=case, author=ana, text="Hola", channel="email", now=now)
    assert said.visible_at is None
    drain_all(now=now)
    assert letters() == 1
