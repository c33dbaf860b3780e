"""The pages of spam: caught, let in, rules tried before they are saved."""

import pytest

from vigente.tickets.models import SpamRule, Ticket
from vigente.tickets.services import spam
from vigente.workspace.tests.conftest import said, words

pytestmark = pytest.mark.django_db
RULE = {"where": "text", "words": "gane dinero", "is_on": "on"}


def test_what_was_caught_is_let_in_with_one_click(ana, shop, supervisor, now):
    spam.save_rule(wanted=spam.Wanted("text", "gane dinero"), actor=supervisor, now=now)
    held = shop.ask(now, subject="Gane dinero")
    seen = words(ana.get("spam"))
    assert "Gane dinero" in seen
    assert "Gane dinero" not in words(ana.get("held"))
    response = ana.post("spam_release", held.pk)
    assert f"Ya es el caso {Ticket.objects.get().number}." in said(response)
    assert "Nada de spam" in words(ana.get("spam"))


def test_a_rule_is_tried_before_it_is_saved(sofia):
    tried = sofia.post("spam_rule_new", **RULE, sample="Hoy GANE DINERO", **{"try": "1"})
    assert "Sí: la regla atraparía ese texto." in words(tried)
    assert not SpamRule.objects.exists()
    sofia.post("spam_rule_new", **RULE)
    assert "gane dinero" in words(sofia.get("spam_rules"))


def test_a_pattern_that_cannot_be_read_keeps_what_was_typed(sofia):
    response = sofia.post("spam_rule_new", **RULE | {"words": "(gane", "is_pattern": "on"})
    assert response.status_code == 422
    assert "(gane" in response.content.decode()
    assert "no se puede leer" in words(response)


def test_a_sender_is_blocked_from_their_case(ana, shop, now):
    case = shop.ticket(now)
    assert "irá a la lista de spam" in words(ana.get("sender_block", case.number))
    ana.post("sender_block", case.number)
    assert SpamRule.objects.get().words == shop.manager.email
    assert not Ticket.objects.exists()
