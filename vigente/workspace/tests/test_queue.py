"""The lists: order of attention, pages, departments, search, the rail beside, and the export."""

from datetime import timedelta

import pytest
from django.db import connection

from vigente.events.models import Event
from vigente.factories import make_customer, make_user, make_version, publish
from vigente.tickets.models import Department, Ticket
from vigente.tickets.services.conversation import reply
from vigente.tickets.services.work import assign, set_severity
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db


def numbers(response):
    return [row.ticket.number for row in response.context["page"].rows]


@pytest.fixture
def two_plans(now):
    """A customer of each rank; the lesser one asked first."""
    lesser = make_customer("Pulpería", now=now, version=make_version(name="Básico", rank=3))
    better = make_customer("Distribuidora", now=now, version=make_version(name="Empresa", rank=1))
    return lesser, better


def test_the_better_plan_stands_first_and_rows_are_numbered(ana, two_plans, now):
    lesser, better = two_plans
    first = lesser.ticket(now)
    second = better.ticket(now)
    response = ana.get("queue")
    assert numbers(response) == [second.number, first.number]
    assert [row.place for row in response.context["page"].rows] == [1, 2]
    assert [row.plan for row in response.context["page"].rows] == ["Empresa", "Básico"]


def test_a_severity_an_agent_raised_moves_a_case_inside_its_rank_only(ana, two_plans, agent, now):
    lesser, better = two_plans
    first, urgent, top = lesser.ticket(now), lesser.ticket(now), better.ticket(now)
    set_severity(ticket=urgent, severity=2, actor=agent, now=now)
    assert numbers(ana.get("queue")) == [top.number, urgent.number, first.number]


def test_the_rail_says_why_the_first_case_stands_there(ana, two_plans, now):
    lesser, better = two_plans
    better.ticket(now)
    case = lesser.ticket(now)
    seen = words(ana.get("preview", case.number))
    assert "Por qué está en el lugar 2" in seen
    assert "Plan Básico (prioridad 3). Delante: 1 caso de plan Empresa." in seen
    assert "usa 1 · quedan 3" in seen


def test_a_department_narrows_the_line_and_an_agents_own_come_first(ana, agent, shop, now):
    other = Department.objects.create(name="Facturación")
    mine, theirs = shop.ticket(now), shop.ticket(now)
    Ticket.objects.filter(pk=theirs.pk).update(department=other)
    assert len(numbers(ana.get("queue"))) == 2
    agent.departments.add(other)
    assert numbers(ana.get("queue")) == [theirs.number]
    assert numbers(ana.get("queue", query=f"?department={mine.department_id}")) == [mine.number]
    assert len(numbers(ana.get("queue", query="?department=all"))) == 2
    assert len(numbers(ana.get("queue", query="?department=x' OR 1=1"))) == 1


def test_what_waits_for_the_customer_leaves_the_line(ana, agent, shop, now):
    case = shop.ticket(now)
    reply(ticket=case, author=agent, text="¿Qué versión tiene?", channel="web", now=now)
    assert numbers(ana.get("queue")) == []
    assert numbers(ana.get("queue", "waiting")) == [case.number]
    assert numbers(ana.get("queue", "mine")) == [case.number]
    assert numbers(ana.get("queue", "all")) == [case.number]


def test_mine_shows_what_stands_in_line_before_what_waits(ana, agent, shop, now):
    waits, stands = shop.ticket(now), shop.ticket(now)
    reply(ticket=waits, author=agent, text="¿Y bien?", channel="web", now=now)
    assign(ticket=stands, assignee=agent, actor=agent, now=now)
    assert numbers(ana.get("queue", "mine")) == [stands.number, waits.number]


def test_development_is_in_its_own_queue(ana, shop, now):
    case = shop.ticket(now, work="development")
    assert numbers(ana.get("queue")) == []
    assert numbers(ana.get("queue", "quotation")) == [case.number]


@pytest.mark.parametrize("view", ["line", "mine", "waiting", "quotation", "solved", "all"])
def test_an_empty_view_says_what_would_be_there(ana, view):
    response = ana.get("queue", view)
    assert response.status_code == 200
    assert 'class="empty"' in response.content.decode()


