"""Somebody who may not buy asks a manager, with one click, once a day (row 46 in spirit)."""

from datetime import timedelta

import pytest

from vigente.billing.models import Order, Wish
from vigente.factories import make_customer, make_version
from vigente.mail.models import OutboundMessage
from vigente.portal.tests.conftest import signed_in, words
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make_version(name="Tienda")


@pytest.fixture
def poor(now):
    return make_customer("x", now=now, plan=False)


def ask(shop, version, /, **more):
    data = {"kind": "plan", "version": version.pk, "licence": shop.licence.pk} | more
    return signed_in(shop.colleague).post("/es/plan/wishes/", data, follow=True)


def test_one_click_on_the_plans_page_asks_by_name_and_says_so(version, poor):
    client = signed_in(poor.colleague)
    assert "Pedírselo a Alicia" in words(client.get("/es/plans/"))
    assert "Se lo pedimos a Alicia." in words(ask(poor, version))
    assert "Se lo pedimos a Alicia." in words(client.get("/es/plans/"))
    assert "Se lo pedimos a Alicia: Tienda" in words(client.get("/es/plan/"))


def test_the_page_that_is_a_managers_offers_to_ask(version, poor, now):
    answer = signed_in(poor.colleague).get(f"/es/plans/{version.pk}/order/?licence={poor.licence.pk}")
    assert answer.status_code == 403
    assert "Pedírselo a Alicia" in words(answer)
    assert f'name="licence" value="{poor.licence.pk}"' in answer.content.decode()
    shop = make_customer("y", now=now, version=version)
    packs = signed_in(shop.colleague).get(f"/es/plan/{shop.subscription.pk}/packs/")
    assert 'name="kind" value="pack"' in packs.content.decode()


def test_once_a_day_for_the_same_thing(version, poor, clock, now):
    ask(poor, version)
    ask(poor, version)
    assert Wish.objects.count() == 1
    clock.move_to(now + timedelta(days=1))
    ask(poor, version)
    assert Wish.objects.count() == 2


def test_nobody_is_flooded(poor):
    for _ in range(6):
        answer = ask(poor, make_version())
    assert "Ya pidió bastante por hoy." in words(answer)
    assert Wish.objects.count() == 5


def test_a_manager_reads_it_by_mail_and_in_the_plan_page_and_buys(version, poor, now):
    ask(poor, version)
    drain_all(now=now)
    letter = OutboundMessage.objects.get(kind="wish.asked")
    assert letter.to == poor.manager.email
    assert letter.subject == "Roberto le pide contratar el plan Tienda"
    address = f"/es/plans/{version.pk}/order/?licence={poor.licence.pk}"
    assert address in letter.text
    client = signed_in(poor.manager)
    page = client.get("/es/plan/")
    assert "Roberto: contratar Tienda" in words(page)
    assert address in page.content.decode()
    client.post(address, {"key": "0123456789abcdef"})
    assert Order.objects.count() == 1
    assert "Roberto: contratar" not in words(client.get("/es/plan/"))


def test_a_manager_discards_it(version, poor):
    ask(poor, version)
    wish = Wish.objects.get()
    signed_in(poor.colleague).post(f"/es/plan/wishes/{wish.pk}/closure/")
    wish.refresh_from_db()
    assert wish.closed_at is None
    signed_in(poor.manager).post(f"/es/plan/wishes/{wish.pk}/closure/")
    wish.refresh_from_db()
    assert wish.closed_at is not None


def test_what_is_anothers_cannot_be_wished_for_nor_closed(version, poor, other):
    ask(poor, version, licence=other.licence.pk)
    assert not Wish.objects.exists()
    ask(poor, version)
    wish = Wish.objects.get()
    assert signed_in(other.manager).post(f"/es/plan/wishes/{wish.pk}/closure/").status_code == 404


@pytest.mark.parametrize(
    "data", [{"kind": "car"}, {"version": "x"}, {"version": "999999"}, {"licence": "-1"}]
)
def test_odd_wishes_are_refused(version, poor, data):
    ask(poor, version, **data)
    assert not Wish.objects.exists()
