"""Paying in a real browser: the pages are accessible at a desk and on a phone, and the way to the processor and back.

`VIGENTE_SCREENSHOTS=folder` keeps a picture of every page looked at.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from vigente.billing.models import BankAccount, SellerProfile
from vigente.billing.services import payments
from vigente.factories import make_user
from vigente.installation.models import Installation

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    """The browser lives in the present, and so does the server here."""
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped: the browser waits by it."""


@pytest.fixture
def scene(till):
    """Invoices in every state, a transfer that was rejected and one in review."""
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte"})
    SellerProfile.objects.create(
        id=1, legal_name="Sisnorte, S.A.", tax_id="J0310000999999", address="Managua"
    )
    BankAccount.objects.create(bank="BAC", number="123-456-7", holder="Sisnorte, S.A.", currency="NIO")
    till.keep()
    past = till.now - timedelta(days=40)
    paid, late, new = (till.invoice(now=past), till.invoice(210_000, now=past), till.invoice(95_000))
    payments.record_payment(organization=till.shop.organization, method="card", amount_minor=144_900, currency="NIO",
                            key="card:1", invoice=paid, now=past)  # fmt: skip
    sent = {
        "organization": till.shop.organization,
        "currency": "NIO",
        "user": till.shop.manager,
        "now": till.now,
    }
    first = payments.submit_transfer(amount_minor=210_000, reference="8841", key="a", invoice=late, **sent)
    payments.reject(payment=first, note="No se lee el monto", actor=till.supervisor, now=till.now)
    second = till.invoice(50_000)
    payments.submit_transfer(amount_minor=50_000, reference="8842", key="b", invoice=second, **sent)
    return {
        "invoices": "plan/invoices/", "invoice": f"plan/invoices/{late.pk}/", "pay": f"pay/invoice/{new.pk}/",
        "rejected": f"pay/invoice/{late.pk}/", "review": f"pay/invoice/{second.pk}/",
        "paid": f"pay/invoice/{paid.pk}/",
    }  # fmt: skip


def look(page, name):
    found = Axe().run(page, options=RULES).response["violations"]
    problems = [f"{name}: {one['id']}: {node['target']}" for one in found for node in one["nodes"]]
    assert not problems, "\n".join(problems)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
    if folder := os.environ.get("VIGENTE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_about_money_are_accessible(live_server, sign_in, till, scene, size):
    page = sign_in(till.shop.manager, live_server.url)
    page.set_viewport_size(SIZES[size])
    for theme, language in (("light", "es"), ("dark", "en")):
        page.emulate_media(color_scheme=theme)
        for name, path in scene.items():
            page.goto(f"{live_server.url}/{language}/{path}")
            look(page, f"money-{name}-{size}-{theme}")


@pytest.mark.parametrize("size", SIZES)
def test_the_documents_of_the_owner_are_accessible(live_server, sign_in, till, scene, size):
    page = sign_in(make_user("Óscar", role="owner"), live_server.url)
    page.set_viewport_size(SIZES[size])
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for name, path in (("documents", ""), ("document", "invoice/")):
            page.goto(f"{live_server.url}/es/desk/settings/documents/{path}")
            look(page, f"desk-{name}-{size}-{theme}")


def test_a_customer_pays_by_card_and_comes_back(live_server, sign_in, till, scene, settings):
    settings.BASE_URL = live_server.url
    page = sign_in(till.shop.manager, live_server.url)
    page.goto(f"{live_server.url}/es/{scene['pay']}")
    page.get_by_role("button", name="Pagar con tarjeta").click()
    page.get_by_role("button", name="Pagar").click()
    expect(page.get_by_text("Está pagado")).to_be_visible()
