"""Saved replies: who may use and change which, and what may stand in them."""

from datetime import timedelta

import pytest

from vigente.accounts.models import Role
from vigente.factories import make_customer, make_user
from vigente.rules.merge import fill
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import CannedResponse, Department
from vigente.tickets.queries.merging import FIELDS, merge_values
from vigente.tickets.services import canned, conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_user("Ana Robleto", role=Role.AGENT)


@pytest.fixture
def sofia():
    return make_user("Sofía Mena", role=Role.SUPERVISOR)


def save(actor, now, *, title="Saludo", sharing="private", department=None, response=None, **texts):
    return canned.save_response(
        response=response, title=title, texts=texts or {"es": "Hola {{ requester.first_name }}"},
        tags=["  Cierre  ", "cierre", ""], sharing=sharing, department=department, actor=actor, now=now,
    )  # fmt: skip


def test_each_reads_what_is_shared_with_them(ana, sofia, now):
    team = Department.objects.create(name="Fiscal")
    beto = make_user("Beto", role=Role.AGENT)
    team.agents.add(beto)
    save(ana, now)
    save(beto, now, sharing="department", department=team)
    save(sofia, now, sharing="all")
    seen = {
        user: CannedResponse.objects.visible_to(user).count()
        for user in (ana, beto, sofia, make_user("Rosa"))
    }
    assert list(seen.values()) == [2, 2, 2, 0]


def test_agents_share_with_their_departments_and_supervisors_with_all(ana, sofia, now):
    team = Department.objects.create(name="Fiscal")
    for wanted in ({"sharing": "all"}, {"sharing": "department", "department": team}):
        with pytest.raises(Refused) as refused:
            save(ana, now, **wanted)
        assert refused.value.code is RefusalCode.SUPERVISOR_ONLY
    team.agents.add(ana)
    row = save(ana, now, sharing="department", department=team)
    assert save(sofia, now, response=row, title="Otro", sharing="all").department is None


def test_somebody_elses_own_one_is_not_changed(ana, sofia, now):
    row = save(ana, now)
    with pytest.raises(Refused):
        save(sofia, now, response=row)
    with pytest.raises(Refused):
        canned.delete_response(response=row, actor=sofia)
    canned.delete_response(response=row, actor=ana)
    assert not CannedResponse.objects.exists()


def test_a_field_that_is_not_there_is_refused(ana, now):
    with pytest.raises(Refused) as refused:
        save(ana, now, es="Hola {{ requester.password }}")
    assert (refused.value.code, refused.value.field) == (RefusalCode.MERGE_FIELD, "text_es")
    with pytest.raises(Refused):
        save(ana, now, es=" ")


def test_texts_and_tags_are_kept_tidy(ana, now):
    row = save(ana, now, es=" Hola ", en="")
    assert (row.texts, row.tags) == ({"es": "Hola"}, ["cierre"])
    assert row.text_in("en") == "Hola"


def test_every_field_is_filled_from_a_case(ana, now):
    customer = make_customer("Ferretería El Clavo", now=now)
    ticket = customer.ticket(now)
    values = merge_values(ticket, ana, now=now, language="en")
    assert set(values) == set(FIELDS)
    assert fill("{{ agent.first_name }}, {{ organization.name }}", values).text == "Ana, Ferretería El Clavo"
    assert str(ticket.number) in values["ticket.link"]


def test_a_message_counts_each_it_was_written_with_once(ana, now):
    ticket = make_customer(now=now).ticket(now)
    row, other = save(ana, now), save(make_user("Beto", role=Role.AGENT), now)
    later = now + timedelta(minutes=5)
    conversation.reply(ticket=ticket, author=ana, text="Hola", channel="web", now=later,
                       responses=(row.pk, row.pk, other.pk, 10**9))  # fmt: skip
    conversation.add_note(ticket=ticket, author=ana, text="Hola", now=later, responses=(row.pk,))
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.uses, row.last_used_at, other.uses) == (2, later, 0)
