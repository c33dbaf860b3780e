"""Planes: price lists, tax, what is covered and what is not, advice from what was held too (R4, R8, R9; row 32)."""

import datetime as dt

import pytest

from vigente.billing.models import BillingProfile, ListPrice, Order, PriceList, TaxCategory, TaxRate, WorkType
from vigente.factories import make_customer, make_version, make_work_types
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db
URL = "/es/plans/"


@pytest.fixture
def shop_plan():
    return make_version(name="Tienda", price_minor=210_000)


@pytest.fixture
def vat():
    category = TaxCategory.objects.create(code="vat", name_es="IVA", name_en="VAT", is_default=True)
    return TaxRate.objects.create(category=category, basis_points=1500)


@pytest.fixture
def lists(shop_plan):
    base = PriceList.objects.create(code="nio", name="Córdobas", currency="NIO", is_base=True)
    dollars = PriceList.objects.create(code="usd", name="Dólares", currency="USD", includes_tax=True)
    ListPrice.objects.create(price_list=dollars, version=shop_plan, price_minor=6_900, pack_price_minor=1_150)
    return base, dollars


def test_row_32_a_price_is_said_with_and_without_its_tax(shop_plan, vat, as_user):
    page = words(as_user(None).get(URL))
    assert "C$ 2,100 al mes C$ 2,415.00 con impuesto" in page
    assert "A los precios se suma el impuesto (15 %)" in page


def test_without_a_tax_nothing_is_said_of_one(shop_plan, as_user):
    assert "impuesto" not in words(as_user(None).get(URL))


def test_row_32_a_visitor_chooses_among_the_currencies_offered(lists, vat, as_user):
    client = as_user(None)
    assert "C$ 2,100" in words(client.get(URL))
    page = words(client.get(f"{URL}?currency=usd"))
    assert "US$ 69 al mes US$ 60.00 sin impuesto" in page
    assert "Los precios incluyen el impuesto" in page
    assert "US$ 69" in words(client.get(URL)), "the choice is remembered"
    assert "C$ 2,100" in words(client.get(f"{URL}?currency=nio"))


def test_a_plan_without_a_price_in_the_list_is_not_on_sale_in_it(lists, as_user):
    make_version(name="Solo córdobas")
    client = as_user(None)
    assert "Solo córdobas" in words(client.get(URL))
    assert "Solo córdobas" not in words(client.get(f"{URL}?currency=usd"))


def test_who_buys_in_a_list_sees_that_one_and_no_other(lists, now):
    shop = make_customer("x", now=now, plan=False)
    BillingProfile.objects.create(organization=shop.organization, price_list=lists[1])
    page = words(signed_in(shop.manager).get(f"{URL}?currency=nio"))
    assert "US$ 69" in page
    assert "NIO" not in page


def test_who_has_bought_before_goes_on_in_the_same_list(lists, now, shop_plan):
    shop = make_customer("x", now=now, version=shop_plan)
    assert "C$ 2,100" in words(signed_in(shop.manager).get(f"{URL}?currency=usd"))


def test_a_first_order_settles_the_list(lists, now, shop_plan):
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    client.get(f"{URL}?currency=usd")
    address = f"/es/plans/{shop_plan.pk}/order/"
    assert "Hoy paga" in words(client.get(address))
    client.post(address, {"licence": shop.licence.pk})
    order = Order.objects.get()
    assert (order.currency, order.total_minor) == ("USD", 6_900)
    assert BillingProfile.objects.get().price_list == lists[1]
    other = make_version(name="Solo córdobas")
    refused = client.get(f"/es/plans/{other.pk}/order/", follow=True)
    assert "no tiene precio en la moneda elegida" in words(refused)


def test_r8_r9_what_is_covered_and_what_is_not(shop_plan, as_user):
    make_work_types()
    page = words(as_user(None).get(URL))
    covered, rest = page.split("Qué cubre un plan")[1].split("Qué no cubre")
    assert "Algo falla" in covered
    assert "Quiero algo nuevo" in rest
    assert "Se cotiza aparte" in rest
    assert "El sistema no funciona" in rest.split("Lo que atendemos siempre")[1]


def test_advice_counts_what_was_held_for_want_of_cover(shop_plan, now, clock):
    shop = make_customer("x", now=now - dt.timedelta(days=200), plan=False)
    make_version(name="Básico", cases=1, price_minor=100_000)
    assert WorkType.objects.exists()
    for days in (130, 100, 70):
        shop.held(now - dt.timedelta(days=days))
    page = words(signed_in(shop.manager).get(URL))
    assert "le conviene Básico" in page
    assert "Pidió entre 0 y 1 casos al mes." in page
    assert "Cómo se calculó" in page
    assert "Con Básico habría pagado C$ 6,000" in page


def test_the_advice_has_its_figures_in_a_table(shop_plan, now):
    shop = make_customer("x", now=now - dt.timedelta(days=200), plan=False)
    for days in (100, 70):
        shop.held(now - dt.timedelta(days=days))
    content = signed_in(shop.manager).get(URL).content.decode()
    assert "<caption>Casos por mes" in content
    assert "bar--over" in content
