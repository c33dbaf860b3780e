"""Instalaciones: a key we sold is registered at once with what it includes, any other by a person (rows 27, 31)."""

import pytest
from django.core.cache import cache

from vigente.billing.models import Invoice, Licence, SoldKey, Subscription
from vigente.billing.queries import meter_of
from vigente.billing.services import orders
from vigente.billing.services.claims import add_sold_keys, is_provisional, register_provisional, tell_key
from vigente.billing.services.payments import record_payment
from vigente.billing.services.subscriptions import subscribe
from vigente.factories import make_customer, make_edition, make_version
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.refusal import Refused
from vigente.tickets.models import Ticket

pytestmark = pytest.mark.django_db
URL = "/es/plan/licences/"


@pytest.fixture(autouse=True)
def _nobody_tried_lately():
    cache.clear()


@pytest.fixture
def basic():
    return make_version(name="Básico", cases=2, rank=3)


@pytest.fixture
def sold(basic, now):
    add_sold_keys(
        keys=["WEB-7F2K"],
        edition=basic.plan.edition,
        hosting="vendor_cloud",
        included_plan=basic.plan,
        now=now,
    )


@pytest.fixture
def poor(now):
    return make_customer("x", now=now, plan=False)


def register(shop, key="WEB-7F2K", **more):
    return words(signed_in(shop.manager).post(URL, {"key": key} | more, follow=True))


def test_row_31_a_key_we_sold_is_registered_at_once_with_its_plan(sold, poor, now):
    assert "Incluye el plan Básico, que ya está vigente." in register(poor)
    licence = Licence.objects.get(key="WEB-7F2K")
    assert (licence.organization, licence.hosting) == (poor.organization, "vendor_cloud")
    assert meter_of(organization=poor.organization, licence=licence, now=now).left == 2
    assert not Ticket.objects.exists()


def test_a_key_is_registered_once(sold, poor, other):
    register(poor)
    assert "Una persona comprueba la clave" in register(other)
    assert Licence.objects.get(key="WEB-7F2K").organization == poor.organization


def test_any_other_key_is_looked_into_and_nothing_is_said_of_it(sold, poor, other):
    assert "Una persona comprueba la clave" in register(poor, key=other.licence.key)
    assert Ticket.objects.get().subject == f"Licencia por registrar: {other.licence.key}"
    mine = Licence.objects.filter(organization=poor.organization).latest("pk")
    assert is_provisional(mine)
    assert mine.hosting == "customer"


def test_a_provisional_installation_gets_its_key_and_keeps_its_plan(sold, poor, now):
    waiting = register_provisional(
        organization=poor.organization, edition=make_edition("WEB"), actor=poor.manager, now=now
    )
    bigger = make_version(name="Empresa", cases=10, rank=1)
    bought = subscribe(organization=poor.organization, licence=waiting, version=bigger, now=now)
    assert "clave por registrar" in words(signed_in(poor.manager).get(URL))
    register(poor, licence=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.key, waiting.hosting) == ("WEB-7F2K", "vendor_cloud")
    assert bought.licence_id == waiting.pk
    assert Subscription.objects.get(licence=waiting, source="included").asleep
    assert meter_of(organization=poor.organization, licence=waiting, now=now).left == 10
    assert SoldKey.objects.get().licence == waiting


def test_staff_say_the_key_after_looking(poor, supervisor, now):
    waiting = register_provisional(
        organization=poor.organization, edition=make_edition("WEB"), actor=None, now=now
    )
    with pytest.raises(Refused):
        tell_key(licence=waiting, key="X-1", actor=poor.manager)
    with pytest.raises(Refused):
        tell_key(licence=waiting, key=poor.licence.key, actor=supervisor)
    tell_key(licence=waiting, key="X-1", actor=supervisor)
    assert Licence.objects.filter(key="X-1", pk=waiting.pk).exists()
    with pytest.raises(Refused):
        tell_key(licence=waiting, key="X-2", actor=supervisor)


def test_keys_are_not_to_be_guessed(sold, poor):
    for n in range(10):
        register(poor, key=f"GUESS-{n}", licence="")
    assert "Probó muchas claves seguidas." in register(poor)
    assert not Licence.objects.filter(key="WEB-7F2K").exists()


def test_a_member_reads_and_does_not_register(sold, poor):
    client = signed_in(poor.colleague)
    assert "Lo hace la persona responsable" in words(client.get(URL))
    assert client.post(URL, {"key": "WEB-7F2K"}).status_code == 403
    assert not Licence.objects.filter(key="WEB-7F2K").exists()


def test_row_31_a_key_told_for_a_licence_with_a_bought_plan_says_that_its_own_rests(sold, poor, now):
    mine = register_provisional(
        organization=poor.organization, edition=make_edition("WEB"), actor=poor.manager, now=now
    )
    subscribe(organization=poor.organization, licence=mine, version=make_version(name="Tienda"), now=now)
    said = register(poor, licence=mine.pk)
    assert "Incluye el plan Básico, que vale cuando no haya otro contratado." in said
    assert "ya está vigente" not in said
    page = words(signed_in(poor.manager).get("/es/plan/"))
    assert page.count("Comprar casos extra") == 1
    assert page.index("Tienda · mensual") < page.index("en reposo")


def test_row_27_a_plan_paid_before_its_cloud_key_was_known_gets_the_discount_for_the_days_left(
    sold, poor, now
):
    mine = register_provisional(
        organization=poor.organization, edition=make_edition("WEB"), actor=poor.manager, now=now
    )
    order = orders.place(
        organization=poor.organization, kind="plan", version=make_version(name="Tienda"), licence=mine, key="k",
        actor=poor.manager, now=now,
    )  # fmt: skip
    record_payment(
        organization=poor.organization, method="manual", amount_minor=order.total_minor, currency="NIO", key="p",
        order=order, now=now,
    )  # fmt: skip
    register(poor, licence=mine.pk)
    note = Invoice.objects.get(corrects__isnull=False)
    assert (note.reason, note.total_minor) == ("hosting_changed", 84_000)  # 40 % of a whole month


def test_a_key_that_nobody_was_told_is_on_no_paper(poor, now):
    mine = register_provisional(
        organization=poor.organization, edition=make_edition("WEB"), actor=poor.manager, now=now
    )
    assert str(mine) == str(mine.edition)
    assert mine.key[-4:] not in str(mine)
