"""Mi plan: meter, contract, what renews and for how much, notice and change (R2–R5, R11; rows 19–22, 27, 31, 37)."""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.models import Plan, Subscription
from vigente.billing.services.subscriptions import give_notice, subscribe
from vigente.factories import make_customer, make_edition, make_licence, make_version, publish
from vigente.mail.tell_standing import successor_words
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db
URL = "/es/plan/"


def page_of(customer, *, member=False):
    return words(signed_in(customer.colleague if member else customer.manager).get(URL))


def test_the_meter_the_term_and_the_next_charge(now):
    shop = make_customer("Nube", now=now, hosting="vendor_cloud", version=make_version(name="Tienda"))
    shop.ticket(now)
    page = page_of(shop)
    assert "Le quedan 3 casos hasta el 9 de agosto" in page
    assert "Tienda · mensual" in page
    assert "El 10 de agosto : C$ 2,100.00 C$ 1,260.00" in page
    assert "Descuento WEB en nuestra nube −40 %: − C$ 840.00" in page


def test_row_21_the_cut_off_is_shown_with_its_zone(now):
    publish(notice_days=5)
    page = page_of(make_customer("x", now=now))
    assert "Avise hasta el martes 4 de agosto de 2026, 23:59 (America/Managua)" in page


def test_a_member_reads_whom_to_ask(now):
    shop = make_customer("x", now=now)
    page = page_of(shop, member=True)
    assert "Cancelar el plan" not in page
    assert "Lo hace la persona responsable de su organización: Alicia" in page


def test_row_21_the_preview_and_the_notice_agree(now):
    shop = make_customer("x", now=now)
    client = signed_in(shop.manager)
    notice = f"/es/plan/{shop.subscription.pk}/notice/"
    preview = words(client.get(notice))
    assert "termina el 9 de agosto" in preview
    assert "puede usar los 4 casos que le quedan" in preview
    client.post(notice)
    shop.subscription.refresh_from_db()
    assert shop.subscription.ends_at == datetime(2026, 8, 10, 6, tzinfo=UTC)
    page = page_of(shop)
    assert "Termina 9 de agosto ." in page
    assert "Los casos que le quedan se pueden usar hasta entonces." in page
    assert "Seguir con el plan" in page
    assert "Ya avisó" in words(client.get(notice))


def test_row_21_late_notice_says_what_it_costs_before(now, clock):
    publish(notice_days=5)
    shop = make_customer("x", now=now)
    clock.move_to(datetime(2026, 8, 7, 15, tzinfo=UTC))
    preview = words(signed_in(shop.manager).get(f"/es/plan/{shop.subscription.pk}/notice/"))
    assert "Ese momento ya pasó: por eso corre un periodo más." in preview
    assert "termina el 9 de septiembre" in preview


def test_a_notice_is_taken_back(now):
    shop = make_customer("x", now=now)
    client = signed_in(shop.manager)
    client.post(f"/es/plan/{shop.subscription.pk}/notice/")
    client.post(f"/es/plan/{shop.subscription.pk}/notice/withdrawal/")
    shop.subscription.refresh_from_db()
    assert shop.subscription.ends_at is None
    assert "ya no se puede" in words(
        client.post(f"/es/plan/{shop.subscription.pk}/notice/withdrawal/", follow=True)
    )


def test_a_change_is_previewed_side_by_side_and_noted_for_the_next_term(now):
    shop = make_customer("x", now=now, version=make_version(name="Tienda"))
    bigger = make_version(name="Empresa", cases=10, rank=1, price_minor=440_000)
    client = signed_in(shop.manager)
    address = f"/es/plan/{shop.subscription.pk}/change/{bigger.pk}/"
    preview = words(client.get(address))
    assert "Hoy no paga nada. Pasa a Empresa el 10 de agosto" in preview
    assert "C$ 4,400.00" in preview
    client.post(address)
    shop.subscription.refresh_from_db()
    assert (shop.subscription.change_to, shop.subscription.version.plan.name) == (bigger, "Tienda")
    assert "Pasa a Empresa el 10 de agosto" in page_of(shop)


def test_a_plan_of_another_edition_or_no_longer_sold_is_not_offered(now):
    shop = make_customer("x", now=now)
    local = make_version(edition=make_edition("LOCAL"))
    gone = make_version(sold_until=now - timedelta(days=1))
    client = signed_in(shop.manager)
    for version in (local, gone):
        assert client.post(f"/es/plan/{shop.subscription.pk}/change/{version.pk}/").status_code == 404
    shop.subscription.refresh_from_db()
    assert shop.subscription.change_to is None