def test_a_view_that_does_not_exist_is_not_found(ana):
    assert ana.get("queue", "nothing").status_code == 404


def test_pages_follow_one_another_without_gap_or_repeat_and_keep_the_numbering(ana, now):
    shops = [make_customer(now=now, cases=None, rank=1 + n % 3) for n in range(3)]
    made = [shop.ticket(now + timedelta(minutes=n)) for n in range(20) for shop in shops]
    seen, places, query = [], [], ""
    for _ in range(4):
        page = ana.get("queue", query=query).context["page"]
        seen += [row.ticket.number for row in page.rows]
        places += [row.place for row in page.rows]
        if not page.has_more:
            break
        query = f"?after={page.next_cursor}"
    assert len(seen) == len(set(seen)) == len(made)
    assert places == list(range(1, len(made) + 1))
    cases = Ticket.objects.in_bulk(seen, field_name="number")
    ranks = [cases[number].rank for number in seen]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("cursor", ["x", "WzFd", "A" * 500, "WyJhIiwiYiJd", "%20", "eyJhIjoxfQ"])
def test_a_cursor_that_was_tampered_with_starts_the_list_anew(ana, shop, now, cursor):
    case = shop.ticket(now)
    assert numbers(ana.get("queue", query=f"?after={cursor}")) == [case.number]


def test_overdue_first_puts_the_late_before_the_better_plan(ana, two_plans, now, clock):
    publish(overdue_first=True)
    lesser, better = two_plans
    first, top = lesser.ticket(now), better.ticket(now)
    Ticket.objects.filter(pk=first.pk).update(due_at=now - timedelta(minutes=5))
    response = ana.get("queue")
    assert numbers(response) == [first.number, top.number]
    assert "1 caso pasó antes por estar vencido" in words(ana.get("preview", top.number))


def test_the_list_costs_the_same_queries_for_one_row_and_for_thirty(ana, now, django_assert_num_queries):
    shop = make_customer(now=now, cases=None)
    shop.ticket(now)
    ana.get("queue")
    expected = {"sqlite": 18, "postgresql": 17}[connection.vendor]  # two of them go together
    with django_assert_num_queries(expected):
        ana.get("queue")
    for n in range(29):
        (shop if n % 2 else make_customer(now=now)).ticket(now)
    with django_assert_num_queries(expected):
        ana.get("queue")


def test_counts_stand_in_the_navigation_and_come_alone_for_it_to_stay_current(ana, agent, shop, now):
    assign(ticket=shop.ticket(now), assignee=agent, actor=agent, now=now)
    shop.ticket(now)
    make_customer(now=now, plan=False).held(now)
    counted = ana.get("counts").json()
    assert counted == {"line": "2", "mine": "1", "waiting": "0", "held": "1", "quotation": "0", "solved": "0"}


def test_nothing_comes_while_nothing_happens(ana, agent, shop, now):
    case = shop.ticket(now)
    version = ana.get("changes").json()["version"]
    assert ana.get("changes", query=f"?since={version}").status_code == 204
    assign(ticket=case, assignee=agent, actor=agent, now=now)
    assert ana.get("changes", query=f"?since={version}").json()["version"] != version


def test_only_the_rows_come_for_a_list_that_refreshes_itself(ana, shop, now):
    case = shop.ticket(now)
    body = ana.get("queue", query="?rows").content.decode()
    assert body.startswith("<ol")
    assert f'data-number="{case.number}"' in body


def test_an_export_holds_every_row_and_no_formula(ana, shop, now):
    shop.ticket(now, subject="=HYPERLINK(1)")
    shop.ticket(now, subject="+cmd|calc")
    response = ana.get("queue", query="?format=csv")
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Lugar,Caso,Asunto")
    assert "'=HYPERLINK(1)" in text
    assert "'+cmd|calc" in text
    assert len(text.strip().splitlines()) == 3


def test_next_case_gives_the_first_and_says_so_when_there_is_none(ana, agent, two_plans, now):
    lesser, better = two_plans
    lesser.ticket(now)
    top = better.ticket(now)
    response = ana.post("next")
    assert response.url == f"/es/desk/cases/{top.number}/"
    assert Ticket.objects.get(pk=top.pk).assignee == agent
    Ticket.objects.update(status="closed")
    response = ana.client.post("/es/desk/next/", follow=True)
    assert "No hay casos esperando en su fila" in words(response)


