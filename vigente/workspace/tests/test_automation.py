"""The pages of automation: a rule is written, tried on history, switched on, and says what it did."""

import json

import pytest

from vigente.automation.models import AutomationRule, AutomationRun
from vigente.automation.ready import READY
from vigente.events.kinds import Kind
from vigente.rules.automation import Act, Action, After, OnEvent
from vigente.sla.models import BusinessHours
from vigente.tickets.services import conversation
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
NEW = "/es/desk/automation/new/"
BASE = {"name": "Urgentes", "on": "event", "kinds": [Kind.TICKET_REPLIED.value], "severity": "2"}


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def made(desk, **more):
    response = desk.post(NEW, BASE | more)
    assert response.status_code == 302, response.context["form"].errors
    return AutomationRule.objects.latest("pk")


def test_a_rule_is_written_off_and_in_words(desk, shop):
    condition = {"all": [{"field": "organization", "op": "any_of", "value": [str(shop.organization.pk)]}]}
    rule = made(desk, condition=json.dumps(condition), status="open", note="Hola {{ requester.name }}")
    assert not rule.is_on
    value = rule.value()
    assert value.trigger == OnEvent(frozenset({"ticket.replied"}))
    assert [one.act for one in value.actions] == [Act.NOTE, Act.SEVERITY, Act.STATUS]
    page = desk.get(f"/es/desk/automation/{rule.pk}/").content.decode()
    for words in (
        "Alguien responde",
        f"Organización es {shop.organization.name}",
        "pasar a Abierto",
        "Apagada",
    ):
        assert words in page
    assert "Urgentes" in desk.get("/es/desk/automation/").content.decode()


def test_a_timed_rule_and_the_form_that_shows_it_again(desk):
    rule = made(
        desk, on="time", kinds=[], amount="2", unit="1440", way="before", fact="due_at", most="3", every="12",
        severity="", assign="nobody",
    )  # fmt: skip
    assert rule.value().trigger == After("due_at", -2880, every=720, most=3)
    assert rule.value().actions == (Action(Act.UNASSIGN),)
    form = desk.get(f"/es/desk/automation/{rule.pk}/edit/").context["form"]
    shown = {
        name: form[name].value()
        for name in ("on", "amount", "unit", "way", "fact", "most", "every", "assign")
    }
    assert shown == {"on": "time", "amount": 2, "unit": 1440, "way": "before", "fact": "due_at", "most": 3,
                     "every": 12, "assign": "nobody"}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"severity": ""}, "__all__"),
        ({"note": "{{ settings.SECRET_KEY }}"}, "note"),
        ({"condition": "{"}, "condition"),
        ({"on": "time", "amount": "9000", "unit": "1440", "fact": "due_at"}, "amount"),
        ({"status": "new"}, "status"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(desk, more, field):
    response = desk.post(NEW, BASE | more)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not AutomationRule.objects.exists()


def test_tried_on_history_then_switched_on_then_it_acts(desk, shop, now):
    ticket = shop.ticket(now)
    conversation.reply(ticket=ticket, author=shop.manager, text="x", channel="web", now=now)
    drain_all(now=now)
    rule = made(desk)
    page = desk.get(f"/es/desk/automation/{rule.pk}/history/").content.decode()
    assert "habría tocado 1 caso." in page
    assert str(ticket.number) in page
    assert not AutomationRun.objects.exists()
    desk.post(f"/es/desk/automation/{rule.pk}/switch/")
    conversation.reply(ticket=ticket, author=shop.manager, text="y", channel="web", now=now)
    drain_all(now=now)
    page = desk.get(f"/es/desk/automation/{rule.pk}/").content.decode()
    assert "poner urgencia Crítica" in page
    assert str(ticket.number) in page


def test_a_person_applies_one_from_the_case(desk, shop, owner, now):
    ticket = shop.ticket(now)
    address = f"/es/desk/cases/{ticket.number}/automation/"
    assert "Ninguna regla" in desk.get(address).content.decode()
    rule = made(desk, on="button")
    desk.post(f"/es/desk/automation/{rule.pk}/switch/")
    for _twice in range(2):
        assert desk.post(address, {"rule": rule.pk, "key": "k"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.severity == 2
    assert AutomationRun.objects.get().pressed_by == owner


def test_every_action_of_the_form_is_shown_again_as_it_was(desk, owner):
    hours = BusinessHours.objects.create(name="Noches", time_zone="UTC", week=[[[0, 60]]] * 7)
    mine = str(owner.pk)
    said = {
        "watch": mine, "unwatch": mine, "copy": "a@b.example", "uncopy": "c@d.example", "door": "lock", "subject": "X",
        "mail_to": "department", "mail": "Mire", "reply": "Hola", "reply_en": "Hi", "follow_up": "Ver",
        "follow_amount": "3", "follow_unit": "60", "follow_status": "on_hold", "hours": str(hours.pk),
    }  # fmt: skip
    rule = made(desk, **said)
    form = desk.get(f"/es/desk/automation/{rule.pk}/edit/").context["form"]
    assert {name: str(form[name].value()) for name in said} == said
    page = desk.get(f"/es/desk/automation/{rule.pk}/").content.decode()
    for words in (
        "bloquear el caso",
        "El departamento del caso",
        "seguirlo dentro de 3 horas",
        "solo en Noches",
    ):
        assert words in page


def test_rules_that_are_ready_are_added_off_once_and_can_be_edited(desk):
    for key in READY:
        assert desk.post(f"/es/desk/automation/ready/{key}/").status_code == 302
    desk.post("/es/desk/automation/ready/remind/")
    rules = list(AutomationRule.objects.all())
    assert len(rules) == len(READY)
    assert not any(rule.is_on for rule in rules)
    reply = rules[0].value().actions[0]
    assert reply.text_for("es").startswith("Buenos días")
    assert reply.text_for("en").startswith("Good morning")
    address = f"/es/desk/automation/{rules[0].pk}/edit/"
    form = desk.get(address).context["form"]
    shown = {name: value for name in form.fields if (value := form[name].value())}
    shown["condition"] = json.dumps(rules[0].condition)
    assert desk.post(address, shown).status_code == 302
    rules[0].refresh_from_db()
    assert rules[0].value().actions == (reply,)
    assert desk.post("/es/desk/automation/ready/none/").status_code == 404


def test_the_order_and_an_end(desk):
    first, second = made(desk), made(desk, name="Otra")
    desk.post("/es/desk/automation/order/", {"order": [second.pk, first.pk]})
    assert list(AutomationRule.objects.all()) == [second, first]
    desk.post(f"/es/desk/automation/{first.pk}/deletion/")
    assert list(AutomationRule.objects.all()) == [second]
