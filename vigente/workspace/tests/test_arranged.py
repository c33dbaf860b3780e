"""What the owner names and arranges: departments, statuses, severities, in the reader's language everywhere at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from vigente.tickets.models import CaseStatus, Department, SeverityLevel, Ticket
from vigente.tickets.services.work import set_severity

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


def test_an_owner_adds_a_level_below_and_an_agent_uses_it(oscar, ana, case):
    made = oscar.post(
        "arranged_new", "severities", names_es="Baja", names_en="Low", colour="plain", place="below"
    )
    assert made.status_code == 302
    low = SeverityLevel.objects.get(level=-1)
    assert "Baja" in ana.get("severity", case.number).content.decode()
    assert ana.post("severity", case.number, severity="-1").status_code == 302
    page = ana.get("case", case.number).content.decode()
    assert "Baja" in page
    assert "puso la urgencia en baja" in page
    oscar.post(
        "arranged_row", "severities", low.pk, names_es="Cuando se pueda", names_en="Low", colour="info"
    )
    assert "Cuando se pueda" in ana.get("queue", "line").content.decode()


def test_a_retired_level_is_offered_no_more_and_stays_where_it_is(oscar, ana, agent, case, now):
    set_severity(ticket=case, severity=1, actor=agent, now=now)
    high = SeverityLevel.objects.get(level=1)
    oscar.post("arranged_retirement", "severities", high.pk)
    assert "Alta" not in ana.get("severity", case.number).content.decode()
    assert "Alta" in ana.get("queue", "line").content.decode()
    assert "Ya no se ofrecen" in oscar.get("arranged", "severities").content.decode()
    oscar.post("arranged_restoration", "severities", high.pk)
    assert "Alta" in ana.get("severity", case.number).content.decode()


def test_what_is_normal_stays_and_names_are_nobody_elses(oscar):
    normal = SeverityLevel.objects.get(level=0)
    oscar.post("arranged_retirement", "severities", normal.pk)
    assert SeverityLevel.objects.get(level=0).retired_at is None
    taken = oscar.post(
        "arranged_new", "severities", names_es="ALTA", names_en="", colour="plain", place="above"
    )
    assert taken.status_code == 422
    assert "ALTA" in taken.content.decode()
    assert (
        oscar.post("arranged_new", "severities", names_es="", colour="plain", place="above").status_code
        == 422
    )
    assert oscar.get("arranged", "nothing").status_code == 404


def test_a_status_of_ones_own_is_chosen_and_its_state_decides(oscar, ana, shop, case, client):
    oscar.post(
        "arranged_new", "statuses", names_es="En laboratorio", names_en="In the lab", public_es="Lo estamos probando",
        state="on_hold", colour="attention",
    )  # fmt: skip
    lab = CaseStatus.objects.get(is_default=False)
    assert "En laboratorio" in ana.get("status", case.number).content.decode()
    assert ana.post("status", case.number, status=str(lab.pk)).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.label) == ("on_hold", lab)
    page = ana.get("case", case.number).content.decode()
    assert "lo dejó en en laboratorio" in page
    assert "badge--attention" in page
    client.force_login(shop.manager)
    seen = client.get(f"/es/tickets/{case.number}/").content.decode()
    assert "Lo estamos probando" in seen
    assert "En laboratorio" not in seen
    assert ana.post("status", case.number, status="on_hold").status_code == 302
    case.refresh_from_db()
    assert (case.status, case.label) == ("on_hold", None)
    assert ana.post("status", case.number, status=str(lab.pk)).status_code == 302
    ana.post("status", case.number, status="open")
    case.refresh_from_db()
    assert (case.status, case.label) == ("open", None)


def test_words_of_a_state_are_the_owners_everywhere(oscar, ana, case):
    new = CaseStatus.objects.get(state="new")
    oscar.post(
        "arranged_row", "statuses", new.pk, names_es="Recién llegado", names_en="Just in", colour="brand"
    )
    assert "Recién llegado" in ana.get("case", case.number).content.decode()
    assert "Just in" in ana.client.get(f"/en/desk/cases/{case.number}/").content.decode()
    oscar.post("arranged_retirement", "statuses", new.pk)
    assert CaseStatus.objects.get(pk=new.pk).retired_at is None
    nothing = oscar.post("arranged_new", "statuses", names_es="Otro", state="new", colour="plain")
    assert nothing.status_code == 422


def test_a_department_with_its_people_its_whole_and_one_default(oscar, agent):
    first = Department.objects.create(name="Soporte", is_default=True)
    oscar.post(
        "arranged_new", "departments", names_es="Redes", names_en="Networks", parent=first.pk, is_default="on",
        is_public="on", description_es="Cables y Wi-Fi.", agents=[agent.pk], default_agents=[agent.pk],
    )  # fmt: skip
    made = Department.objects.get(name="Redes")
    assert (made.parent, made.is_default, made.assigns) == (first, True, True)
    assert list(made.agents.all()) == [agent]
    page = oscar.get("arranged", "departments").content.decode()
    assert "En Soporte" in page
    assert "encargados: Ana Robleto" in " ".join(page.split())
    assert "Cables y Wi-Fi." in oscar.get("arranged_row", "departments", made.pk).content.decode()
    circle = oscar.post("arranged_row", "departments", first.pk, names_es="Soporte", parent=made.pk)
    assert circle.status_code == 422
    oscar.post("arranged_retirement", "departments", made.pk)
    assert Department.objects.get(pk=made.pk).retired_at is None
    oscar.post("arranged_retirement", "departments", first.pk)
    assert Department.objects.get(pk=first.pk).retired_at is not None


def test_departments_are_said_in_the_readers_language(ana, shop, now):
    made = Department.objects.create(name="Ventas", names={"es": "Ventas", "en": "Sales"})
    case = shop.ticket(now, department=made)
    assert "Ventas" in ana.get("case", case.number).content.decode()
    english = ana.client.get(f"/en/desk/cases/{case.number}/").content.decode()
    assert "Sales" in english
    assert "Ventas" not in english


def test_the_list_asks_the_same_with_many(oscar, count_queries):
    Department.objects.create(name="Uno")
    few = count_queries()
    whole = Department.objects.create(name="Todo")
    for number in range(29):
        Department.objects.create(name=f"D{number}", parent=whole if number % 2 else None)
    assert count_queries() == few <= 12


@pytest.fixture
def count_queries(oscar):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert oscar.get("arranged", "departments").status_code == 200
        return len(seen)

    return asked


def test_a_customer_chooses_among_the_public_ones_only(shop, now, client):
    client.force_login(shop.manager)
    assert "¿Con quién" not in client.get("/es/ask/").content.decode()
    public = [
        Department.objects.create(name=name, is_public=True, descriptions={"es": f"De {name}"})
        for name in ("Ventas", "Redes")
    ]
    Department.objects.create(name="Interno")
    shown = client.get("/es/ask/")
    page = shown.content.decode()
    assert "De Redes" in page
    assert "Interno" not in page
    sent = {"work_type": "error", "subject": "No abre", "body": "Desde ayer."}
    sent |= {"where": shown.context["form"]["where"].value()}
    assert client.post("/es/ask/", sent).status_code == 422
    assert client.post("/es/ask/", sent | {"department": str(public[1].pk)}).status_code == 302
    assert Ticket.objects.get().department == public[1]
