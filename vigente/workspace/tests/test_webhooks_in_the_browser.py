"""Webhooks in a real browser: accessible on a desk and on a phone, and made without a mouse."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.webhooks.models import Delivery, Endpoint
from vigente.webhooks.services import change_endpoint, create_endpoint, rotate_secret, send_test
from vigente.workspace.tests.test_in_the_browser import AXE, DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    """The server thread reads the real clock."""


@pytest.fixture
def now():
    from vigente.installation.clock import vendor_now

    return vendor_now() - timedelta(minutes=5)


@pytest.fixture
def sent(owner, now):
    """One that fails and is changing its secret, with a message that was tried; and one that is off."""
    url = "https://hooks.contabilidad-del-norte.example/vigente/entrada?cliente=33"
    hook = create_endpoint(url=url, description="Contabilidad", actor=owner, now=now)
    made = send_test(endpoint=hook, now=now)
    made.tries.create(at=now, code=500, error="status", response="<html>" + "x" * 300, milliseconds=812)
    Delivery.objects.update(status="failed", attempts=10, last_code=500, last_error="status", finished_at=now)
    send_test(endpoint=hook, now=now)
    rotate_secret(endpoint=hook, now=now)
    Endpoint.objects.update(failing_since=now)
    off = create_endpoint(url=url, description="x" * 120, actor=owner, now=now)
    change_endpoint(endpoint=off, is_active=False, now=now)
    return made


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(DESK, "dark", "en"), (PHONE, "light", "es")], ids=["desk", "phone"]
)
def test_every_page_of_webhooks_is_accessible_and_fits(
    sign_in, live_server, owner, sent, size, theme, language
):
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for path in ("", "new/", "{hook}/", "{hook}/edit/", "{hook}/replay/", "{off}/", "deliveries/{sent}/"):
        path = path.format(hook=sent.endpoint_id, off=sent.endpoint_id + 1, sent=sent.pk)
        response = page.goto(f"{live_server.url}/{language}/desk/settings/webhooks/{path}")
        assert response.status == 200, path
        found = Axe().run(page, options=AXE).response["violations"]
        assert not found, f"{path}: {[(one['id'], one['nodes'][0]['html'][:200]) for one in found]}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_one_is_made_by_keyboard_and_its_secret_is_there_to_copy(sign_in, live_server, owner):
    page = sign_in(owner, live_server.url)
    page.goto(f"{live_server.url}/es/desk/settings/webhooks/")
    page.keyboard.press("n")
    dialog = page.locator("#action")
    field = dialog.get_by_label("Dirección")
    field.fill("https://127.0.0.1/")
    page.keyboard.press("Enter")
    dialog.get_by_text("Esa dirección es de una red privada").first.wait_for()
    field.fill("https://hooks.ejemplo.test/")
    dialog.get_by_label("ticket.accepted").check()
    field.press("Enter")
    page.get_by_text("Cópielo ahora: no se vuelve a mostrar").wait_for()
    made = Endpoint.objects.get()
    assert page.locator("code.secret").inner_text() == made.secret
    assert made.kinds == ["ticket.accepted"]
