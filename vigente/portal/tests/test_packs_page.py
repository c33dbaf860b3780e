"""Extra cases: how many, for how much, until when; paid, usable, given back while untouched (R6, row 26)."""

from datetime import timedelta

import pytest

from vigente.billing.models import Order, Payment
from vigente.billing.queries import meter_of
from vigente.billing.services.payments import record_payment
from vigente.factories import make_customer, make_version, publish
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db
KEY = {"key": "0123456789abcdef"}


@pytest.fixture
def mine(now):
    return make_customer("x", now=now, version=make_version(name="Tienda"))


def address(shop):
    return f"/es/plan/{shop.subscription.pk}/packs/"


def pay(order, now):
    return record_payment(
        organization=order.organization, method=Payment.Method.MANUAL, amount_minor=order.total_minor,
        currency=order.currency, key=f"test:{order.pk}", order=order, now=now,
    )  # fmt: skip


def test_row_26_price_and_end_are_said_before_paying(mine, now, clock):
    page = words(signed_in(mine.manager).get(address(mine)))
    assert "Valen hasta 9 de agosto" in page
    assert "Hoy paga C$ 380.00" in page
    assert "Quedan" not in page
    clock.move_to(now + timedelta(days=28))
    assert "Quedan 2 días de este periodo" in words(signed_in(mine.manager).get(address(mine)))


def test_the_price_follows_how_many(mine):
    page = words(signed_in(mine.manager).post(address(mine), KEY | {"quantity": "3", "recount": "1"}))
    assert "1 caso extra × 3 C$ 1,140.00" in page
    assert "Son 3 casos" in page
    assert not Order.objects.exists()


def test_buying_twice_with_one_click_is_one_order_and_counts_once_paid(mine, now):
    client = signed_in(mine.manager)
    first, second = (client.post(address(mine), KEY | {"quantity": "2"}) for _ in range(2))
    assert first.url == second.url
    order = Order.objects.get()
    assert (order.kind, order.quantity, order.total_minor, order.status) == ("pack", 2, 76_000, "open")
    assert meter_of(organization=mine.organization, licence=mine.licence, now=now).left == 4
    assert "Pedido de 2 paquetes extra" in words(client.get("/es/plan/"))
    pay(order, now)
    assert meter_of(organization=mine.organization, licence=mine.licence, now=now).left == 6
    assert "0 de 2 vale hasta el 9 ago" in words(client.get("/es/plan/"))
    assert "Sus casos extra ya se pueden usar." in words(client.get(f"/es/order/{order.token}/"))


@pytest.mark.parametrize("quantity", ["0", "-1", "51", "x", ""])
def test_an_odd_number_is_said_and_nothing_is_ordered(mine, quantity):
    assert signed_in(mine.manager).post(address(mine), KEY | {"quantity": quantity}).status_code == 422
    assert not Order.objects.exists()


def test_an_untouched_pack_goes_back_in_time(mine, now, clock):
    client = signed_in(mine.manager)
    client.post(address(mine), KEY | {"quantity": "1"})
    order = Order.objects.get()
    pay(order, now)
    order.refresh_from_db()
    back = f"/es/plan/packs/{order.grant_id_given}/return/"
    assert signed_in(mine.colleague).post(back).status_code == 403
    page = words(client.post(back, follow=True))
    assert "queda a su favor" in page
    assert "devuelto" in page
    assert meter_of(organization=mine.organization, licence=mine.licence, now=now).left == 4
    assert "Devolver" not in page


def test_after_the_hours_it_stays(mine, now, clock):
    client = signed_in(mine.manager)
    client.post(address(mine), KEY | {"quantity": "1"})
    order = Order.objects.get()
    pay(order, now)
    order.refresh_from_db()
    clock.move_to(now + timedelta(hours=25))
    assert "Devolver" not in words(client.get("/es/plan/"))
    page = words(client.post(f"/es/plan/packs/{order.grant_id_given}/return/", follow=True))
    assert "pasó el plazo para devolverlo" in page


def test_anothers_pack_is_not_found(mine, other, now):
    signed_in(mine.manager).post(address(mine), KEY | {"quantity": "1"})
    order = Order.objects.get()
    pay(order, now)
    order.refresh_from_db()
    assert signed_in(other.manager).post(f"/es/plan/packs/{order.grant_id_given}/return/").status_code == 404


def test_other_validities_say_theirs(mine, now):
    publish(pack_validity="days", pack_days=3)
    assert "Los casos extra vencen en 3 días." in words(signed_in(mine.manager).get(address(mine)))


def test_a_key_of_any_length_that_the_form_lets_in_fits_its_column(mine):
    answer = signed_in(mine.manager).post(address(mine), {"key": "a" * 64, "quantity": "1"})
    assert answer.status_code == 302
    assert len(Order.objects.get().key) <= Order._meta.get_field("key").max_length


def test_a_colleague_asks_for_extra_cases_with_one_click_on_my_plan(mine):
    client = signed_in(mine.colleague)
    page = client.get("/es/plan/")
    assert "Pedir casos extra a Alicia" in words(page)
    data = {"kind": "pack", "version": mine.subscription.version_id, "licence": mine.licence.pk}
    asked = words(client.post("/es/plan/wishes/", data | {"subscription": mine.subscription.pk}, follow=True))
    assert "Se lo pedimos a Alicia: casos extra de Tienda" in asked
    assert "Pedir casos extra" not in asked
    assert "Pedir casos extra" not in words(signed_in(mine.manager).get("/es/plan/"))
