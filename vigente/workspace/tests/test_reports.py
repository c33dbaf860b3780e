"""The owner knows: reports open, each number leads to its rows, money is the owner's alone, CSV holds the same."""

import re
from datetime import date, timedelta

import pytest

from vigente.billing.models import Subscription
from vigente.billing.services import subscriptions
from vigente.factories import make_customer, make_policy, make_version
from vigente.reports.models import CostRate, WorkMinutes
from vigente.rules.reasons import Release
from vigente.tickets.services import work
from vigente.tickets.services.classification import release
from vigente.tickets.services.conversation import reply
from vigente.worker.models import JobRun
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SUPPORT, FINANCE = ("cases", "waiting", "held", "order"), ("revenue", "cost", "renewals", "money")


@pytest.fixture
def lived(agent, now):
    """Two customers, one better served, a case passed over, one held, one without limit."""
    policy = make_policy(60)
    version = make_version(
        name="Empresa", rank=1, cases=9, price_minor=4000, currency="USD", sla_policy=policy
    )
    lesser = make_version(name="Básico", rank=3, cases=9, price_minor=1000, currency="USD")
    better = make_customer("El Clavo", now=now - 9 * DAY, version=version)
    other = make_customer("La Ceibita", now=now - 9 * DAY, version=lesser)
    bare = make_customer("Farmacia Luz", now=now - 9 * DAY, plan=False)
    then = now - 2 * DAY
    first, second = better.ticket(then), other.ticket(then)
    bare.held(then)
    work.assign(ticket=second, assignee=agent, actor=agent, now=then + 9 * MINUTE)
    for ticket in (second, first):
        reply(
            ticket=ticket,
            author=agent,
            text="Listo",
            channel="web",
            status_after="solved",
            now=then + 30 * MINUTE,
        )
    release(ticket=better.ticket(then), reason=Release.SPAM, actor=agent, now=then)
    CostRate.objects.create(hour_minor=1000, currency="USD", valid_from=date(2026, 1, 1))
    WorkMinutes.objects.create(work_type=better.work["error"], minutes=45)
    return better


def test_the_first_page_says_a_few_numbers_in_sentences(oscar, lived, now):
    JobRun.objects.create(name="nightly verify", last_at=now - timedelta(hours=6))
    seen = words(oscar.get("overview"))
    assert "Ingreso recurrente US$ 50 al mes. Este mes: nuevos US$ 50." in seen
    assert "Costo por caso US$ 7.50 2 planes cuestan más de lo que dejan." in seen
    assert "Vencido por cobrar 0 Nadie debe nada vencido." in seen
    assert "Renovaciones en 30 días 2 US$ 50" in seen
    assert "Casos usados 2 este mes; hay 16 por usar." in seen
    assert "Tomados en su orden 50 % De 2 casos tomados, 1 pasó por encima de otro" in seen
    assert "Llegaron sin cobertura 1" in seen
    assert "cuadran revisadas" in seen


def test_money_is_the_owners_alone(sofia, lived):
    assert "Ingreso recurrente" not in words(sofia.get("overview"))
    for name in FINANCE:
        assert sofia.get("finance", name).status_code == 403
    for name in SUPPORT:
        assert sofia.get("report", name).status_code == 200


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_every_report_opens_for_every_period_and_says_how_it_counts(oscar, lived, period):
    for route, names in (("report", SUPPORT), ("finance", FINANCE)):
        for name in names:
            response = oscar.get(route, name, query=f"?period={period}")
            assert response.status_code == 200, name
            assert "Cómo se cuenta" in words(response), name


def test_an_empty_installation_says_so_instead_of_drawing_nothing(oscar):
    assert "Todavía no corre ningún plan contratado." in words(oscar.get("overview"))
    assert "Todavía no hay nada que contar" in words(oscar.get("finance", "revenue"))
    assert "En este tiempo nadie tomó casos de la fila." in words(oscar.get("report", "order"))


def links(page):
    found = re.findall(r'href="(/es/desk/(?:reports|finance)/[^"]+/[^"]+/[^"]+)"', page)
    return [one.replace("&amp;", "&") for one in found]


def test_every_number_opens_rows_that_exist(oscar, lived):
    opened = 0
    for route, names in (("report", SUPPORT), ("finance", FINANCE)):
        for name in names:
            for url in links(oscar.get(route, name, query="?period=year").content.decode()):
                response = oscar.client.get(url)
                assert response.status_code == 200, url
                assert "Nada por aquí" not in words(response), url
                assert oscar.client.get(url, {"format": "csv"}).status_code == 200
                opened += 1
    assert opened > 10


