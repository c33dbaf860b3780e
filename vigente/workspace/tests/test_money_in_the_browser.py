"""Money in a real browser: every page accessible on a desk and on a phone; transfers decided by keys alone."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.billing.models import BillingProfile, Payment, PriceList, TaxCategory, TaxRate
from vigente.billing.services import invoices, orders, payments
from vigente.factories import make_customer, make_policy, make_version, publish
from vigente.installation.files import store
from vigente.installation.models import Installation
from vigente.rules.reasons import Credit
from vigente.workspace.tests.test_in_the_browser import AXE, DESK, PHONE
from vigente.workspace.tests.test_money import PNG

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    """The server thread reads the real clock: the browser would not understand a frozen one."""


@pytest.fixture
def now():
    from vigente.installation.clock import vendor_now

    return vendor_now() - timedelta(minutes=5)


@pytest.fixture
def scene(supervisor, now):
    """A shop that pays, one that owes since long, one whose transfers wait, one with a prepared order."""
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte"})
    publish(activate="on_order")
    category = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=category, basis_points=1500)
    PriceList.objects.create(code="base", name="Córdobas", currency="NIO", is_base=True)
    PriceList.objects.create(code="usd", name="Dólares", currency="USD")
    version = make_version(name="Tienda", cases=4, sla_policy=make_policy())
    made = {}
    names = ("Ferretería El Clavo", "Agro Estelí", "Farmacia Luz de Luna", "Distribuidora Los Ocotes")
    for n, name in enumerate(names):
        at = now - timedelta(days=(2, 20, 1, 0)[n])
        shop = make_customer(name, now=at, plan=False)
        BillingProfile.objects.create(
            organization=shop.organization, legal_name=f"{name}, S.A.", tax_id="J0310000"
        )
        order = orders.place(
            organization=shop.organization, licence=shop.licence, kind="plan", version=version, key=name,
            prepared=n == 3, actor=supervisor if n == 3 else shop.manager, note="Como hablamos" if n == 3 else "",
            now=at,
        )  # fmt: skip
        made[n] = (shop, order)
    paying, owing, sending = (made[n][0] for n in range(3))
    payments.record_payment(
        organization=paying.organization, method="transfer", amount_minor=250_000, currency="NIO", key="p",
        reference="BAC-1", actor=supervisor, now=now - timedelta(days=1),
    )  # fmt: skip
    invoices.credit(invoice=made[0][1].invoice, net_minor=10_000, tax_minor=1_500, reason=Credit.MISTAKE, key="c",
                    note="Se cobró de más", actor=supervisor, now=now)  # fmt: skip
    proof = store(PNG)
    for n, amount in enumerate((241_500, 200_000)):
        payments.submit_transfer(
            organization=sending.organization, amount_minor=amount, currency="NIO", reference="BAC-77",
            user=sending.manager, invoice=made[2][1].invoice, key=f"t{n}", proof=proof, proof_name="recibo.png",
            now=now + timedelta(seconds=n),
        )  # fmt: skip
    return {
        "invoice": made[0][1].invoice_id,
        "owed": made[1][1].invoice_id,
        "transfer": Payment.objects.filter(status="review").order_by("pk")[0].pk,
        "payment": Payment.objects.filter(status="confirmed")[0].pk,
        "order": made[3][1].pk,
        "organization": paying.organization.pk,
        "version": version,
    }


def paths(scene):
    organization, invoice = scene["organization"], scene["owed"]
    return [
        "money/",
        "money/invoices/",
        "money/invoices/?view=all",
        f"money/invoices/{scene['invoice']}/",
        f"money/invoices/{invoice}/payment/",
        f"money/invoices/{invoice}/credit/",
        f"money/invoices/{invoice}/fiscal/",
        f"money/invoices/{scene['invoice']}/refund/",
        "money/transfers/",
        f"money/transfers/{scene['transfer']}/",
        f"money/transfers/{scene['transfer']}/rejection/",
        "money/payments/",
        f"money/payments/{scene['payment']}/",
        "money/credits/",
        "money/orders/",
        f"money/orders/{scene['order']}/",
        "money/exports/",
        f"organizations/{organization}/",
        f"organizations/{organization}/orders/new/",
        f"organizations/{organization}/billing/",
        f"organizations/{organization}/payout/NIO/",
        "plans/",
        "plans/new/",
        f"plans/versions/{scene['version'].pk}/prices/",
        f"plans/{scene['version'].plan_id}/versions/new/",
        "settings/",
        "settings/lists/",
        "settings/rates/",
        "settings/letters/",
        "settings/letters/welcome/",
        "settings/letters/invoice_reminder/?width=phone",
    ]


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(DESK, "light", "es"), (PHONE, "dark", "en")], ids=["desk", "phone"]
)
def test_every_page_is_accessible_and_fits(sign_in, live_server, owner, scene, size, theme, language):
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found = []
    for path in paths(scene):
        response = page.goto(f"{live_server.url}/{language}/desk/{path}")
        assert response.status == 200, path
        if shots := os.environ.get("SHOTS"):
            name = f"{theme}-{path.strip('/').replace('/', '_').replace('?', '_')}.png"
            page.screenshot(path=str(Path(shots) / name), full_page=True)
        found += [
            f"{path}: {one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for one in Axe().run(page, options=AXE).response["violations"]
            for node in one["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            found.append(f"{path} is wider than the screen")
    assert not found, "\n".join(found)


def test_transfers_are_decided_by_keys_alone(sign_in, live_server, supervisor, scene):
    page = sign_in(supervisor, live_server.url)
    page.goto(f"{live_server.url}/es/desk/money/")
    page.get_by_role("link", name="Transferencias", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/money/transfers/")
    page.keyboard.press("n")
    page.wait_for_url(f"**/transfers/{scene['transfer']}/")
    assert page.get_by_text("Otra transferencia tiene la misma referencia").count()
    page.keyboard.press("e")
    page.wait_for_selector(".toast:has-text('Confirmada')")
    page.keyboard.press("r")
    page.wait_for_selector("#action[open] textarea")
    page.locator("#action textarea").focus()
    page.keyboard.type("Es la misma de antes")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast:has-text('Rechazada')")
    page.wait_for_url("**/money/transfers/")
    assert Payment.objects.filter(status="review").count() == 0
