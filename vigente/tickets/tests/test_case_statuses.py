"""Statuses of the owner's own: labels under the states; the clock, the line and the books know the states only."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.automation.acting import act
from vigente.factories import make_customer, make_user
from vigente.rules.automation import Act, Action
from vigente.rules.conditions import Check, Op
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CaseStatus, Ticket
from vigente.tickets.queries.conditions import where
from vigente.tickets.services import labels, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture
def case(now):
    return make_customer("Ferretería El Clavo", now=now).ticket(now)


def status(name, state, **more):
    given = {"public_names": {}, "colour": "info"} | more
    return labels.save_status(status=None, names={"es": name}, state=state, **given)


def change(case, one, agent, now):
    work.change_status(ticket=case, status=one if isinstance(one, str) else str(one.pk), actor=agent, now=now)
    return Ticket.objects.get(pk=case.pk)


def test_another_label_of_the_same_state_moves_no_clock(case, agent, now):
    lab, away = status("En laboratorio", "on_hold"), status("De viaje", "on_hold")
    first = change(case, lab, agent, now + timedelta(hours=1))
    second = change(case, away, agent, now + timedelta(hours=3))
    assert (first.due_at, first.place_at) == (second.due_at, second.place_at)
    assert second.label == away


def test_a_condition_asks_for_it_and_a_rule_sets_it(case, agent, now):
    lab = status("En laboratorio", "on_hold")
    asked = where(Check("label", Op.ANY_OF, (str(lab.pk),)), now=now)
    assert not Ticket.objects.filter(asked).exists()
    act(Action(Act.STATUS, str(lab.pk)), case, rule=None, actor=None, now=now)  # type: ignore[arg-type]
    assert Ticket.objects.filter(asked).get() == case
    labels.retire_status(status=lab, now=now)
    with pytest.raises(Refused) as refused:
        change(case, lab, agent, now)
    assert refused.value.code is RefusalCode.INVALID_VALUE


def test_one_that_does_not_close_by_itself_stays(case, agent, now):
    kept = status("Resuelto, en garantía", "solved", auto_close=False)
    change(case, kept, agent, now)
    later = now + timedelta(days=400)
    assert work.close_silent(now=later) == 0
    change(case, "solved", agent, now)
    assert work.close_silent(now=later) == 1
    assert Ticket.objects.get().get_status_display() == "Cerrado"


def test_names_are_nobody_elses_and_defaults_are_there(db):
    status("En laboratorio", "on_hold")
    with pytest.raises(Refused):
        status("en LABORATORIO", "open")
    with pytest.raises(Refused):
        status("Otro", "nothing")
    assert CaseStatus.objects.filter(is_default=True).count() == 7
