"""The pages on which customers serve themselves, in a real browser: accessible, no wider than the screen, both
languages, light and dark, by keyboard. VIGENTE_SCREENSHOTS=<folder> keeps a picture of each.
"""

from datetime import UTC, datetime, timedelta

import pytest

from vigente.billing.models import ListPrice, Payment, PriceList, TaxCategory, TaxRate
from vigente.billing.services import orders, wishes
from vigente.billing.services.payments import record_payment
from vigente.billing.services.subscriptions import give_notice, roll_over
from vigente.factories import make_customer, make_licence, make_policy, make_user, make_version, publish
from vigente.installation.models import Installation
from vigente.portal.tests.test_in_the_browser import DESK, PHONE, check, picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    """The browser lives in the present, and so does the server here."""
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped: the browser waits by it."""


def pay(order, now):
    record_payment(
        organization=order.organization, method=Payment.Method.MANUAL, amount_minor=order.total_minor,
        currency=order.currency, key=f"test:{order.pk}", order=order, now=now,
    )  # fmt: skip
    order.refresh_from_db()


@pytest.fixture
def scene(now):
    """A shop in its second, unpaid month; a pack, a prepared order, a wish, an ended plan, half a year behind it."""
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte"})
    category = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=category, basis_points=1500)
    plan = make_version(name="Tienda", sla_policy=make_policy(360))
    make_version(name="Básico", cases=2, rank=3, price_minor=120_000, sla_policy=make_policy(540))
    bigger = make_version(name="Empresa", cases=10, rank=1, price_minor=440_000, sla_policy=make_policy(120))
    yearly = make_version(name="Tienda anual", interval="year", price_minor=2_100_000)
    yearly.plan.family = plan.plan.family
    yearly.plan.save()
    PriceList.objects.create(code="nio", name="Córdobas", currency="NIO", is_base=True)
    dollars = PriceList.objects.create(code="usd", name="Dólares", currency="USD", includes_tax=True)
    ListPrice.objects.create(price_list=dollars, version=plan, price_minor=6_900, pack_price_minor=1_150)
    publish(upgrade="immediate")
    shop = make_customer("Ferretería El Clavo", now=now, hosting="vendor_cloud", plan=False)
    for days in (150, 120, 100, 90, 60, 35):
        shop.held(now - timedelta(days=days))
    first = now - timedelta(days=33)
    order = orders.place(organization=shop.organization, kind="plan", version=plan, licence=shop.licence, key="1",
                         actor=shop.manager, now=first)  # fmt: skip
    pay(order, first)
    pack = orders.place(organization=shop.organization, kind="pack", version=plan, licence=shop.licence, key="2",
                        subscription=order.subscription, quantity=2, actor=shop.manager, now=now)  # fmt: skip
    pay(pack, now)
    roll_over(subscription_id=order.subscription_id, now=now)
    second = make_licence(shop.organization, label="Sucursal Norte", now=now)
    other = orders.place(organization=shop.organization, kind="plan", version=plan, licence=second, key="3",
                         actor=shop.manager, now=now)  # fmt: skip
    pay(other, now)
    third = make_licence(shop.organization, label="Bodega", edition="WEB", now=now)
    prepared = orders.place(organization=shop.organization, kind="plan", version=bigger, licence=third, key="4",
                            actor=make_user("Vera", role="owner"), prepared=True, note="Como hablamos.",
                            now=now)  # fmt: skip
    wishes.ask(
        organization=shop.organization,
        user=shop.colleague,
        kind="plan",
        version=bigger,
        licence=third,
        now=now,
    )
    ended = make_licence(shop.organization, label="Feria", now=now)
    gone = orders.place(organization=shop.organization, kind="plan", version=plan, licence=ended, key="5",
                        actor=shop.manager, now=now - timedelta(days=70))  # fmt: skip
    pay(gone, now - timedelta(days=70))
    give_notice(subscription=gone.subscription, now=now - timedelta(days=69))
    roll_over(subscription_id=gone.subscription_id, now=now)
    return {"shop": shop, "plan": plan, "bigger": bigger, "prepared": prepared, "pack": pack, "other": other}


def addresses(scene):
    running, bigger = scene["other"].subscription_id, scene["bigger"].pk
    return {
        "home": "", "mine": "plan/", "plans": "plans/", "year": "plans/?interval=year",
        "dollars": "plans/?currency=usd", "conditions": "plans/conditions/",
        "contract": f"plans/{bigger}/order/", "change": f"plan/{running}/change/{bigger}/",
        "notice": f"plan/{running}/notice/", "packs": f"plan/{running}/packs/",
        "prepared": f"order/{scene['prepared'].token}/", "bought": f"order/{scene['pack'].token}/",
        "licences": "plan/licences/",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("es", "light", DESK), ("en", "dark", PHONE)], ids=["desk", "phone"]
)
def test_every_page_is_accessible_and_fits(sign_in, live_server, scene, theme, size, language):
    page = sign_in(scene["shop"].manager, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for name, path in addresses(scene).items():
        page.goto(f"{live_server.url}/{language}/{path}")
        check(page, name, size)
        picture(page, f"business-{name}-{language}-{theme}-{size['width']}")


def test_what_a_member_and_a_visitor_see(sign_in, live_server, scene, page):
    for name, path in {"plans-out": "plans/", "contract-out": f"plans/{scene['plan'].pk}/order/",
                       "gate": f"order/{scene['prepared'].token}/"}.items():  # fmt: skip
        page.goto(f"{live_server.url}/es/{path}")
        check(page, name, DESK)
        picture(page, f"business-{name}")
    sign_in(scene["shop"].colleague, live_server.url)
    page.set_viewport_size(PHONE)
    for name, path in {"mine": "plan/", "plans": "plans/", "ask": f"plans/{scene['plan'].pk}/order/",
                       "licences": "plan/licences/"}.items():  # fmt: skip
        page.goto(f"{live_server.url}/es/{path}")
        check(page, f"member {name}", PHONE)
        picture(page, f"business-member-{name}")
