"""A newcomer contracts a plan and files a case in under two minutes without reading anything: phone, keyboard only.

In each language, by each way of paying. The time is that of the machine; a person types, so what they type is counted
at forty words a minute on top.
"""

import re
import time
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.cache import cache

from vigente.billing.models import Order, Payment
from vigente.billing.services.payments import record_payment
from vigente.factories import make_policy, make_version, make_work_types, publish
from vigente.installation.models import Installation
from vigente.portal.tests.test_in_the_browser import PHONE, check, picture
from vigente.tickets.models import Department, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 120
PER_CHARACTER = 60 / (40 * 5)  # seconds a person needs for one, at forty words a minute
PER_PAGE = 6  # seconds to find what comes next on a page one does not read


@pytest.fixture
def now():
    """The browser lives in the present, and so does the server here."""
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped: the browser waits by it."""


@pytest.fixture
def vendor(db):
    cache.clear()
    make_work_types()
    Department.objects.create(name="Soporte", is_default=True)
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte", "is_demo": True})
    make_version(name="Tienda", sla_policy=make_policy(360))
    make_version(name="Empresa", cases=10, rank=1, price_minor=440_000)


class Hands:
    """Somebody who has a keyboard and nothing else. `typed` counts what they wrote."""

    def __init__(self, page):
        self.page, self.typed, self.pages = page, 0, 0

    def reach(self, selector):
        """Tab forward until what one looks for has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no way to {selector} by keyboard on {self.page.url}")

    def write(self, selector, text):
        self.reach(selector)
        self.page.keyboard.type(text)
        self.typed += len(text)

    def press(self, selector, key="Enter"):
        """Reach a button or link and use it; wait for the page it leads to."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.pages += 1


def code_sent():
    return re.findall(r"^\s*([A-Z0-9-]{6,12})\s*$", str(mail.outbox[-1].body), flags=re.M)[0]


def staff_confirm(now):
    order = Order.objects.get()
    record_payment(
        organization=order.organization, method=Payment.Method.MANUAL, amount_minor=order.total_minor,
        currency=order.currency, key="by hand", order=order, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "activate"),
    [("es", "on_order"), ("en", "on_payment")],
    ids=["es-on-order", "en-paid-to-staff"],
)
def test_a_newcomer_contracts_and_files_a_case_in_under_two_minutes(
    page, live_server, vendor, now, language, activate, capsys
):
    publish(activate=activate)
    page.set_viewport_size(PHONE)
    hands, name = Hands(page), f"newcomer-{language}"
    page.goto(f"{live_server.url}/{language}/plans/")
    began = time.monotonic()
    check(page, "plans", PHONE)
    picture(page, f"{name}-1-plans")
    hands.press("a[href*='/order/']")
    check(page, "order", PHONE)
    picture(page, f"{name}-2-who")
    hands.write("#id_company", "Ferretería Nueva")
    hands.write("#id_name", "Nora Ruiz")
    hands.write("#id_email", "nora@nueva.test")
    hands.write("#id_password", "fierros-y-clavos")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_code")
    picture(page, f"{name}-3-code")
    page.keyboard.type(code_sent())  # the focus is there already
    hands.typed += 8
    with page.expect_navigation():
        page.keyboard.press("Enter")
    check(page, "summary", PHONE)
    picture(page, f"{name}-4-summary")
    assert page.input_value("#id_company") == "Ferretería Nueva"
    hands.press("form.form button.button:not([name]):not(.button--quiet)")
    if activate == "on_payment":
        check(page, "pay", PHONE)
        picture(page, f"{name}-5-pay")
        staff_confirm(now)
        page.goto(f"{live_server.url}/{language}/order/{Order.objects.get().token}/")
    check(page, "order done", PHONE)
    picture(page, f"{name}-6-active")
    hands.press("#content a[href$='/ask/']")
    picture(page, f"{name}-7-ask")
    hands.write("#id_subject", "La caja no cuadra")
    hands.write("#id_body", "Desde ayer el cierre de caja no cuadra con las ventas del día.")
    hands.press(".consequence button")
    picture(page, f"{name}-8-case")
    machine = time.monotonic() - began
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.drawn) == ("La caja no cuadra", True)
    person = machine + hands.typed * PER_CHARACTER + hands.pages * PER_PAGE
    with capsys.disabled():
        print(
            f"\nnewcomer {language} {activate}: {machine:.1f} s of machine, about {person:.0f} s for a person"
        )
    assert machine < LIMIT
    assert person < LIMIT
