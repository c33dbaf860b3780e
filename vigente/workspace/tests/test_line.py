"""The line as its supervisor sees it; a case moved with a reason; being away."""

from datetime import timedelta

import pytest

from vigente.factories import make_user
from vigente.tickets.models import Capacity, Department, Skill, Ticket
from vigente.tickets.services import line, work
from vigente.workspace.tests.conftest import Desk, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def sofia(supervisor):
    return Desk(supervisor)


def test_the_page_says_who_waits_and_who_could_take_it(sofia, shop, agent, colleague, now):
    first, second, third = (shop.ticket(now) for _ in range(3))
    work.assign(ticket=first, assignee=agent, actor=agent, now=now)
    Ticket.objects.filter(pk=third.pk).update(department=Department.objects.create(name="Servidores"))
    servers = Skill.objects.create(name="Linux")
    servers.departments.add(Department.objects.get(name="Servidores"))
    line.set_capacity(agent=agent, most=1, away=False, until=None, now=now)
    line.set_away(agent=colleague, away=True, until=None, now=now)
    seen = words(sofia.get("line"))
    assert "Es de Ana Robleto" in seen
    assert "1 técnico libre" in seen, "the supervisor"
    assert "nadie con lo que pide Linux" in seen
    assert "Ana Robleto al máximo 1 de 1" in seen
    assert "Beto Salas ausente 0" in seen
    servers.agents.add(colleague)
    assert "nadie libre Linux" in words(sofia.get("line"))
    assert str(second.number) in seen


def test_a_case_is_moved_with_a_reason_that_everybody_reads(sofia, ana, shop, now):
    first, second = shop.ticket(now), shop.ticket(now)
    assert sofia.post("place", second.number, where="first", reason="").status_code == 422
    assert sofia.post("place", second.number, where="before", reason="x").status_code == 422
    assert sofia.post("place", second.number, where="before", other=99, reason="x").status_code == 422
    answer = sofia.post("place", second.number, where="first", reason="Cierra el mes hoy")
    assert answer.status_code == 302
    assert [one.number for one in Ticket.objects.in_line()] == [second.number, first.number]
    page = words(ana.get("case", second.number))
    assert "Sofía Mena lo puso en este lugar: “Cierra el mes hoy”." in page
    assert f"Sofía Mena lo puso delante del caso {first.number}: “Cierra el mes hoy”" in page
    assert "movido Sofía Mena: “Cierra el mes hoy”" in words(sofia.get("line"))
    sofia.post("place", second.number, where="own", reason="Ya no")
    assert [one.number for one in Ticket.objects.in_line()] == [first.number, second.number]
    assert "movido" not in words(sofia.get("line"))
    assert "lo devolvió a su lugar en la fila: “Ya no”" in words(ana.get("case", second.number))


def test_an_agent_says_they_are_away_and_back(ana, agent, shop, now):
    case = shop.ticket(now)
    assert "Ausentarse" in ana.get("queue").content.decode()
    assert ana.post("away", until="2026-07-01").status_code == 422
    assert ana.post("away", until="2026-07-13").status_code == 302
    assert Capacity.objects.get(agent=agent).away_until.isoformat() == "2026-07-13T06:00:00+00:00"
    ana.post("next")
    case.refresh_from_db()
    assert case.assignee is None
    assert "figura como ausente" in words(ana.get("queue"))
    assert "Ya volví" in ana.get("queue").content.decode()
    ana.post("returning")
    ana.post("next")
    case.refresh_from_db()
    assert case.assignee == agent


def test_a_supervisor_says_how_much_an_agent_takes(sofia, agent, shop):
    assert sofia.post("agent", agent.pk, most="0").status_code == 422
    assert sofia.post("agent", agent.pk, most="3", away="on", until="2026-08-01").status_code == 302
    agent.refresh_from_db()
    assert (agent.capacity.most, agent.away) == (3, True)
    assert 'value="3"' in sofia.get("agent", agent.pk).content.decode()
    assert sofia.post("agent", agent.pk, most="").status_code == 302
    capacity = Capacity.objects.get(agent=agent)
    assert (capacity.most, capacity.away_until) == (None, None)
    assert sofia.get("agent", shop.manager.pk).status_code == 404


def test_skills_are_named_by_the_owner(oscar, agent, shop):
    oscar.post("section_new", "skills", name="Facturación electrónica", agents=[agent.pk],
               work_types=[shop.work["question"].pk])  # fmt: skip
    made = Skill.objects.get()
    assert list(made.agents.all()) == [agent]
    assert "Facturación electrónica" in words(oscar.get("section", "skills"))


def test_the_page_asks_the_same_whatever_waits(sofia, shop, now, django_assert_max_num_queries):
    Skill.objects.create(name="Linux").work_types.add(shop.work["error"])
    for number in range(30):
        make_user(f"Agente {number}", role="agent")
    for _ in range(4):
        shop.ticket(now)
    with django_assert_max_num_queries(24):
        sofia.get("line")


def test_who_said_until_when_is_back_then_without_saying_so(ana, now, clock):
    ana.post("away", until="2026-07-13")
    assert "Ya volví" in words(ana.get("queue"))
    clock.move_to(now + timedelta(days=3))
    assert "Ausentarse" in words(ana.get("queue"))
