"""A transfer that waits to be confirmed is told as that, wherever something would else be late (row 25)."""

import datetime as dt

import pytest

from vigente.billing.models import Order
from vigente.billing.services import dunning, payments
from vigente.billing.services.subscriptions import change_plan, roll_over
from vigente.factories import make_version
from vigente.portal.tests.conftest import signed_in, words
from vigente.portal.tests.test_unpaid_plan import billed, plan_of  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def renewed(billed, clock):  # noqa: F811
    """The second month has begun and is unpaid."""
    at = dt.datetime(2026, 8, 10, 15, tzinfo=dt.UTC)
    roll_over(subscription_id=billed.subscription.pk, now=at)
    clock.move_to(at)
    return at


def send(shop, now, **what):
    return payments.submit_transfer(
        organization=shop.organization, amount_minor=210_000, currency="NIO", reference="41", key="t",
        user=shop.manager, now=now, **what,
    )  # fmt: skip


def invoice_of(shop):
    return shop.organization.invoices.get(balance_minor__gt=0)


def test_an_order_under_review_is_never_said_to_expire(shop, now, clock):
    client = signed_in(shop.manager)
    client.post(f"/es/plans/{make_version(name='Otro').pk}/order/", {"licence": "new"})
    order = Order.objects.get()
    assert "Si no se paga" in words(client.get(f"/es/order/{order.token}/"))
    send(shop, now, order=order)
    clock.move_to(order.expires_at + 2 * DAY)
    client = signed_in(shop.manager)
    pages = {name: words(client.get(name)) for name in (
        "/es/", "/es/plan/", f"/es/order/{order.token}/", f"/es/pay/order/{order.pk}/",
    )}  # fmt: skip
    assert "Su pedido de Otro : estamos revisando su transferencia." in pages["/es/"]
    assert "Estamos revisando su transferencia; empieza en cuanto se confirme." in pages["/es/plan/"]
    assert "Si no se paga" not in pages[f"/es/order/{order.token}/"]
    assert all("24 de julio" not in page and "espera el pago" not in page for page in pages.values())


def test_extra_cases_under_review_say_so_in_the_list_of_orders(billed, now):  # noqa: F811
    client = signed_in(billed.manager)
    client.post(f"/es/plan/{billed.subscription.pk}/packs/", {"key": "0123456789abcdef", "quantity": "1"})
    order = Order.objects.get(kind="pack")
    assert "vale hasta el" in words(client.get("/es/plan/"))
    assert "Su pedido de casos extra espera el pago." in words(client.get("/es/"))
    send(billed, now, order=order)
    page = words(client.get("/es/plan/"))
    assert "En revisión" in page
    assert "vale hasta el" not in page


def test_an_unpaid_renewal_under_review_is_not_asked_for_again(billed, renewed):  # noqa: F811
    send(billed, renewed, invoice=invoice_of(billed))
    page = plan_of(billed)
    assert "Mientras tanto el plan no se suspende; cubre 1 caso como máximo." in page
    assert "Ver cómo va" in page
    for wrong in ("Pagar ahora", "Después se suspende", "vencido desde el"):
        assert wrong not in page
    home = words(signed_in(billed.manager).get("/es/"))
    assert "Estamos revisando su transferencia:" in home
    assert "Falta pagar" not in home


def test_suspended_and_under_review_says_what_brings_it_back(billed, renewed, clock):  # noqa: F811
    later = renewed + 6 * DAY
    assert dunning.suspend_due(now=later) == 1
    clock.move_to(later)
    send(billed, later, invoice=invoice_of(billed))
    assert "Al confirmarla vuelve enseguida, con las mismas fechas." in plan_of(billed)


def test_a_contract_kept_open_is_not_said_to_have_ended_nor_to_go_on(billed, renewed, clock):  # noqa: F811
    send(billed, renewed + DAY, invoice=invoice_of(billed))
    over = dt.datetime(2026, 9, 10, 6, tzinfo=dt.UTC)
    late = over + 2 * DAY
    roll_over(subscription_id=billed.subscription.pk, now=late)
    clock.move_to(late)
    page = plan_of(billed)
    assert "Este periodo terminó, pero el plan no se cierra mientras la revisamos" in page
    assert "Terminó el 9 de septiembre · sigue si se confirma su transferencia" in page
    wrong = (
        "Su plan Tienda terminó",
        "cubre todavía",
        "Avise hasta",
        "Cancelar el plan",
        "Comprar casos extra",
    )
    for text in wrong:
        assert text not in page
    make_version(name="Empresa", cases=10, rank=1, price_minor=420_000)
    plans = words(signed_in(billed.manager).get("/es/plans/"))
    assert "Empresa" in plans
    assert "Cambiar a" not in plans
    assert "Comprar casos extra" not in plans


def test_a_change_asked_for_in_arrears_says_that_it_needs_the_payment(billed, renewed, clock):  # noqa: F811
    later = renewed + 6 * DAY
    dunning.suspend_due(now=later)
    clock.move_to(later)
    bigger = make_version(name="Empresa", cases=10, rank=1, price_minor=420_000)
    client = signed_in(billed.manager)
    address = f"/es/plan/{billed.subscription.pk}/change/{bigger.pk}/"
    page = words(client.get(address))
    assert "Pasa a Empresa el 10 de septiembre , solo si antes se paga el periodo que corre" in page.replace(
        "septiembre,", "septiembre ,"
    )
    assert "(si el periodo que corre se paga)" in page
    assert "Ver lo pendiente y pagar" in page
    noted = words(client.post(address, {"immediate": "0"}, follow=True))
    assert "Anotado: pasa a Empresa al terminar este periodo, si antes se paga." in noted
    assert "solo si antes se paga este periodo" in noted


def test_a_change_of_a_paid_contract_has_no_condition(billed, now):  # noqa: F811
    bigger = make_version(name="Empresa", cases=10, rank=1, price_minor=420_000)
    address = f"/es/plan/{billed.subscription.pk}/change/{bigger.pk}/"
    assert "solo si antes" not in words(signed_in(billed.manager).get(address))
    billed.subscription.refresh_from_db()
    change_plan(subscription=billed.subscription, version=bigger, now=now)
    assert "solo si antes" not in plan_of(billed)
