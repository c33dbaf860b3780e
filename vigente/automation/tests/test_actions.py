"""What a rule says and tells: to the customer, to the desk, to another program; and that no machine keeps answering."""

import json
from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.automation.models import AutomationRun
from vigente.automation.running import run_timed
from vigente.automation.services import save_rule, switch
from vigente.billing.models import WorkType
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.factories import make_customer, make_user
from vigente.mail.models import OutboundMessage
from vigente.rules.automation import Act, Action, After, OnEvent
from vigente.rules.conditions import ALWAYS
from vigente.sla.models import BusinessHours
from vigente.tickets.services import conversation
from vigente.tickets.services.automatic import MOST
from vigente.webhooks.models import Delivery
from vigente.webhooks.services import create_endpoint
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
REPLIED = OnEvent(frozenset({Kind.TICKET_REPLIED.value, Kind.TICKET_AUTO_REPLIED.value}))
ANSWER = Action(Act.REPLY, "Gracias, {{ requester.first_name }}.", by_language=(("en", "Thanks."),))


@pytest.fixture
def shop(now):
    return make_customer("El Clavo", now=now, cases=12)


@pytest.fixture
def act(shop, now):
    """A case whose customer replied while a rule with these actions was on."""
    boss = make_user("Sofía", role=Role.SUPERVISOR)

    def run(*actions, times=1, department=None):
        rule = save_rule(
            rule=None, name="Avisos", trigger=REPLIED, condition=ALWAYS, actions=actions, stop=False, actor=boss,
            now=now,
        )  # fmt: skip
        switch(rule=rule, on=True, actor=boss, now=now)
        ticket = shop.ticket(now)
        for n in range(times):
            conversation.reply(ticket=ticket, author=shop.manager, text=f"x{n}", channel="web", now=now)
            drain_all(now=now)
        ticket.refresh_from_db()
        return ticket

    return run


def sent(kind):
    return OutboundMessage.objects.filter(kind=kind.value)


def test_an_automatic_reply_is_read_and_keeps_no_promise(act, shop):
    ticket = act(ANSWER)
    said = ticket.messages.get(by_staff=True)
    assert (said.text, said.author, said.author_name) == (
        f"Gracias, {shop.manager.name.split()[0]}.",
        None,
        "Respuesta automática",
    )
    assert (ticket.first_replied_at, ticket.assignee, ticket.last_reply_by) == (None, None, "customer")
    mail = sent(Kind.TICKET_AUTO_REPLIED).get()
    assert (mail.to, mail.automatic) == (shop.manager.email, True)
    assert "una respuesta automática" in mail.text


def test_it_is_said_in_the_customers_language(act, shop):
    shop.manager.language = "en"
    shop.manager.save()
    assert act(ANSWER).messages.get(by_staff=True).text == "Thanks."


def test_machines_that_answer_each_other_stop(act):
    ticket = act(ANSWER, times=MOST + 2)
    assert ticket.messages.filter(by_staff=True).count() == MOST
    last = AutomationRun.objects.latest("pk")
    assert last.done[0]["refused"] == "enough_answered"


@pytest.mark.parametrize("to", ["assignee", "department", "supervisors", "person"])
def test_a_rule_writes_to_the_desk(act, shop, to):
    ana = make_user("Ana", role=Role.AGENT)
    if to == "department":
        from vigente.tickets.models import Department

        for department in Department.objects.all():
            department.agents.add(ana)
    act(Action(Act.MAIL, "Mire {{ ticket.number }}", to=f"person:{ana.pk}" if to == "person" else to))
    reached = {mail.recipient.name for mail in sent(Kind.AUTOMATION_MAIL)}
    assert reached == {"assignee": set(), "department": {"Ana"}, "person": {"Ana"}}.get(to, {"Sofía"})


def test_a_customer_is_never_taken_for_somebody_of_the_desk(act, shop):
    act(Action(Act.MAIL, "secreto", to=f"person:{shop.manager.pk}"))
    assert not sent(Kind.AUTOMATION_MAIL).exists()


def test_only_the_webhook_that_is_called_hears_it(act, now):
    asked = {"url": "https://a.example.org/x", "actor": None, "now": now}
    mine = create_endpoint(**asked, kinds=[Kind.AUTOMATION_CALL.value])
    for kinds in ([], [Kind.AUTOMATION_CALL.value]):
        create_endpoint(**asked, kinds=kinds)
    ticket = act(Action(Act.WEBHOOK, str(mine.pk)))
    call = Delivery.objects.get(kind=Kind.AUTOMATION_CALL.value)
    assert call.endpoint == mine
    assert json.loads(call.body)["data"]["ticket"]["number"] == ticket.number


def test_subject_and_kind_of_work(act):
    other = WorkType.objects.filter(development=False, always=False, units=1).exclude(code="error").first()
    free = WorkType.objects.filter(always=True).first()
    ticket = act(
        Action(Act.SUBJECT, "[{{ ticket.number }}] {{ ticket.subject }}"),
        Action(Act.WORK_TYPE, str(other.pk)),
        Action(Act.WORK_TYPE, str(free.pk)),
    )
    assert ticket.subject.startswith(f"[{ticket.number}] ")
    assert ticket.work_type == other
    assert AutomationRun.objects.get().done[2]["refused"] == "invalid_value"
    assert Event.objects.get(kind=Kind.AUTOMATION_RAN).data["refused"] == 1


def test_who_watches_who_is_copied_and_the_door(act, shop, now):
    ana = make_user("Ana", role=Role.AGENT)
    ticket = act(
        Action(Act.WATCH, str(ana.pk)),
        Action(Act.WATCH, str(shop.manager.pk)),
        Action(Act.COPY, "contador@fuera.example"),
        Action(Act.COPY, shop.colleague.email),
        Action(Act.UNCOPY, "contador@fuera.example"),
        Action(Act.LOCK),
        ANSWER,
        Action(Act.UNLOCK),
        Action(Act.UNWATCH, str(ana.pk)),
    )
    done = AutomationRun.objects.get().done
    assert [one["act"] for one in done if "refused" in one] == ["watch", "reply"]
    assert (ticket.locked_at, ticket.copies.count()) == (None, 0)
    assert [one.user for one in ticket.participants.all()] == [shop.colleague]
    kinds = (Kind.TICKET_WATCHED, Kind.TICKET_LOCKED, Kind.TICKET_UNLOCKED, Kind.TICKET_UNWATCHED)
    assert Event.objects.filter(kind__in=[kind.value for kind in kinds], channel="automation").count() == 4


def test_outside_of_its_hours_it_passes_by_and_time_waits_for_them(shop, now):
    boss = make_user("Sofía", role=Role.SUPERVISOR)
    tomorrow = (now + timedelta(days=1)).replace(hour=15, minute=0)
    week = [[[0, 60]] if day == tomorrow.weekday() else [] for day in range(7)]
    hours = BusinessHours.objects.create(name="Una hora", time_zone="UTC", week=week)
    opens = tomorrow.replace(hour=0)
    rule = save_rule(
        rule=None, name="Tarde", trigger=After("accepted_at", 60), condition=ALWAYS, actions=(Action(Act.LOCK),),
        stop=False, hours=hours, actor=boss, now=now,
    )  # fmt: skip
    switch(rule=rule, on=True, actor=boss, now=now)
    shop.ticket(now)
    assert run_timed(now=opens - timedelta(minutes=1)) == 0
    assert run_timed(now=opens) == 1
    assert run_timed(now=opens + timedelta(minutes=1)) == 0