def test_the_one_who_was_passed_over_is_named(oscar, lived, now):
    seen = words(oscar.client.get(f"/es/desk/reports/order/{now:%Y-%m}/passed_over/"))
    assert "lo eligió" in seen
    assert "9 min" in seen


def test_time_is_said_to_the_minute(oscar, lived):
    assert "45 min US$ 7.50 US$ 7.50" in words(oscar.get("finance", "cost"))


def test_a_csv_holds_plain_numbers(oscar, lived):
    answer = oscar.get("finance", "revenue", query="?format=closing-USD&period=month")
    page = b"".join(answer.streaming_content).decode()
    assert page.splitlines() == ["\ufeffMes,Al cerrar,Clientes,Por cliente", '2026-07,"50,00",2,"25,00"']


def test_what_no_address_names_is_not_there(oscar, lived):
    for path in (
        "reports/nope/", "finance/nope/", "reports/cases/?period=nope", "reports/cases/2026-99/used/",
        "reports/cases/2026-07/nope/", "finance/revenue/2026-07/nope/", "finance/renewals/month/31/",
        "finance/cost/month/nope/", "reports/waiting/month/x/", "finance/revenue/?format=nope",
        "reports/order/month/in_order/", "reports/held/month/nope/", "finance/money/month/nope/",
        "reports/nope/month/x/",
    ):  # fmt: skip
        assert oscar.client.get(f"/es/desk/{path}").status_code == 404, path


def test_rows_come_in_pages(oscar, now, monkeypatch):
    monkeypatch.setattr("vigente.workspace.views.reports.PAGE", 2)
    version = make_version(cases=9, price_minor=1000, currency="USD")
    for n in range(3):
        make_customer(f"Tienda {n}", now=now - DAY, version=version).ticket(now)
    for path in ("finance/revenue/month/new/?currency=USD", "reports/cases/month/used/?", "finance/renewals/month/90/?",
                 "reports/waiting/month/2/?", f"finance/cost/month/{version.plan.family}/?"):  # fmt: skip
        first = oscar.client.get(f"/es/desk/{path}").content.decode()
        (more,) = {one for one in first.split('"') if one.startswith("?after=")}
        second = oscar.client.get(
            f"/es/desk/{path.split('?')[0]}{more.replace('&amp;', '&')}"
        ).content.decode()
        assert first.count('<th scope="row">') == 2
        assert second.count('<th scope="row">') == 1, path
        assert 'href="?after=' not in second


@pytest.mark.parametrize("count", [1, 30])
def test_reports_and_rows_cost_the_same_queries_however_much_there_is(
    oscar, agent, now, count, django_assert_max_num_queries
):
    version = make_version(rank=1, cases=9, price_minor=1000, currency="USD", sla_policy=make_policy(60))
    for _ in range(count):
        shop = make_customer(now=now - DAY, version=version)
        reply(ticket=shop.ticket(now - DAY), author=agent, text="Listo", channel="web", now=now)
        make_customer(now=now - DAY, plan=False).held(now - DAY)
    with django_assert_max_num_queries(70):
        oscar.get("overview")
    for path in ("finance/revenue/", "finance/cost/", "finance/renewals/", "finance/money/", "reports/cases/",
                 "reports/held/", "reports/waiting/", "finance/revenue/month/new/?currency=USD",
                 "finance/renewals/month/90/",
                 "reports/waiting/month/1/", "reports/cases/month/used/", "reports/held/month/waiting/"):  # fmt: skip
        with django_assert_max_num_queries(24):
            assert oscar.client.get(f"/es/desk/{path}").status_code == 200
    assert Subscription.objects.count() == count


def test_the_owner_says_what_an_hour_costs_and_how_long_work_takes(oscar, shop):
    oscar.post("section_new", "cost", amount="12.50", currency="usd", valid_from="2026-07-01")
    assert str(CostRate.objects.get().hour_minor) == "1250"
    assert "US$ 12.50" in words(oscar.get("section", "cost"))
    refused = oscar.post("section_new", "cost", amount="1", currency="zzz", valid_from="2026-07-02")
    assert "Esa moneda no existe" in words(refused)
    oscar.post("section_new", "minutes", work_type=shop.work["error"].pk, minutes="25")
    assert WorkMinutes.objects.get().minutes == 25


def test_a_contract_that_gave_notice_is_said_to_leave(oscar, lived, now):
    subscriptions.give_notice(subscription=lived.subscription, now=now)
    seen = words(oscar.client.get("/es/desk/finance/renewals/month/30-leaving/"))
    assert "El Clavo Empresa" in seen
    assert "Se va" in seen
