"""What is sold and at which price, from nothing, by form (rows 32, 38)."""

import pytest

from vigente.billing.models import (
    Edition,
    InvoiceSeries,
    ListPrice,
    Plan,
    PlanVersion,
    PriceList,
    Product,
    TaxCategory,
    TaxRate,
)
from vigente.billing.prices import tax_rate
from vigente.factories import make_edition, make_version, make_work_types
from vigente.workspace.tests.conftest import address, said, words
from vigente.workspace.tests.test_plans import terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def dollars(db):
    PriceList.objects.create(code="base", name="Córdobas", currency="NIO", is_base=True)
    return PriceList.objects.create(code="usd", name="Dólares", currency="USD")


def new_plan(**more):
    return terms() | {"name": "Tienda", "code": "tienda", "interval": "month", "is_public": "on"} | more


def test_a_plan_is_made_from_nothing_with_its_price_in_every_list(oscar, dollars):
    make_work_types()
    assert "Precio · Dólares (USD)" in words(oscar.get("plan_new"))
    form = new_plan(
        edition=make_edition().pk, **{f"list_{dollars.pk}": "60", f"list_{dollars.pk}_pack": "11.50"}
    )
    assert "queda a la venta" in said(oscar.post("plan_new", **form))
    version = PlanVersion.objects.get()
    assert (version.price_minor, version.currency, version.plan.family) == (210_000, "NIO", "tienda")
    listed = ListPrice.objects.get()
    assert (listed.price_minor, listed.pack_price_minor) == (6_000, 1_150)
    assert "US$ 60.00" in words(oscar.get("plans"))
    assert oscar.post("plan_new", **form).status_code == 422  # the code is taken
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"code": "con espacio"}, {"edition": "99"}, {"interval": "week"}, {"name": ""}]
)
def test_a_plan_that_cannot_be_is_refused(oscar, wrong):
    make_work_types()
    form = new_plan(edition=make_edition().pk) | wrong
    assert oscar.post("plan_new", **form).status_code == 422
    assert not Plan.objects.exists()


def test_another_price_in_a_list_is_another_version(oscar, dollars):
    make_work_types()
    version = make_version(name="Tienda")
    first = oscar.post("version_prices", version.pk, **{f"list_{dollars.pk}": "60"})
    assert "1 precio guardado" in said(first)
    assert "Ya tiene precio" in words(oscar.get("version_prices", version.pk))
    form = terms() | {f"list_{dollars.pk}": "60"}
    oscar.post("plan_version", version.plan_id, **form)
    assert PlanVersion.objects.count() == 1
    oscar.post("plan_version", version.plan_id, **form | {f"list_{dollars.pk}": "70"})
    latest = PlanVersion.objects.get(number=2)
    assert latest.list_prices.get().price_minor == 7_000
    assert version.list_prices.get().price_minor == 6_000


def test_where_every_list_has_its_price_there_is_nothing_to_save(oscar, dollars):
    version = make_version()
    assert "Guardar" in words(oscar.get("version_prices", version.pk))
    oscar.post("version_prices", version.pk, **{f"list_{dollars.pk}": "60"})
    seen = words(oscar.get("version_prices", version.pk))
    assert "Todas las listas tienen ya su precio" in seen
    assert "Guardar" not in seen
    assert "Volver" in seen


def test_a_pack_without_a_price_of_its_plan_is_refused(oscar, dollars):
    version = make_version()
    assert oscar.post("version_prices", version.pk, **{f"list_{dollars.pk}_pack": "5"}).status_code == 422


def test_what_on_renewal_means_is_said(oscar):
    make_work_types()
    seen = words(oscar.get("plan_version", make_version().plan_id))
    assert "al menos 30 días antes" in seen


def test_products_and_editions_are_made_by_form(oscar):
    oscar.post("section_new", "products", name="Inventario", code="inventario")
    product = Product.objects.get()
    oscar.post("section_new", "editions", product=product.pk, name="WEB", code="WEB")
    assert Edition.objects.get().product == product


def test_there_is_one_base_list_and_a_currency_that_exists(oscar, dollars):
    assert oscar.post("section_new", "lists", name="X", code="x", currency="ZZZ").status_code == 422
    oscar.post("section_new", "lists", name="Euros", code="eur", currency="eur", is_base="on")
    assert PriceList.objects.get(is_base=True).currency == "EUR"
    oscar.post("section_row", "lists", dollars.pk, name="Otra", code="usd", currency="EUR")
    dollars.refresh_from_db()
    assert (dollars.name, dollars.currency) == ("Otra", "USD")


def test_a_tax_has_a_rate_from_a_day_on(oscar, now):
    oscar.post("section_new", "taxes", code="iva", name_es="IVA", name_en="VAT", is_default="on")
    category = TaxCategory.objects.get()
    oscar.post("section_new", "rates", category=category.pk, basis_points="15 %", valid_from="")
    oscar.post("section_new", "rates", category=category.pk, basis_points="7,5", valid_from="2026-08-01")
    assert sorted(TaxRate.objects.values_list("basis_points", flat=True)) == [750, 1_500]
    assert tax_rate(None, on=now.date()) == 1_500
    assert "siempre" in words(oscar.get("section", "rates"))
    for wrong in ("101", "-1", "x", "1.234", "NaN"):
        form = {"category": category.pk, "basis_points": wrong, "valid_from": "2027-01-01"}
        assert oscar.post("section_new", "rates", **form).status_code == 422


def test_a_series_in_use_keeps_its_count(oscar):
    oscar.post("section_new", "series", code="B", kind="invoice", prefix="B-", digits="4", next_number="10",
               is_default="on")  # fmt: skip
    series = InvoiceSeries.objects.get()
    assert "B-0010" in words(oscar.get("section", "series"))
    oscar.post("section_new", "series", code="N", kind="credit_note", prefix="N-", digits="4", next_number="1",
               is_default="on")  # fmt: skip
    series.refresh_from_db()
    assert series.is_default  # of the other kind there is another default
    assert address("section", "series")
