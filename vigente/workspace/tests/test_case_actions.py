"""Take, assign, solve, reopen, state, urgency, department: from the page, with undo, refused in words."""

from datetime import timedelta

import pytest

from vigente.tickets.models import Department, Ticket
from vigente.tickets.services.work import assign
from vigente.workspace.tests.conftest import address, said, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


def fresh(case):
    return Ticket.objects.get(pk=case.pk)


def test_take_and_undo(ana, agent, case):
    response = ana.post("taking", case.number)
    assert fresh(case).assignee == agent
    assert response.url == address("case", case.number)
    ana.post("untaking", case.number)
    assert fresh(case).assignee is None


def test_assign_to_somebody_or_to_nobody(ana, colleague, case):
    form = ana.get("assignment", case.number)
    assert "Beto Salas" in words(form)
    response = ana.post("assignment", case.number, assignee=colleague.pk)
    assert "Asignado a Beto Salas." in said(response)
    assert fresh(case).assignee == colleague
    ana.post("assignment", case.number, assignee="")
    assert fresh(case).assignee is None


def test_a_case_is_never_given_to_a_customer(ana, shop, case):
    response = ana.post("assignment", case.number, assignee=shop.manager.pk)
    assert response.status_code == 422
    assert fresh(case).assignee is None


def test_solve_and_undo(ana, case):
    response = ana.post("solution", case.number)
    assert fresh(case).status == "solved"
    assert f"Caso {case.number} resuelto." in said(response)
    page = ana.client.get(address("case", case.number)).content.decode()
    assert address("reopening", case.number) in page
    ana.post("reopening", case.number)
    assert fresh(case).status == "open"


def test_only_states_that_can_follow_are_offered(ana, case):
    seen = words(ana.get("status", case.number))
    assert "Esperando a un tercero" in seen
    assert "Nuevo" not in words(ana.get("status", case.number)).split("Estado del caso")[1]
    ana.post("status", case.number, status="on_hold")
    assert fresh(case).status == "on_hold"


def test_a_state_that_cannot_be_is_refused(ana, case):
    assert ana.post("status", case.number, status="new").status_code == 422
    assert ana.post("status", case.number, status="nonsense").status_code == 422
    assert fresh(case).status == "new"


def test_a_case_closed_meanwhile_is_not_assigned_and_says_so(ana, agent, case):
    Ticket.objects.filter(pk=case.pk).update(status="closed")
    response = ana.post("taking", case.number)
    assert "ya no se puede" in said(response)
    assert ana.post("severity", case.number, severity="2").status_code == 422
    assert fresh(case).assignee is None


def test_urgency_is_raised_by_the_agent(ana, case):
    ana.post("severity", case.number, severity="2")
    assert fresh(case).severity == 2
    assert ana.post("severity", case.number, severity="9").status_code == 422


def test_another_department_gives_it_back_to_the_line(ana, agent, case, now):
    assign(ticket=case, assignee=agent, actor=agent, now=now)
    other = Department.objects.create(name="Facturación")
    response = ana.post("department", case.number, department=other.pk)
    assert "Pasó a Facturación." in said(response)
    assert (fresh(case).department, fresh(case).assignee) == (other, None)


def test_for_htmx_a_form_comes_as_a_dialog_and_leads_on_by_header(ana, agent, case):
    headers = {"HTTP_HX_REQUEST": "true"}
    form = ana.client.get(address("assignment", case.number), **headers).content.decode()
    assert form.lstrip().startswith('<div class="dialog__head">')
    assert "<html" not in form
    response = ana.client.post(address("assignment", case.number), {"assignee": agent.pk}, **headers)
    assert response["HX-Redirect"] == address("case", case.number)
    refused = ana.client.post(address("severity", case.number), {"severity": "9"}, **headers)
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()


def test_without_a_script_the_same_form_is_a_page(ana, case):
    page = ana.get("assignment", case.number).content.decode()
    assert "<html" in page
    assert f'action="{address("assignment", case.number)}"' in page


def test_next_leads_only_to_our_own_pages(ana, case):
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert ana.post("taking", case.number, next=elsewhere).url == address("case", case.number)
    assert ana.post("untaking", case.number, next="/es/desk/queue/mine/").url == "/es/desk/queue/mine/"


def test_a_session_that_ended_leads_back_to_the_page_not_to_the_button(case, client):
    page = "http://testserver" + address("case", case.number)
    response = client.post(address("taking", case.number), headers={"Referer": page})
    assert response.status_code == 302
    assert "next=http%3A//testserver/es/desk/cases/" in response.url or "next=/es/desk/cases" in response.url
    elsewhere = client.post(address("taking", case.number), headers={"Referer": "https://evil.example/"})
    assert "evil" not in elsewhere.url


def test_a_place_moves_when_time_passes_only_by_the_stamps(ana, shop, case, now, clock):
    clock.move_to(now + timedelta(hours=1))
    later = shop.ticket(now + timedelta(hours=1))
    seen = words(ana.get("case", later.number))
    assert "Por qué está en el lugar 2" in seen
