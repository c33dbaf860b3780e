"""The portal in a real browser: accessible in both themes and languages, at a desk and on a phone, without scripts too.

`VIGENTE_SCREENSHOTS=folder` keeps a picture of every page looked at.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from vigente.factories import make_customer, make_licence, make_policy, make_version
from vigente.installation.models import Installation
from vigente.portal.tests.conftest import signed_in
from vigente.tickets.files import File
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services import conversation, work

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
PASTE = """() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array([137,80,78,71,13,10,26,10,0])], "image.png", {type: "image/png"}));
    const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.querySelector("#id_body").dispatchEvent(paste);
}"""
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    """The browser lives in the present, and so does the server here."""
    return datetime.now(UTC)


@pytest.fixture
def clock():
    """Not stopped: the browser waits by it."""


@pytest.fixture
def scene(now, agent):
    """A shop in the middle of its month, with a case in each state, and a second installation without a plan."""
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte"})
    version = make_version(name="Tienda", cases=6, sla_policy=make_policy(360))
    make_version(name="Empresa", cases=10, rank=1, price_minor=440_000, sla_policy=make_policy(120))
    shop = make_customer("Ferretería El Clavo", now=now, hosting="vendor_cloud", version=version)
    cases = {
        name: shop.ticket(now, subject=f"Caso {name}", files=(File("nota.txt", b"x"),))
        for name in ("a", "b", "c")
    }
    conversation.reply(ticket=cases["a"], author=agent, text="¿Qué versión tiene?", channel="web", now=now)
    work.close(ticket=cases["b"], actor=shop.manager, now=now)
    bare = make_licence(shop.organization, edition="LOCAL", now=now)
    held = shop.held(now, licence=bare, subject="Sin cobertura")
    return shop, cases, held


def addresses(scene):
    shop, cases, held = scene
    contract = shop.subscription.pk
    return {
        "home": "", "ask": "ask/", "cases": "tickets/?status=all", "case": f"tickets/{cases['a'].number}/",
        "closed": f"tickets/{cases['b'].number}/", "held": f"held/{held.token}/", "plan": "plan/", "plans": "plans/",
        "statement": "plan/statement/", "notice": f"plan/{contract}/notice/", "pack": f"plan/{contract}/packs/",
        "people": "people/", "profile": "profile/",
    }  # fmt: skip


def check(page, name, size):
    found = Axe().run(page, options=RULES).response["violations"]
    problems = [
        f"{name}: {one['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]
    assert not problems, "\n".join(problems)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (
        f"{name} is wider than the screen"
    )


def picture(page, name):
    folder = os.environ.get("VIGENTE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"portal-{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("es", "light", DESK), ("en", "dark", PHONE)], ids=["desk", "phone"]
)
def test_every_page_is_accessible_and_fits(sign_in, live_server, scene, theme, size, language):
    page = sign_in(scene[0].manager, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for name, path in addresses(scene).items():
        page.goto(f"{live_server.url}/{language}/{path}")
        check(page, name, size)
        picture(page, f"{name}-{language}-{theme}-{size['width']}")


def test_the_pages_of_a_visitor(page, live_server, scene):
    for name, path in {"welcome": "", "plans-out": "plans/", "gate": f"held/{scene[2].token}/"}.items():
        page.goto(f"{live_server.url}/es/{path}")
        check(page, name, DESK)
        picture(page, name)


def test_the_line_follows_the_cards_and_the_installation(sign_in, live_server, scene):
    page = sign_in(scene[0].manager, live_server.url)
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    line = page.locator("#ask-coverage")
    assert "Este caso usará 1 de los 3" in line.inner_text()
    page.get_by_label("Sesión guiada").check(force=True)
    expect(line).to_contain_text("usará 2 de los 3")
    page.get_by_label("¿Sobre qué instalación?").select_option(index=1)
    expect(line).to_contain_text("Guardar en espera")
    expect(page.locator("#kind-error-text")).to_contain_text("Necesita un plan")
    assert page.locator("[name=seen]").input_value() == "0"


def test_asking_without_a_mouse(sign_in, live_server, scene):
    page = sign_in(scene[0].manager, live_server.url)
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    page.get_by_label("Algo falla").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("No sé cómo hacerlo").is_checked()
    page.wait_for_timeout(300)
    page.get_by_label("Asunto").focus()
    page.keyboard.type("¿Cómo anulo una factura?")
    page.keyboard.press("Tab")
    page.keyboard.type("Ya está cobrada.")
    page.get_by_role("button", name="Enviar").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*/")
    assert Ticket.objects.latest("id").subject == "¿Cómo anulo una factura?"


def test_what_was_typed_comes_back_and_goes_once_it_is_sent(sign_in, live_server, scene):
    page = sign_in(scene[0].manager, live_server.url)
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    page.get_by_label("Asunto").fill("Borrador")
    page.get_by_label("Qué pasó, paso a paso").fill("Iba a contarles")
    page.wait_for_timeout(700)
    page.goto(f"{live_server.url}/es/")
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    assert page.get_by_label("Qué pasó, paso a paso").input_value() == "Iba a contarles"
    page.get_by_role("button", name="Enviar").click()
    page.wait_for_url("**/tickets/*/")
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    assert page.get_by_label("Qué pasó, paso a paso").input_value() == ""


def test_more_cases_are_appended_and_the_button_goes_when_there_are_no_more(sign_in, live_server, scene, now):
    shop = scene[0]
    for n in range(33):
        shop.ticket(now, work="outage", subject=f"Caída {n}")
    page = sign_in(shop.manager, live_server.url)
    page.goto(f"{live_server.url}/es/tickets/?status=all")
    rows = page.locator(".cases > li")
    expect(rows).to_have_count(30)
    page.get_by_role("link", name="Ver más").click()
    expect(rows).to_have_count(36)
    expect(page.get_by_role("link", name="Ver más")).to_have_count(0)


def test_a_double_click_is_one_case(sign_in, live_server, scene):
    page = sign_in(scene[0].manager, live_server.url)
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    before = Ticket.objects.count()
    page.get_by_label("Asunto").fill("Dos veces")
    page.get_by_label("Qué pasó, paso a paso").fill("clic clic")
    page.get_by_role("button", name="Enviar").dblclick()
    page.wait_for_url("**/tickets/*/")
    assert Ticket.objects.count() == before + 1


def test_a_picture_is_pasted_into_the_form(sign_in, live_server, scene):
    page = sign_in(scene[0].manager, live_server.url)
    page.goto(f"{live_server.url}/es/ask/", wait_until="networkidle")
    page.get_by_label("Asunto").fill("Con captura")
    page.get_by_label("Qué pasó, paso a paso").fill("Vea la imagen")
    page.evaluate(PASTE)
    assert "captura" in page.locator("[data-file-list]").inner_text()
    page.get_by_role("button", name="Enviar").click()
    page.wait_for_url("**/tickets/*/")
    assert page.locator(".file--image img").count() == 1


def test_everything_works_without_scripts(browser, live_server, scene):
    shop, cases, held = scene
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    session = signed_in(shop.manager).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/es/ask/")
    page.locator("label[for=kind-guided_session]").click()
    page.get_by_role("button", name="Volver a calcular la cobertura").click()
    assert "usará 2 de los 3" in page.locator("#ask-coverage").inner_text()
    page.get_by_label("Asunto").fill("Sin guiones")
    page.get_by_label("Qué pasó, paso a paso").fill("Todo a mano")
    page.get_by_role("button", name="Enviar").click()
    assert "Recibimos su solicitud" in page.locator("[data-toasts]").inner_text()
    page.get_by_label("Mensaje").fill("Y algo más")
    page.get_by_role("button", name="Responder").click()
    assert "Y algo más" in page.locator(".conversation").inner_text()
    page.get_by_role("button", name="Ya está resuelto").click()
    assert "Este caso está cerrado" in page.content()
    page.goto(f"{live_server.url}/es/held/{held.token}/")
    page.get_by_role("button", name="Ya no la necesito").click()
    held.refresh_from_db()
    assert held.status == HeldRequest.Status.WITHDRAWN
    page.goto(f"{live_server.url}/es/plan/")
    page.get_by_role("link", name="Cancelar el plan").click()
    page.get_by_role("button", name="Dar aviso de cancelación").click()
    page.get_by_role("button", name="Seguir con el plan").click()
    shop.subscription.refresh_from_db()
    assert shop.subscription.ends_at is None
    context.close()
