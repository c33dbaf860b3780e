"""Rules at work: what happens makes them act once, what they do makes none of them act, and each says what it did."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.automation.history import past
from vigente.automation.models import AutomationRule, AutomationRun
from vigente.automation.running import buttons_for, follow, press, run_timed
from vigente.automation.services import delete_rule, order_rules, save_rule, switch
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.factories import make_customer, make_user
from vigente.rules.automation import Act, Action, After, Button, OnEvent
from vigente.rules.conditions import ALWAYS, Check, Op
from vigente.rules.refusal import Refused
from vigente.tickets.models import Ticket
from vigente.tickets.services import conversation, work
from vigente.worker.clock import run_due
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
REPLIED = OnEvent(frozenset({Kind.TICKET_REPLIED.value}))
RAISE = (Action(Act.SEVERITY, "2"),)


@pytest.fixture
def shop(now):
    return make_customer("El Clavo", now=now - timedelta(days=1), cases=12)


@pytest.fixture
def boss():
    return make_user("Sofía", role=Role.SUPERVISOR)


@pytest.fixture
def rule(boss, now):
    def make(trigger, actions=RAISE, condition=ALWAYS, name="Regla", stop=False, at=now):
        made = save_rule(
            rule=None, name=name, trigger=trigger, condition=condition, actions=actions, stop=stop,
            actor=boss, now=at,
        )  # fmt: skip
        switch(rule=made, on=True, actor=boss, now=at)
        made.refresh_from_db()
        return made

    return make


def test_a_reply_makes_a_rule_act_and_the_case_says_who(shop, rule, now):
    made = rule(REPLIED, (*RAISE, Action(Act.NOTE, "Caso {{ ticket.number }}")), name="Atender respuestas")
    ticket = shop.ticket(now)
    conversation.reply(ticket=ticket, author=shop.manager, text="¿Y bien?", channel="web", now=now)
    drain_all(now=now)
    ticket.refresh_from_db()
    assert ticket.severity == 2
    note = ticket.messages.get(kind="note")
    assert (note.text, note.author_name) == (f"Caso {ticket.number}", "Atender respuestas")
    run = AutomationRun.objects.get()
    assert (run.rule, run.ticket, [one["act"] for one in run.done]) == (made, ticket, ["severity", "note"])
    caused = Event.objects.get(kind=Kind.TICKET_SEVERITY_CHANGED)
    assert (caused.channel, caused.actor) == ("automation", None)


def test_asked_again_of_the_same_event_it_does_nothing(shop, rule, now):
    rule(REPLIED, (Action(Act.NOTE, "una vez"),))
    ticket = shop.ticket(now)
    conversation.reply(ticket=ticket, author=shop.manager, text="x", channel="web", now=now)
    event = Event.objects.get(kind=Kind.TICKET_REPLIED)
    assert len(follow(event, now=now)) == 1
    assert follow(event, now=now) == []
    assert ticket.messages.filter(kind="note").count() == 1


def test_two_rules_that_would_answer_each_other_do_not(shop, rule, now):
    noted = OnEvent(frozenset({Kind.TICKET_NOTED.value}))
    for n in range(2):
        rule(noted, (Action(Act.NOTE, f"nota {n}"),), name=f"Eco {n}")
    ticket = shop.ticket(now)
    conversation.add_note(ticket=ticket, author=make_user("Ana", role=Role.AGENT), text="hola", now=now)
    drain_all(now=now)
    assert ticket.messages.filter(kind="note").count() == 3


def test_only_where_the_condition_holds_and_only_while_it_is_on(shop, rule, boss, now):
    made = rule(REPLIED, condition=Check("requester", Op.ANY_OF, (str(shop.colleague.pk),)))
    mine, other = shop.ticket(now, user=shop.colleague), shop.ticket(now, user=shop.manager)
    for ticket in (mine, other):
        conversation.reply(ticket=ticket, author=ticket.requester, text="x", channel="web", now=now)
    drain_all(now=now)
    assert [run.ticket for run in AutomationRun.objects.all()] == [mine]
    switch(rule=made, on=False, actor=boss, now=now)
    conversation.reply(ticket=mine, author=shop.colleague, text="y", channel="web", now=now)
    drain_all(now=now)
    assert AutomationRun.objects.count() == 1


def test_the_first_that_says_so_is_the_last_to_act(shop, rule, now):
    rule(REPLIED, name="Primera", stop=True)
    second = rule(REPLIED, (Action(Act.SEVERITY, "1"),), name="Segunda")
    order_rules([second.pk])
    first = AutomationRule.objects.get(name="Segunda")
    assert first.position == 0
    order_rules(list(AutomationRule.objects.order_by("-position").values_list("pk", flat=True)))
    conversation.reply(ticket=shop.ticket(now), author=shop.manager, text="x", channel="web", now=now)
    drain_all(now=now)
    assert [run.rule.name for run in AutomationRun.objects.all()] == ["Primera"]


def test_what_is_refused_is_written_down_and_stops_nothing(shop, rule, now):
    rule(REPLIED, (Action(Act.ASSIGN, "0"), Action(Act.SEVERITY, "1"), Action(Act.STATUS, "new")))
    ticket = shop.ticket(now)
    work.change_status(ticket=ticket, status="open", actor=make_user("Ana", role=Role.AGENT), now=now)
    conversation.reply(ticket=ticket, author=shop.manager, text="x", channel="web", now=now)
    drain_all(now=now)
    done = AutomationRun.objects.get().done
    assert [one.get("refused") for one in done] == ["invalid_value", None, "wrong_state"]


def test_a_timed_rule_acts_after_its_time_and_no_more_than_it_may(shop, rule, now):
    rule(After("accepted_at", 120, every=60, most=2), (Action(Act.NOTE, "sigue"),))
    ticket = shop.ticket(now)
    counts = []
    for minutes in (60, 119, 120, 150, 180, 240, 3000):
        run_due(now=now + timedelta(minutes=minutes))
        counts.append(ticket.messages.filter(kind="note").count())
    assert counts == [0, 0, 1, 1, 2, 2, 2]


def test_a_time_before_a_deadline(shop, rule, now):
    rule(After("first_reply_due_at", -30))
    ticket = shop.ticket(now)
    due = now + timedelta(hours=4)
    Ticket.objects.filter(pk=ticket.pk).update(first_reply_due_at=due)
    assert run_timed(now=due - timedelta(minutes=31)) == 0
    assert run_timed(now=due - timedelta(minutes=30)) == 1
    assert run_timed(now=due) == 0


def test_what_fell_due_before_it_was_switched_on_is_left_alone(shop, rule, now):
    shop.ticket(now)
    rule(After("accepted_at", 60), at=now + timedelta(hours=2))
    assert run_timed(now=now + timedelta(hours=3)) == 0


def test_closed_by_a_rule_starts_no_window(shop, rule, now):
    rule(After("accepted_at", 60), (Action(Act.STATUS, "closed"),))
    ticket = shop.ticket(now)
    assert run_timed(now=now + timedelta(hours=1)) == 1
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_by_person_at) == ("closed", None)


def test_a_button_is_offered_where_it_applies_and_pressed_once(shop, rule, boss, now):
    made = rule(
        Button(), condition=Check("status", Op.ANY_OF, ("new",)), actions=(Action(Act.STATUS, "open"),)
    )
    ticket = shop.ticket(now)
    assert buttons_for(ticket, now=now) == [made]
    first = press(rule=made, ticket=ticket, user=boss, key="k", now=now)
    assert press(rule=made, ticket=ticket, user=boss, key="k", now=now) == first
    assert Event.objects.get(kind=Kind.TICKET_STATUS_CHANGED).actor == boss
    assert buttons_for(ticket, now=now) == []
    with pytest.raises(Refused):
        press(rule=made, ticket=ticket, user=boss, key="other", now=now)


def test_the_past_is_read_and_nothing_written(shop, rule, now):
    ticket, other = shop.ticket(now), shop.ticket(now)
    conversation.reply(ticket=ticket, author=shop.manager, text="x", channel="web", now=now)
    later = now + timedelta(days=2)
    on_reply = past(rule(REPLIED, name="a"), now=later)
    after = past(rule(After("accepted_at", 60), name="b", at=later), now=later)
    button = past(rule(Button(), name="c"), now=later)
    assert on_reply.cases == (ticket.pk,)
    assert after.cases == (ticket.pk, other.pk)
    assert set(button.cases) == {ticket.pk, other.pk}
    assert not AutomationRun.objects.exists()


def test_a_rule_that_acted_is_kept_and_one_with_a_wrong_text_not_made(shop, rule, boss, now):
    made = rule(Button())
    press(rule=made, ticket=shop.ticket(now), user=boss, key="k", now=now)
    with pytest.raises(Refused):
        delete_rule(rule=made)
    delete_rule(rule=rule(Button(), name="Otra"))
    with pytest.raises(Refused):
        rule(Button(), (Action(Act.NOTE, "{{ settings.SECRET_KEY }}"),), name="Mala")
    with pytest.raises(Refused):
        rule(Button())
    assert AutomationRule.objects.count() == 1


def test_a_rule_that_cannot_be_read_any_more_does_nothing(shop, rule, now):
    made = rule(REPLIED)
    AutomationRule.objects.filter(pk=made.pk).update(condition={"field": "gone", "op": "yes"})
    conversation.reply(ticket=shop.ticket(now), author=shop.manager, text="x", channel="web", now=now)
    drain_all(now=now)
    assert not AutomationRun.objects.exists()
    made.refresh_from_db()
    assert past(made, now=now) is None