def test_r11_an_earlier_plan_shows_its_end_and_its_successor(now):
    shop = make_customer("x", now=now, plan=False)
    legacy = make_version(name="Clásico", cases=3, is_public=False, sold_until=now - timedelta(days=30))
    make_version(name="Básico", cases=2, price_minor=100_000)
    make_version(name="Tienda", cases=4, price_minor=210_000)
    subscribe(
        organization=shop.organization, licence=shop.licence, version=legacy, source="legacy",
        ends_at=datetime(2026, 12, 10, 6, tzinfo=UTC), anchor=now, now=now,
    )  # fmt: skip
    page = page_of(shop)
    assert "plan anterior, con sus condiciones" in page
    assert "Vigente hasta 9 de diciembre · no se renueva" in page
    assert "Cuando termine, el plan que le sigue es Tienda" in page
    assert "Cancelar el plan" not in page


def test_r11_an_annual_earlier_plan_is_followed_by_an_annual_one_here_and_in_the_mail(now):
    shop = make_customer("x", now=now, plan=False)
    legacy = make_version(
        name="Clásico", cases=3, interval="year", is_public=False, sold_until=now - timedelta(days=30)
    )
    make_version(name="Tienda", cases=4, price_minor=210_000)
    make_version(name="Tienda", cases=4, interval="year", price_minor=2_100_000)
    contract = subscribe(
        organization=shop.organization, licence=shop.licence, version=legacy, source="legacy",
        ends_at=datetime(2026, 12, 10, 6, tzinfo=UTC), anchor=now, now=now,
    )  # fmt: skip
    assert "el plan que le sigue es Tienda : C$ 21,000.00 al año" in page_of(shop)
    told = successor_words(contract, now=now)
    assert (told["successor"], told["successor_cases"]) == ("Tienda, anual", 4)


def test_row_31_the_included_plan_says_so_and_rests_while_a_bought_one_runs(now):
    version = make_version(name="Inicial", cases=1, is_public=False, price_minor=0)
    shop = make_customer("x", now=now, plan=False)
    make_licence(
        shop.organization, included_plan=Plan.objects.get(pk=version.plan_id), now=now, label="Segunda"
    )
    page = page_of(shop)
    assert "incluido con la licencia" in page
    licence = shop.organization.licences.get(label="Segunda")
    subscribe(organization=shop.organization, licence=licence, version=make_version(name="Tienda"), now=now)
    assert "en reposo mientras corre el contratado" in page_of(shop)


def test_row_19_an_annual_plan_renews_by_the_year_and_allots_by_the_month(now):
    shop = make_customer(
        "x", now=now, version=make_version(name="Anual", interval="year", price_minor=2_100_000)
    )
    page = page_of(shop)
    assert "se asignan mes a mes" in page
    assert "Se renueva El 10 de julio de 2027" in page


def test_row_37_a_plan_for_the_whole_organization(now):
    shop = make_customer("x", now=now, plan=False)
    subscribe(organization=shop.organization, version=make_version(name="Corporativo", cases=None), now=now)
    page = page_of(shop)
    assert "Lo cubre Corporativo, contratado para toda la organización." in page
    assert "Casos sin límite" in page


def test_without_a_plan_the_page_shows_the_way(now):
    shop = make_customer("x", now=now, plan=False)
    page = page_of(shop)
    assert "Sin cobertura" in page
    assert "Ver planes y precios" in page


def test_many_licences_cost_the_same_queries(now, django_assert_max_num_queries):
    shop = make_customer("x", now=now)
    for n in range(12):
        licence = make_licence(shop.organization, now=now, label=f"Tienda {n}")
        subscribe(organization=shop.organization, licence=licence, version=shop.version, now=now)
    client = signed_in(shop.manager)
    for address in (URL, "/es/", "/es/ask/"):
        client.get(address)
        with django_assert_max_num_queries(60):
            client.get(address)


def test_the_plan_of_another_company_is_not_there(charlie, now):
    shop = make_customer("Secreta", now=now)
    assert "Secreta" not in words(charlie.get(f"{URL}?organization={shop.organization.pk}"))


def test_a_notice_given_twice_is_one(now):
    shop = make_customer("x", now=now)
    give_notice(subscription=shop.subscription, now=now)
    signed_in(shop.manager).post(f"/es/plan/{shop.subscription.pk}/notice/")
    assert Subscription.objects.get().notice_given_at == now
