"""Saved replies at the desk: the list, the form, and what the composer is offered."""

import pytest

from vigente.tickets.models import CannedResponse
from vigente.tickets.services import canned
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db
TEXT = "Hola {{ requester.first_name }}: caso {{ ticket.number }} de {{ organization.name }}."


def save(actor, now, title="Saludo", text=TEXT, **more):
    given = {"tags": [], "sharing": "private", "department": None} | more
    return canned.save_response(response=None, title=title, texts={"es": text}, actor=actor, now=now, **given)


def test_an_agent_writes_changes_and_deletes_their_own(ana, agent):
    given = {
        "title": "Saludo",
        "text_es": TEXT,
        "text_en": "Hi",
        "tags": "Cierre, saludo",
        "sharing": "private",
    }
    assert ana.post("response_new", **given).status_code == 302
    row = CannedResponse.objects.get()
    assert (row.owner, row.tags, set(row.texts)) == (agent, ["cierre", "saludo"], {"es", "en"})
    assert TEXT in words(ana.get("response", row.pk))
    ana.post("response", row.pk, **given | {"title": "Otro"})
    assert "Otro" in words(ana.get("responses", query="?q=saludo"))
    assert "Ninguna respuesta así" in words(ana.get("responses", query="?q=factura"))
    assert ana.post("response_deletion", row.pk).status_code == 302
    assert "Todavía no hay" in words(ana.get("responses"))


def test_what_is_wrong_is_said_beside_its_field(ana):
    given = {"title": "Saludo", "text_es": "{{ nada.nada }}", "sharing": "private"}
    response = ana.post("response_new", **given)
    assert response.status_code == 422
    assert "No existe el campo nada.nada" in words(response)
    response = ana.post("response_new", title="x", text_es="x", sharing="department")
    assert "Elija el departamento" in words(response)
    assert "Escriba el texto" in words(ana.post("response_new", title="x", sharing="private"))


def test_somebody_elses_is_not_found(ana, colleague, now):
    row = save(colleague, now)
    assert ana.get("response", row.pk).status_code == 404
    assert ana.post("response_deletion", row.pk).status_code == 404


def test_the_composer_is_offered_them_filled_in(ana, agent, shop, now):
    save(agent, now)
    save(agent, now, title="Vacía", text="{{ licence.edition | upper }}{{ plan.name }}")
    case = shop.ticket(now)
    rows = ana.get("case_responses", case.number, query="?q=saludo").json()["rows"]
    assert [row["text"] for row in rows] == [f"Hola Alicia: caso {case.number} de Ferretería El Clavo."]
    assert rows[0]["missing"] == ""


def test_hostile_names_stay_text(ana, agent, shop, now):
    shop.organization.name = "<script>alert(1)</script>{{ agent.name }}"
    shop.organization.save()
    save(agent, now, title="<img src=x onerror=alert(1)>")
    case = shop.ticket(now)
    (row,) = ana.get("case_responses", case.number).json()["rows"]
    assert "<script>alert(1)</script>{{ agent.name }}" in row["text"]
    assert b"<img src=x" not in ana.get("responses").content


def test_sending_with_one_counts_it(ana, agent, shop, now):
    row, case = save(agent, now), shop.ticket(now)
    ana.post("write", case.number, kind="reply", body="Hola", responses=f"{row.pk},x,²,-1")
    row.refresh_from_db()
    assert row.uses == 1
    assert "data-responses" in ana.get("case", case.number).content.decode()


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_asks_the_same_of_few_and_many(ana, agent, now, many, django_assert_num_queries):
    for number in range(many):
        save(agent, now, title=f"Respuesta {number}")
    with django_assert_num_queries(6):
        ana.get("responses")
