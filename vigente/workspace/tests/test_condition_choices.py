"""What conditions about cases offer: every field, in the reader's language, and people by what is typed."""

import pytest
from django.test import Client

from vigente.rules.conditions import Check, Op
from vigente.tickets.queries.facts import FIELDS
from vigente.ui.conditions import ConditionField, sentence
from vigente.workspace.condition_choices import CaseChoices

pytestmark = pytest.mark.django_db


def test_every_field_is_offered_once(owner, shop):
    assert sorted(offer.name for offer in CaseChoices(owner).offers()) == sorted(FIELDS)


def test_choices_are_those_that_facts_have(shop, owner, now):
    ticket = shop.ticket(now)
    offers = {offer.name: dict(offer.choices) for offer in CaseChoices(owner).offers()}
    assert offers["status"][ticket.status]
    assert offers["department"][str(ticket.department_id)] == str(ticket.department)
    assert offers["plan"][str(shop.version.plan_id)].startswith(shop.version.plan.name)


def test_organizations_are_found_by_a_word_of_their_name(client: Client, shop, owner):
    client.force_login(owner)
    name = shop.organization.name
    found = client.get("/es/desk/choices/", {"of": "organization", "q": name[:4].upper()}).json()
    assert [str(shop.organization.pk), name] in found
    assert client.get("/es/desk/choices/", {"of": "organization", "q": ""}).json() == []
    assert client.get("/es/desk/choices/", {"of": "password", "q": "a"}).json() == []


def test_people_are_found_by_name_or_address(client: Client, shop, owner):
    client.force_login(owner)
    for text in (shop.manager.name, shop.manager.email):
        found = client.get("/es/desk/choices/", {"of": "requester", "q": text}).json()
        assert str(shop.manager.pk) in {value for value, _label in found}


def test_chosen_people_are_named_and_what_is_gone_is_said(shop, owner):
    choices = CaseChoices(owner)
    check = Check("organization", Op.ANY_OF, (str(shop.organization.pk), "0", "x"))
    said = sentence(check, choices)
    assert shop.organization.name in said
    assert said.count("ya no existe") == 2
    field = ConditionField(offered=choices)
    assert shop.organization.name in field.widget.render("condition", check)
