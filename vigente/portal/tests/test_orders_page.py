"""An order by its link: accepted, declined, withdrawn; for managers of its organization only (rows 23, 25)."""

from datetime import timedelta

import pytest

from vigente.billing.models import Order
from vigente.billing.services import orders
from vigente.factories import make_customer, make_version
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(now):
    return make_customer("x", now=now, plan=False)


@pytest.fixture
def prepared(mine, supervisor, now):
    return orders.place(
        organization=mine.organization, kind="plan", version=make_version(name="Tienda"), licence=mine.licence,
        key="k", actor=supervisor, prepared=True, note="Como hablamos por teléfono.", now=now,
    )  # fmt: skip


def page(user, order):
    return signed_in(user).get(f"/es/order/{order.token}/")


def test_a_manager_reads_what_was_prepared_and_accepts_it(mine, prepared):
    said = words(page(mine.manager, prepared))
    assert "Como hablamos por teléfono." in said
    assert "Total C$ 2,100.00" in said
    signed_in(mine.manager).post(f"/es/order/{prepared.token}/acceptance/")
    prepared.refresh_from_db()
    assert (prepared.status, prepared.accepted_by) == ("open", mine.manager)
    assert "Falta pagar C$ 2,100.00" in words(page(mine.manager, prepared))


def test_declining_says_why(mine, prepared):
    client = signed_in(mine.manager)
    client.post(f"/es/order/{prepared.token}/withdrawal/", {"note": "Es caro"})
    prepared.refresh_from_db()
    assert prepared.status == "cancelled"
    assert "No debe nada por él." in words(page(mine.manager, prepared))


def test_the_link_alone_tells_a_visitor_nothing_and_waits_for_them(mine, prepared, as_user):
    client = as_user(None)
    answer = client.get(f"/es/order/{prepared.token}/")
    said = words(answer)
    assert "Le preparamos un pedido" in said
    assert "2,100" not in said
    assert prepared.token not in answer.content.decode().replace(f"/order/{prepared.token}/", "")
    assert answer["Referrer-Policy"] == "strict-origin"
    client.force_login(mine.manager)
    assert client.get("/es/order/").url == f"/es/order/{prepared.token}/"


def test_a_colleague_reads_whom_to_ask_and_a_stranger_finds_nothing(mine, prepared, other):
    assert page(mine.colleague, prepared).status_code == 403
    assert page(other.manager, prepared).status_code == 404
    for user, status in ((mine.colleague, 403), (other.manager, 404)):
        for noun in ("acceptance", "withdrawal"):
            assert signed_in(user).post(f"/es/order/{prepared.token}/{noun}/").status_code == status
    prepared.refresh_from_db()
    assert prepared.status == "prepared"


def test_an_open_order_is_withdrawn_by_its_customer(mine, now):
    version = make_version(name="Tienda")
    client = signed_in(mine.manager)
    client.post(f"/es/plans/{version.pk}/order/", {"licence": mine.licence.pk})
    order = Order.objects.get()
    assert "Ver el pedido y pagar" in words(client.get("/es/plan/"))
    assert "Pedido retirado" in words(client.post(f"/es/order/{order.token}/withdrawal/", follow=True))
    order.refresh_from_db()
    order.subscription.refresh_from_db()
    assert (order.status, order.subscription.status) == ("cancelled", "cancelled")


def test_one_that_is_over_says_so_and_cannot_be_accepted(mine, prepared, clock, now):
    clock.move_to(now + timedelta(days=15))
    assert "Este pedido venció" in words(page(mine.manager, prepared))
    said = words(signed_in(mine.manager).post(f"/es/order/{prepared.token}/acceptance/", follow=True))
    assert "Ya pasó el plazo" in said
    prepared.refresh_from_db()
    assert prepared.status == "prepared"


def test_no_such_order(mine, as_user):
    assert as_user(None).get("/es/order/abc/").status_code == 404
    assert signed_in(mine.manager).get("/es/order/abc/").status_code == 404
