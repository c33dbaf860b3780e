"""A trial of rules in a real browser: asked for without a mouse, watched until it is ready, read on a phone."""

import threading
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections

from vigente.factories import make_customer
from vigente.rules.rulebook import Rulebook
from vigente.trials import services
from vigente.workspace.tests.test_in_the_browser import AXE, DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    """The server thread reads the real clock: the browser would not understand a frozen one."""


@pytest.fixture
def lived():
    """A shop with one case a month that asked for three, three months ago."""
    from vigente.installation.clock import vendor_now

    now = vendor_now()
    shop = make_customer("Ferretería El Clavo", now=now - timedelta(days=95), cases=1, hosting="vendor_cloud")
    for day in (1, 2, 3):
        shop.ask(now - timedelta(days=95 - day))
    return now


def run_in_background(now):
    def work():
        services.run_next(now=now)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_trial_is_asked_for_and_its_page_turns_when_it_is_ready(sign_in, live_server, supervisor, lived):
    page = sign_in(supervisor, live_server.url)
    page.goto(f"{live_server.url}/es/desk/rules/trials/new/")
    page.get_by_label("Reglas en TOML").fill("discounts = []")
    page.get_by_role("button", name="Hacer la prueba").press("Enter")
    page.wait_for_selector("#trial progress")
    thread = run_in_background(lived)
    page.wait_for_selector(".figures", timeout=10_000)
    thread.join()
    assert "Con estas reglas se habría decidido lo mismo" in page.locator("h1").inner_text()
    page.get_by_role("link", name="C$").first.click()
    assert "Ferretería El Clavo" in page.locator("#rows").inner_text()


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(DESK, "light", "es"), (PHONE, "dark", "en")], ids=["desk", "phone"]
)
def test_every_page_of_a_trial_is_accessible_and_fits(
    sign_in, live_server, owner, lived, size, theme, language
):
    draft = Rulebook(plans_required_from=lived + timedelta(days=1), discounts=())
    trial = services.start(draft=draft, months=6, direction="back", author=owner, now=lived)
    services.run_next(now=lived)
    waits = services.start(draft=draft, months=6, direction="ahead", author=owner, now=lived)
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    lists = [f"{trial.pk}/{listed}/" for listed in ("accepted", "money", "expired", "customers", "moved")]
    for path in ("", "new/", f"{trial.pk}/", f"{waits.pk}/", *lists):
        assert page.goto(f"{live_server.url}/{language}/desk/rules/trials/{path}").status == 200, path
        page.wait_for_load_state("load")
        problems = [
            f"{path}: {found['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for found in Axe().run(page, options=AXE).response["violations"]
            for node in found["nodes"]
        ]
        assert not problems, "\n".join(problems)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
