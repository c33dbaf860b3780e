"""Contracting a plan, signed in or on the spot: said before, placed once, never lost (R4; rows 2, 24, 25, 28)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import BillingProfile, Licence, Order, Subscription
from vigente.billing.queries import meter_of
from vigente.factories import make_customer, make_user, make_version, make_work_types, publish
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.pricing import DiscountRule
from vigente.rules.rulebook import CLOUD_DISCOUNT

pytestmark = pytest.mark.django_db
VISITOR = {
    "company": "Ferretería Nueva",
    "name": "Nora Ruiz",
    "email": "nora@nueva.test",
    "password": "fierros-y-clavos",
}


@pytest.fixture(autouse=True)
def _nobody_signed_up_lately():
    cache.clear()


@pytest.fixture
def shop_plan():
    make_work_types()
    return make_version(name="Tienda", price_minor=210_000)


@pytest.fixture
def address(shop_plan):
    return f"/es/plans/{shop_plan.pk}/order/"


def code_sent() -> str:
    """The code in the last mail to the visitor."""
    return re.findall(r"^\s*([A-Z0-9-]{6,12})\s*$", str(mail.outbox[-1].body), flags=re.M)[0]


def newcomer(client, address):
    """A visitor fills the form and confirms their address; gives the page they come back to."""
    assert client.post(address, VISITOR).status_code == 302
    return client.post("/es/account/confirm-email/", {"code": code_sent()}, follow=True)


def test_a_visitor_reads_everything_before_saying_who_they_are(address, as_user):
    page = words(as_user(None).get(address))
    assert "Contratar Tienda" in page
    assert "Hoy paga C$ 2,100.00" in page
    assert "Próximo cobro C$ 2,100.00 · 10 de agosto" in page
    assert "Casos 4 al mes" in page
    assert "Una renovación sin pagar cubre 5 días más (1 caso como máximo)." in page
    assert "condiciones de los planes" in page


def test_a_newcomer_is_never_asked_twice_and_loses_nothing(address, as_user, now):
    client = as_user(None)
    back = newcomer(client, address)
    page = words(back)
    assert back.request["PATH_INFO"] == address
    assert 'value="Ferretería Nueva"' in back.content.decode()
    assert "Al confirmar ve cómo pagar." in page
    answer = client.post(address, {"company": "Ferretería Nueva", "key": "0123456789abcdef"}, follow=True)
    order = Order.objects.get()
    organization = Organization.objects.get(name="Ferretería Nueva")
    user = User.objects.get(email="nora@nueva.test")
    assert (user.name, order.organization, order.status, order.created_by) == (
        "Nora Ruiz",
        organization,
        "open",
        user,
    )
    assert Membership.objects.get(user=user).role == "manager"
    assert (order.licence.hosting, order.licence.included_plan) == ("customer", None)
    assert BillingProfile.objects.get().legal_name == "Ferretería Nueva"
    assert answer.request["PATH_INFO"] == f"/es/pay/order/{order.pk}/"
    assert "Falta pagar C$ 2,100.00" in words(client.get(f"/es/order/{order.token}/"))


def test_row_25_on_order_it_covers_at_once(address, as_user, now):
    publish(activate="on_order")
    client = as_user(None)
    assert "Su plan empieza al confirmar." in words(newcomer(client, address))
    answer = words(client.post(address, {"company": "Nueva"}, follow=True))
    assert "Su plan ya está vigente." in answer
    assert "Falta pagar C$ 2,100.00" in answer
    licence = Licence.objects.get()
    assert meter_of(organization=licence.organization, licence=licence, now=now).is_covered


def test_a_double_click_founds_one_company_and_makes_one_order(address, as_user):
    client = as_user(None)
    newcomer(client, address)
    data = {"company": "Ferretería Nueva", "key": "0123456789abcdef"}
    first, second = client.post(address, data), client.post(address, data)
    assert first.url == second.url
    assert Order.objects.count() == Organization.objects.count() == Licence.objects.count() == 1


def test_an_address_that_has_an_account_is_not_told_and_keeps_the_order_for_after_signing_in(
    address, as_user
):
    user = make_user("Nora", email="nora@nueva.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = as_user(None)
    fresh = client.post(address, VISITOR | {"email": "otra@nueva.test"})
    known = as_user(None).post(address, VISITOR)
    assert (fresh.status_code, fresh.url) == (known.status_code, known.url)
    assert User.objects.filter(email="nora@nueva.test").count() == 1


def test_what_a_visitor_typed_stays_when_something_is_wrong(address, as_user):
    answer = as_user(None).post(address, VISITOR | {"password": "zapato"})
    assert answer.status_code == 422
    content = answer.content.decode()
    assert 'value="Ferretería Nueva"' in content
    assert "zapato" not in content
    assert not User.objects.exists()


def test_an_unconfirmed_address_founds_nothing(address, as_user):
    client = as_user(make_user("Sin confirmar"))
    answer = client.post(address, {"company": "Falsa"})
    assert answer.status_code == 409
    assert "Confirme primero su dirección de correo." in words(answer)
    assert not Organization.objects.exists()


def test_a_manager_orders_for_the_licence_that_has_no_plan(address, shop_plan, now):
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    page = words(client.get(address))
    assert f"licencia …{shop.licence.key[-4:]}" in page
    client.post(address, {"key": "0123456789abcdef", "licence": shop.licence.pk})
    order = Order.objects.get()
    assert (order.licence, order.subscription.status, order.organization) == (
        shop.licence, "awaiting_payment", shop.organization,
    )  # fmt: skip


def test_row_28_another_installation_is_one_of_its_own(address, shop_plan, now):
    shop = make_customer("x", now=now, version=shop_plan)
    signed_in(shop.manager).post(address, {"licence": "new"})
    order = Order.objects.get()
    assert order.licence != shop.licence
    assert order.licence.edition == shop_plan.plan.edition


def test_row_24_the_same_plan_again_after_it_ended(address, shop_plan, now, clock):
    import datetime as dt

    shop = make_customer("x", now=now, version=shop_plan, auto_renew=False)
    later = now + dt.timedelta(days=70)
    from vigente.billing.services.subscriptions import roll_over

    roll_over(subscription_id=shop.subscription.pk, now=later)
    clock.move_to(later)
    page = signed_in(shop.manager).get("/es/plan/")
    assert f"{address}?licence={shop.licence.pk}" in page.content.decode()
    signed_in(shop.manager).post(f"{address}?licence={shop.licence.pk}")
    assert Subscription.objects.filter(licence=shop.licence).count() == 2


def test_a_coupon_is_shown_before_and_kept(address, shop_plan, now):
    rule = DiscountRule(code="estreno", edition=None, hosting=None, basis_points=1000, applies_to_packs=False,
                        coupon="ESTRENO", terms=1)  # fmt: skip
    publish(discounts=(CLOUD_DISCOUNT, rule))
    shop = make_customer("x", now=now, plan=False)
    client = signed_in(shop.manager)
    wrong = words(client.post(address, {"coupon": "nada", "apply": "1"}))
    assert "Ese código no existe" in wrong
    shown = words(client.post(address, {"coupon": "estreno", "apply": "1"}))
    assert "Descuento −10 % − C$ 210.00" in shown
    assert "Hoy paga C$ 1,890.00" in shown
    assert "Próximo cobro C$ 2,100.00" in shown
    client.post(address, {"coupon": "estreno", "licence": shop.licence.pk})
    assert Order.objects.get().total_minor == 189_000


def test_a_wrong_coupon_stops_the_order(address, now):
    shop = make_customer("x", now=now, plan=False)
    answer = signed_in(shop.manager).post(address, {"coupon": "nada"})
    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_a_key_the_customer_names_is_a_request_to_the_staff(address, shop_plan, as_user):
    from vigente.tickets.models import Ticket

    client = as_user(None)
    newcomer(client, address)
    client.post(address, {"company": "Nueva", "licence_key": "WEB-7F2K"})
    ticket = Ticket.objects.get()
    assert "WEB-7F2K" in ticket.subject
    assert not ticket.drawn
    assert not Licence.objects.filter(key="WEB-7F2K").exists()


def test_the_conditions_are_the_rulebooks_and_name_no_coupon(as_user, db):
    rule = DiscountRule(
        code="x", edition=None, hosting=None, basis_points=1000, applies_to_packs=False, coupon="SECRETO"
    )
    publish(notice_days=5, discounts=(CLOUD_DISCOUNT, rule))
    page = words(as_user(None).get("/es/plans/conditions/"))
    assert "40 % para WEB en nuestra nube" in page
    assert "SECRETO" not in page
    assert "5 días" in page


def test_an_order_begun_is_found_again_on_another_device(address, as_user):
    client = as_user(None)
    client.post(address, VISITOR)
    client.post("/es/account/confirm-email/", {"code": code_sent()})
    elsewhere = signed_in(User.objects.get(email="nora@nueva.test"))
    assert "Su pedido de Tienda quedó a medias." in words(elsewhere.get("/es/"))
    assert 'value="Ferretería Nueva"' in elsewhere.get(address).content.decode()
    elsewhere.post(address, {"company": "Ferretería Nueva"})
    assert "a medias" not in words(elsewhere.get("/es/"))


def test_billing_data_are_changed_at_any_time_by_managers(now):
    shop = make_customer("x", now=now)
    client = signed_in(shop.manager)
    assert 'value="x"' in client.get("/es/plan/billing/").content.decode()
    client.post(
        "/es/plan/billing/", {"bill-legal_name": "X, S. A.", "bill-tax_id": "J0310", "bill-country": "NI"}
    )
    profile = BillingProfile.objects.get()
    assert (profile.legal_name, profile.tax_id, profile.country) == ("X, S. A.", "J0310", "NI")
    assert client.post("/es/plan/billing/", {"bill-email": "no"}).status_code == 422
    assert signed_in(shop.colleague).get("/es/plan/billing/").status_code == 403
