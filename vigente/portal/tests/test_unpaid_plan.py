"""Mi plan when money is owed, changes in the middle of a term, what ended (rows 23, 24, 25, 38)."""

import datetime as dt

import pytest

from vigente.billing.models import Order, Payment
from vigente.billing.services import dunning, orders
from vigente.billing.services.payments import record_payment
from vigente.billing.services.subscriptions import roll_over
from vigente.factories import make_customer, make_version, publish
from vigente.portal.tests.conftest import signed_in, words

pytestmark = pytest.mark.django_db


def pay(order, now):
    record_payment(
        organization=order.organization, method=Payment.Method.MANUAL, amount_minor=order.total_minor,
        currency=order.currency, key=f"test:{order.pk}", order=order, now=now,
    )  # fmt: skip


@pytest.fixture
def billed(now):
    """A shop that bought its plan in the portal and paid the first month."""
    shop = make_customer("x", now=now, plan=False)
    order = orders.place(
        organization=shop.organization, kind="plan", version=make_version(name="Tienda"), licence=shop.licence,
        key="k", actor=shop.manager, now=now,
    )  # fmt: skip
    pay(order, now)
    order.refresh_from_db()
    shop.subscription = order.subscription
    shop.version = order.version
    return shop


def plan_of(shop, *, member=False):
    return words(signed_in(shop.colleague if member else shop.manager).get("/es/plan/"))


def test_the_next_charge_is_said(billed):
    page = plan_of(billed)
    assert "Se renueva El 10 de agosto : C$ 2,100.00" in page
    assert "Falta pagar" not in page


def test_row_25_in_grace_and_suspended_are_said_plainly_with_the_way_to_pay(billed, now, clock):
    renewed = dt.datetime(2026, 8, 10, 15, tzinfo=dt.UTC)
    roll_over(subscription_id=billed.subscription.pk, now=renewed)
    clock.move_to(renewed)
    page = plan_of(billed)
    assert "La renovación está sin pagar." in page
    assert "cubre todavía hasta el 14 de agosto , con 1 caso como máximo." in page
    assert "Falta pagar Plan" in page
    assert "Pagar ahora" in page
    assert "Pagar ahora" not in plan_of(billed, member=True)
    later = renewed + dt.timedelta(days=6)
    assert dunning.suspend_due(now=later) == 1
    clock.move_to(later)
    assert "Suspendido: falta pagar la renovación." in plan_of(billed)
    home = words(signed_in(billed.manager).get("/es/"))
    assert "Falta pagar la renovación ." in home.replace("renovación.", "renovación .")
    assert "Ver planes y precios" not in home
    plans = words(signed_in(billed.manager).get("/es/plans/"))
    assert "Falta pagar la renovación Ver mi plan" in plans
    assert "Comprar casos extra" not in plans
    asked = words(signed_in(billed.manager).get("/es/ask/"))
    assert "Falta pagar la renovación" in asked
    assert "Pague lo pendiente en «Mi plan»" in asked


def test_row_23_an_immediate_change_shows_its_charge_and_is_an_order(billed, now, clock):
    publish(upgrade="immediate")
    bigger = make_version(name="Empresa", cases=10, rank=1, price_minor=420_000)
    halfway = dt.datetime(2026, 7, 26, 6, tzinfo=dt.UTC)
    clock.move_to(halfway)
    client = signed_in(billed.manager)
    address = f"/es/plan/{billed.subscription.pk}/change/{bigger.pk}/"
    assert "Cambiar a Empresa hoy: C$" in words(client.get("/es/plans/"))
    answer = client.get(address)
    page = words(answer)
    assert "Diferencia de este periodo" in page
    assert "Próximo cobro C$ 4,200.00 · 10 de agosto" in page
    assert "Casos que se suman hoy 2" in page or "Casos que se suman hoy 3" in page
    stale = client.post(address, {"immediate": "0"}, follow=True)
    assert "Mientras tanto cambió lo que costaría" in words(stale)
    key = {"immediate": "1", "key": "0123456789abcdef"}
    client.post(address, key)
    client.post(address, key)
    order = Order.objects.get(kind="upgrade")
    assert order.status == "open"
    pay(order, halfway)
    billed.subscription.refresh_from_db()
    assert billed.subscription.version == bigger


def test_row_24_history_and_the_way_back(billed, now, clock):
    client = signed_in(billed.manager)
    client.post(f"/es/plan/{billed.subscription.pk}/notice/")
    later = dt.datetime(2026, 8, 20, 15, tzinfo=dt.UTC)
    roll_over(subscription_id=billed.subscription.pk, now=later)
    clock.move_to(later)
    page = plan_of(billed)
    assert "Su plan Tienda terminó el 9 de agosto" in page
    assert "Volver a Tienda" in page
    assert "Contratos anteriores" in page
    assert "usted lo canceló" in page
    assert "Volver a Tienda" not in plan_of(billed, member=True)


def test_row_38_new_terms_announced_in_time_are_said(billed, now):
    newer = make_version(plan=billed.version.plan, cases=6, price_minor=250_000)
    billed.subscription.announced_version = newer
    billed.subscription.announced_at = now - dt.timedelta(days=1)
    billed.subscription.save()
    page = plan_of(billed)
    assert "El 10 de agosto : C$ 2,500.00 Con condiciones nuevas: 6 casos al mes (hoy: 4)" in page


def test_home_says_what_is_to_be_paid_to_managers_only(billed, now, clock):
    renewed = dt.datetime(2026, 8, 10, 15, tzinfo=dt.UTC)
    roll_over(subscription_id=billed.subscription.pk, now=renewed)
    clock.move_to(renewed)
    assert "Falta pagar C$ 2,100.00 (plan," in words(signed_in(billed.manager).get("/es/"))
    assert "Falta pagar" not in words(signed_in(billed.colleague).get("/es/"))


def test_home_leads_back_to_an_order_that_waits(billed, now):
    bigger = make_version(name="Otro")
    signed_in(billed.manager).post(f"/es/plans/{bigger.pk}/order/", {"licence": "new"})
    assert "Su pedido de Otro espera el pago." in words(signed_in(billed.manager).get("/es/"))


def test_asking_when_what_grace_allows_is_spent_leads_to_paying_and_offers_no_plan(billed, now, clock):
    renewed = dt.datetime(2026, 8, 10, 15, tzinfo=dt.UTC)
    roll_over(subscription_id=billed.subscription.pk, now=renewed)
    clock.move_to(renewed)
    billed.ticket(renewed)
    page = words(signed_in(billed.manager).get("/es/ask/"))
    assert "Ya usó los casos que se pueden usar antes de pagar la renovación." in page
    assert "Ver lo pendiente y pagar" in page
    assert "Contratar" not in page
    asked = words(signed_in(billed.colleague).get("/es/ask/"))
    assert "Lo paga la persona responsable de su organización: Alicia" in asked
