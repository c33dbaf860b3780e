"""Planes: the vendor's table, my prices, ordering and an extra case (R3, R4, R6; rows 2, 26, 27)."""

import pytest

from vigente.billing.models import Subscription
from vigente.billing.queries import meter_of
from vigente.factories import make_customer, make_edition, make_licence, make_policy, make_version, publish
from vigente.installation.models import Installation
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db
URL = "/es/plans/"


@pytest.fixture
def catalogue():
    web, local = make_edition("WEB"), make_edition("LOCAL")
    return {
        "basic": make_version(
            name="Básico", cases=2, rank=3, price_minor=120_000, sla_policy=make_policy(540)
        ),
        "shop": make_version(
            name="Tienda", cases=4, rank=2, price_minor=210_000, sla_policy=make_policy(360)
        ),
        "best": make_version(
            name="Corporativo", cases=None, rank=1, price_minor=980_000, pack_price_minor=None
        ),
        "local": make_version(name="Local", edition=local, price_minor=95_000),
        "hidden": make_version(name="Escondido", is_public=False, edition=web),
    }


def test_a_visitor_reads_the_table_of_each_edition(catalogue, as_user):
    page = words(as_user(None).get(URL))
    assert "C$ 1,200" in page
    assert "Se atiende después de Tienda" in page
    assert "Se atiende primero" in page
    assert "Primera respuesta 1 día hábil" in page
    assert "6 horas hábiles" in page
    assert "sin límite" in page
    assert "Precios de muestra" not in page
    assert "WEB en nuestra nube tiene un descuento de 40 %" in page
    assert "Local" not in page
    assert "Escondido" not in page
    local = as_user(None).get(f"{URL}?edition={catalogue['local'].plan.edition_id}")
    assert "C$ 950" in words(local)


def test_a_demonstration_says_that_its_prices_are_samples(catalogue, as_user):
    Installation.objects.create(id=1, is_demo=True)
    assert "Precios de muestra" in words(as_user(None).get(URL))


def test_r3_my_own_prices_after_my_discount(catalogue, now):
    cloud = make_customer("Nube", now=now, plan=False, hosting="vendor_cloud")
    page = words(signed_in(cloud.manager).get(URL))
    assert "Descuento WEB en nuestra nube: −40 % ya está restado" in page
    assert "C$ 1,200 C$ 720 al mes" in page


def test_row_27_local_or_ones_own_server_has_no_discount(catalogue, now):
    own = make_customer("Propia", now=now, plan=False)
    assert "Descuento WEB en nuestra nube:" not in words(signed_in(own.manager).get(URL))


def test_the_annual_form_says_what_it_spares(now, as_user):
    monthly = make_version(name="Tienda", price_minor=210_000)
    yearly = make_version(name="Tienda anual", interval="year", price_minor=2_100_000)
    yearly.plan.family = monthly.plan.family
    yearly.plan.save()
    page = words(as_user(None).get(f"{URL}?interval=year"))
    assert "Anual · 2 meses menos" in page
    assert "C$ 21,000 al año C$ 1,750 al mes" in page


def test_mine_is_marked_and_others_say_from_when(catalogue, now):
    shop = make_customer("x", now=now, version=catalogue["shop"])
    page = words(signed_in(shop.manager).get(URL))
    assert "Tienda el suyo" in page
    assert "Cambiar a Básico desde el 10 de agosto" in page
    assert "Comprar casos extra" in page


def test_each_licence_has_its_own_table(catalogue, now):
    shop = make_customer("x", now=now, version=catalogue["shop"])
    local = make_licence(shop.organization, edition="LOCAL", now=now)
    page = words(signed_in(shop.manager).get(f"{URL}?licence={local.pk}"))
    assert "Contratar Local" in page
    assert "Tienda" not in page.split("Planes de soporte")[1].split("Qué cubre")[0]


def test_a_member_sees_prices_and_whom_to_ask(catalogue, now):
    shop = make_customer("x", now=now, plan=False)
    page = words(signed_in(shop.colleague).get(URL))
    assert "Contratar Básico" not in page
    assert "Contratar, cambiar o cancelar lo hace la persona responsable" in page


def test_ordering_waits_for_a_person_and_covers_nothing_yet(catalogue, now):
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    address = f"/es/plans/{catalogue['shop'].pk}/order/?licence={shop.licence.pk}"
    preview = words(client.get(address))
    assert "Contratar Tienda" in preview
    assert "Hoy paga C$ 2,100.00" in preview
    client.post(address)
    ordered = Subscription.objects.get()
    assert (ordered.status, ordered.licence, ordered.version) == (
        "awaiting_payment",
        shop.licence,
        catalogue["shop"],
    )
    assert not meter_of(organization=shop.organization, licence=shop.licence, now=now).is_covered
    assert "Ya pidió Tienda" in words(client.get(URL))


def test_ordering_twice_is_one_order(catalogue, now):
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    address = f"/es/plans/{catalogue['shop'].pk}/order/?licence={shop.licence.pk}"
    client.post(address)
    again = client.post(address)
    assert again.status_code == 409
    assert "Ya hay un plan contratado ahí" in words(again)
    assert Subscription.objects.count() == 1


def test_what_is_not_sold_or_not_for_that_licence_cannot_be_ordered(catalogue, now, other):
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    for version, licence in (
        ("hidden", shop.licence.pk),
        ("local", shop.licence.pk),
        ("shop", other.licence.pk),
        ("shop", "abc"),
    ):
        address = f"/es/plans/{catalogue[version].pk}/order/?licence={licence}"
        assert client.post(address).status_code == 404
    assert not Subscription.objects.filter(organization=shop.organization).exists()


def test_a_plan_without_extra_cases_sells_none(catalogue, now):
    shop = make_customer("x", now=now, version=catalogue["best"])
    assert signed_in(shop.manager).get(f"/es/plan/{shop.subscription.pk}/packs/").status_code == 404


def test_the_notice_rule_is_said(catalogue, as_user):
    publish(notice_days=5)
    assert "Con al menos 5 días de anticipación." in words(as_user(None).get(URL))


def test_nothing_on_sale_teaches(db, as_user):
    assert "Todavía no hay planes publicados" in words(as_user(None).get(URL))


@pytest.mark.parametrize("query", ["licence=abc", "edition=999", "interval=week", "licence=-1"])
def test_odd_addresses_fall_back(catalogue, now, query):
    shop = make_customer("x", now=now, plan=False)
    assert signed_in(shop.manager).get(f"{URL}?{query}").status_code == 200


def test_which_plan_fits_from_the_last_six_months(now, clock):
    from datetime import timedelta

    small = make_version(name="Básico", cases=2, price_minor=120_000, pack_price_minor=42_000, rank=3)
    make_version(name="Empresa", cases=10, price_minor=440_000, rank=1)
    start = now - timedelta(days=200)
    shop = make_customer("x", now=start, version=small)
    from vigente.billing.services.subscriptions import roll_over

    for n, count in enumerate((2, 2, 1)):
        at = start + timedelta(days=31 * n + 20)
        roll_over(subscription_id=shop.subscription.pk, now=at)
        for _ in range(count):
            shop.ticket(at)
    page = words(signed_in(shop.manager).get(URL))
    assert "Con sus últimos seis meses, le conviene Básico." in page
    assert "C$ 7,200" in page