def test_next_case_is_not_a_link(ana):
    assert ana.get("next").status_code == 405
    assert not Event.objects.filter(kind="ticket.assigned").exists()


def test_search_finds_without_accents_and_opens_a_number(ana, shop, now):
    case = shop.ticket(now, subject="Diferencia en el kárdex de Estelí", text="No cuadra la bodega")
    assert numbers(ana.get("search", query="?q=esteli+kardex")) == [case.number]
    assert numbers(ana.get("search", query="?q=bodega+kardex")) == [case.number]
    assert numbers(ana.get("search", query="?q=ferreteria+kardex")) == [case.number]
    assert ana.get("search", query=f"?q={case.number}").url == f"/es/desk/cases/{case.number}/"
    assert "Nada con esas palabras" in words(ana.get("search", query="?q=zzz"))


@pytest.mark.parametrize(
    "text", ["", "   ", "'", '"', "*", "a" * 500, "%00", "NEAR(", "-", "a OR b", "(", "99999999999999999999"]
)
def test_a_strange_search_is_only_a_search_without_results(ana, text):
    assert ana.client.get("/es/desk/search/", {"q": text}).status_code == 200


def test_search_also_finds_organizations_people_and_licences(ana, shop):
    seen = words(ana.get("search", query="?q=clavo"))
    assert "Organizaciones Ferretería El Clavo" in seen
    assert shop.manager.email in words(ana.get("search", query="?q=alicia"))
    assert shop.licence.key in words(ana.get("search", query=f"?q={shop.licence.key}"))


def test_search_with_operators_says_what_it_did_not_understand_and_searches_the_rest(ana, shop, now):
    case = shop.ticket(now, subject="Diferencia en el kárdex")
    response = ana.get("search", query="?q=es:perdido+org:clavo+kardex")
    assert numbers(response) == [case.number]
    assert "No se entiende “es:perdido”" in words(response)
    assert "organizations" not in response.context
    assert "org:clavo casos de una organización" in words(ana.get("search"))


def test_search_finds_what_waits_for_coverage_with_its_reason(ana, now):
    make_customer("Luz de Luna", now=now, plan=False).held(now, subject="Falla el kárdex")
    seen = words(ana.get("search", query="?q=es:en-espera+kardex"))
    assert "Falla el kárdex" in seen
    assert "Luz de Luna" in seen
    assert "no tiene número, plan" in words(ana.get("search", query="?q=is:held+agent:me"))


def test_a_search_is_exported_and_paged_with_what_was_typed(ana, now):
    shop = make_customer("Kiosco", now=now, cases=None)
    for n in range(51):
        shop.ticket(now + timedelta(minutes=n), subject=f"Falla {n}")
    page = ana.get("search", query="?q=org:kiosco+falla")
    assert len(numbers(page)) == 50
    assert "after=" in page.context["more"]
    assert len(numbers(ana.client.get(page.context["more"]))) == 1
    text = b"".join(ana.get("search", query="?q=org:kiosco&format=csv").streaming_content).decode()
    assert len(text.strip().splitlines()) == 52


def test_a_search_costs_the_same_queries_for_one_row_and_for_thirty(ana, now, django_assert_num_queries):
    shop = make_customer("Kiosco", now=now, cases=None)
    shop.ticket(now)
    query = "?q=org:kiosco+plan:a+is:open+-zzz"
    ana.get("search", query=query)
    with django_assert_num_queries(9) as one:
        ana.get("search", query=query)
    for n in range(29):
        (shop if n % 2 else make_customer(f"Kiosco {n}", now=now)).ticket(now)
    with django_assert_num_queries(len(one)):
        ana.get("search", query=query)


def test_a_name_with_markup_is_text(ana, now):
    shop = make_customer("<script>alert(1)</script>", now=now)
    shop.ticket(now, subject="<img src=x onerror=alert(1)>", user=None)
    make_user("<b>x</b>")
    body = ana.get("queue").content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body
