"""The owner's pages in a real browser: drawn, read without a mouse, accessible on a desk and on a phone."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.factories import make_customer, make_policy, make_version
from vigente.reports.models import CostRate
from vigente.tickets.services import work
from vigente.tickets.services.conversation import reply
from vigente.workspace.tests.test_in_the_browser import AXE, DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = (
    "overview/", "finance/revenue/?period=year", "finance/cost/", "finance/renewals/", "finance/money/",
    "reports/cases/", "reports/waiting/", "reports/held/", "reports/order/", "finance/renewals/month/90/",
    "reports/order/quarter/passed_over/",
)  # fmt: skip
BUDGET = 60_000


@pytest.fixture
def clock():
    """The server thread reads the real clock: the browser would not understand a frozen one."""


@pytest.fixture
def lived(agent):
    """Two customers since some months, cases answered, one passed over."""
    from vigente.installation.clock import vendor_now

    now = vendor_now()
    for rank, name, price in ((1, "Empresa", 9000), (3, "Básico", 2000)):
        version = make_version(
            name=name, rank=rank, price_minor=price, currency="USD", sla_policy=make_policy(60)
        )
        shop = make_customer(f"Tienda {name}", now=now - timedelta(days=70 * rank), version=version)
        for n in range(3):
            shop.subscription.refresh_from_db()
            shop.ask(now - timedelta(hours=9 - n))
    first, *_, last = work.Ticket.objects.in_line()
    work.assign(ticket=last, assignee=agent, actor=agent, now=now - timedelta(hours=2))
    for ticket in (last, first):
        reply(ticket=ticket, author=agent, text="Listo", channel="web", now=now - timedelta(hours=1))
    make_customer(now=now - timedelta(days=1), plan=False).held(now - timedelta(hours=3))
    CostRate.objects.create(hour_minor=1000, currency="USD", valid_from=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(DESK, "light", "es"), (PHONE, "dark", "en")], ids=["desk", "phone"]
)
def test_every_report_is_accessible_and_fits(sign_in, live_server, owner, lived, size, theme, language):
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for path in PATHS:
        assert page.goto(f"{live_server.url}/{language}/desk/{path}").status == 200, path
        page.wait_for_load_state("networkidle")
        problems = [
            f"{path}: {found['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for found in Axe().run(page, options=AXE).response["violations"]
            for node in found["nodes"]
        ]
        assert not problems, "\n".join(problems)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_a_chart_is_drawn_from_its_table_and_read_by_keys(sign_in, live_server, owner, lived):
    page = sign_in(owner, live_server.url)
    page.goto(f"{live_server.url}/es/desk/finance/revenue/?period=year")
    page.wait_for_selector("#closing-USD")
    page.wait_for_selector(".plot canvas")
    plot = page.locator(".plot").first
    assert plot.bounding_box()["width"] > 600
    assert "hasta hoy: Al cerrar US$" in plot.locator("output").inner_text()
    plot.focus()
    page.keyboard.press("Home")
    rows = page.locator("#closing-USD tbody th").all_inner_texts()
    assert plot.locator("output").inner_text().startswith(rows[0])
    page.keyboard.press("ArrowRight")
    assert plot.locator("output").inner_text().startswith(rows[1])


def test_what_a_page_with_charts_needs_to_be_painted_is_small(sign_in, live_server, owner, lived):
    import gzip

    page, late = sign_in(owner, live_server.url), []
    sizes: dict[str, int] = {}

    def weigh(response):
        if response.request.resource_type in ("script", "stylesheet"):
            sizes[response.url] = len(gzip.compress(response.body(), 9))

    page.on("response", weigh)
    page.goto(f"{live_server.url}/es/desk/finance/revenue/")
    page.wait_for_selector(".plot canvas")
    late = [url for url in sizes if "uplot.min" in url and ".js" in url]
    assert len(late) == 1
    assert sum(size for url, size in sizes.items() if url not in late) < BUDGET


def test_without_scripts_the_table_says_it_all(browser, live_server, owner, lived):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(owner)
    context = browser.new_context(java_script_enabled=False)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/es/desk/finance/revenue/")
    assert page.locator(".plot").first.is_hidden()
    assert "US$" in page.locator("#closing-USD").inner_text()
    context.close()
