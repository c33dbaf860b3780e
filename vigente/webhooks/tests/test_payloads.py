"""What a webhook says: every kind of event, ids and numbers, never what somebody wrote."""

import json
import re

import pytest

from tests.support.environment import ROOT
from vigente.events.kinds import Kind
from vigente.events.models import Event, record
from vigente.factories import make_customer, make_user
from vigente.tickets.services import conversation
from vigente.webhooks.fanout import tell_endpoints
from vigente.webhooks.payloads import body_of
from vigente.webhooks.sending import send_due
from vigente.webhooks.words import FAMILIES

pytestmark = pytest.mark.django_db
DOCUMENT = ROOT / "docs" / "webhooks.md"
WRITTEN = "SECRETO que alguien escribió"
HOSTILE = {
    "text": WRITTEN,
    "note": "SECRETO",
    "token": "SECRETO",
    "secret": "whsec_SECRETO",
    "reason": WRITTEN,
    "before": "SECRETO\n",
    "after": "SECRETO<b>",
    "differences": ["SECRETO"],
    "changes": [{"name": "SECRETO"}],
    "decision": {
        "outcome": "covered",
        "reasons": [{"code": "staff_override", "params": {"reason": WRITTEN}}, "SECRETO"],
    },
    "message": 7,
    "by_line": True,
    "amount": 12600,
    "cut_off": "2026-07-01T06:00:00+00:00",
    "channel": "web",
}


@pytest.fixture
def shop(now):
    return make_customer("Ferretería El Clavo", now=now)


def said(event: Event) -> dict:
    return json.loads(body_of(event))


def test_every_kind_can_be_sent_and_says_nothing_that_was_written(endpoint, receiver, shop, owner, now):
    for kind in Kind:
        event = record(
            kind, subject="ticket:999", now=now, actor=owner, organization=shop.organization, **HOSTILE
        )  # of a case that is gone
        tell_endpoints(event, now=now)
    while send_due(now=now):
        pass
    bodies = {json.loads(call.body)["type"]: call.body.decode() for call in receiver.calls}
    assert set(bodies) == {kind.value for kind in Kind}
    for body in bodies.values():
        assert "SECRETO" not in body
        told = json.loads(body)
        assert set(told) == {"type", "timestamp", "data"}
        assert told["timestamp"] == "2026-03-10T15:00:00Z"
        data = told["data"]
        assert data["organization"] == {"id": shop.organization.pk, "name": "Ferretería El Clavo"}
        assert data["actor"] == {"id": owner.pk}
        assert (data["message"], data["by_line"], data["amount"]) == (7, True, 12600)
        assert (data["channel"], data["cut_off"]) == ("web", "2026-07-01T06:00:00+00:00")
        assert (data["outcome"], data["reasons"]) == ("covered", ["staff_override"])


def test_a_case_is_told_by_its_number_state_and_licence_and_not_by_its_words(shop, now):
    case = shop.ticket(now, subject="SECRETO", text="SECRETO")
    agent = make_user("SECRETO Ana", role="agent", email="secreto@x.test")
    conversation.reply(
        ticket=case, author=agent, text="SECRETO", channel="web", status_after="solved", now=now
    )
    conversation.add_note(ticket=case, author=agent, text="SECRETO", now=now)
    for event in Event.objects.filter(subject=case.event_subject):
        assert "secreto" not in body_of(event).lower()
    event = Event.objects.get(kind=Kind.TICKET_SOLVED)
    assert said(event)["data"] == {
        "event": event.pk,
        "organization": {"id": shop.organization.pk, "name": shop.organization.name},
        "actor": {"id": agent.pk},
        "number": case.number,
        "by_person": True,
        "ticket": {
            "id": case.pk, "number": case.number, "status": "solved", "queue": "support", "work_type": "error",
            "licence": shop.licence.key, "assignee": agent.pk, "accepted_at": "2026-03-10T15:00:00Z",
            "first_reply_due_at": None,
        },
    }  # fmt: skip


def test_a_contract_a_licence_and_a_request_are_told_as_they_are(shop, now):
    held = make_customer("Sin plan", now=now, plan=False).held(now, subject="SECRETO", text="SECRETO")
    by_kind = {event.kind: said(event)["data"] for event in Event.objects.order_by("id")}
    contract = by_kind["subscription.activated"]["subscription"]
    assert (contract["id"], contract["plan"]) == (shop.subscription.pk, shop.subscription.version.plan.code)
    assert by_kind["licence.registered"]["licence"]["key"].startswith("LIC-")
    assert by_kind["held.received"]["held"]["id"] == held.pk
    assert by_kind["held.received"]["held"]["hold_until"].endswith("Z")
    assert "SECRETO" not in json.dumps(by_kind)


@pytest.mark.parametrize(
    "noun", ["ticket", "held", "subscription", "grant", "licence", "order", "invoice", "payment"]
)
def test_each_kind_of_thing_can_be_looked_up(noun, now):
    event = Event(kind="x.y", subject=f"{noun}:1", occurred_at=now, data={})
    assert said(event)["data"][noun] == {"id": 1}


@pytest.mark.parametrize("subject", ["plans", "verify", "settings", "ticket:x", "ticket:²", ":", ""])
def test_a_subject_without_a_number_is_told_without_one(subject, now):
    event = Event(kind="x.y", subject=subject, occurred_at=now, data={})
    assert set(said(event)["data"]) == {"event", "organization", "actor"}


def test_the_document_lists_every_kind_and_none_that_is_not():
    listed = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", DOCUMENT.read_text()))
    assert {kind.value for kind in Kind} - listed == set()
    families = {kind.value.partition(".")[0] for kind in Kind}
    unknown = {
        name for name in listed if name.partition(".")[0] in families and name not in {k.value for k in Kind}
    }
    assert unknown <= {"webhook.test"}


def test_every_family_has_a_name_for_people():
    assert {kind.value.partition(".")[0] for kind in Kind} <= set(FAMILIES)
