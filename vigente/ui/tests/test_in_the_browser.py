"""The component and example pages in a real browser: accessible in both themes, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.installation.models import Installation

PAGES = ["", *(f"examples/{name}/" for name in ("home", "ask", "customer-case", "plans", "queue", "case"))]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ui(live_server):
    Installation.objects.update_or_create(id=1, defaults={"is_demo": True, "vendor_name": "Sisnorte"})
    return f"{live_server.url}/es/ui/"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(page, ui, theme, size):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for path in PAGES:
        page.goto(ui + path)
        results = Axe().run(
            page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
        )
        problems = [
            f"{path}: {found['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for found in results.response["violations"]
            for node in found["nodes"]
        ]
        assert not problems, "\n".join(problems)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (
            f"{path} is wider than the screen"
        )


def test_twenty_five_rows_fit_on_a_desk(page, ui):
    page.goto(ui + "examples/queue/")
    rows = page.locator(".queue > li")
    heights = rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect())")
    assert all(box["height"] <= 40 for box in heights)
    assert sum(box["bottom"] <= DESK["height"] for box in heights) >= 25


def test_the_font_is_ours_and_nothing_moves_when_it_comes(page, ui):
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(ui + "examples/ask/", wait_until="networkidle")
    assert len(hosts) == 1
    assert page.evaluate("document.fonts.check('16px \"Inter Variable\"')")


def test_the_queue_without_a_mouse(page, ui):
    page.goto(ui + "examples/queue/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".queue > li.is-selected .place").inner_text().endswith("5")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#shortcuts").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("sin cob")
    assert page.locator('#palette [role="option"]').first.inner_text() == "Sin cobertura"
    assert (
        page.locator('#palette [role="option"]').last.get_attribute("href") == "/es/desk/search/?q=sin%20cob"
    )
    page.keyboard.press("Escape")
    page.locator(".queue > li.is-selected a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/examples/case/")


def test_reply_and_note_by_key(page, ui):
    page.goto(ui + "examples/case/")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.matches('[data-composer]')")
    assert page.get_by_role("button", name="Guardar nota").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.get_by_role("button", name="Enviar respuesta").is_visible()


def test_what_was_typed_comes_back(page, ui):
    page.goto(ui + "examples/ask/")
    page.get_by_label("Qué pasó, paso a paso").fill("Trasladamos 40 cajas")
    page.get_by_label("Quiero algo nuevo").check()
    page.goto(ui)
    page.goto(ui + "examples/ask/")
    assert page.get_by_label("Qué pasó, paso a paso").input_value() == "Trasladamos 40 cajas"
    assert page.get_by_label("Quiero algo nuevo").is_checked()
    page.get_by_role("button", name="Empezar de nuevo").click()
    assert page.get_by_label("Qué pasó, paso a paso").input_value() == ""
    page.goto(ui + "examples/ask/")
    assert page.get_by_label("Qué pasó, paso a paso").input_value() == ""


def test_a_pasted_picture_becomes_an_attachment_that_can_be_taken_out(page, ui):
    page.goto(ui + "examples/ask/")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "image.png", { type: "image/png" }));
          const text = document.querySelector("#id_body");
          text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert page.locator(".dropzone .file__name").inner_text().startswith("captura ")
    assert page.evaluate("document.querySelector('[data-dropzone]').files.length") == 1
    page.locator(".dropzone .file button").click()
    assert page.evaluate("document.querySelector('[data-dropzone]').files.length") == 0


def test_the_theme_stays_chosen(page, ui):
    page.goto(ui)
    page.get_by_role("button", name="Oscuro").first.click()
    page.goto(ui + "examples/home/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 20)"


def test_without_scripts_everything_is_there(browser, ui):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(ui + "examples/ask/")
    assert page.locator("#id_body").is_visible()
    assert page.locator('input[type="file"]').is_visible()
    assert not page.get_by_role("button", name="Oscuro").is_visible()
    page.goto(ui + "examples/case/")
    assert page.locator('.composer input[type="file"]').is_visible()
    context.close()


def test_printing_leaves_only_what_is_read(page, ui):
    page.goto(ui + "examples/customer-case/")
    page.emulate_media(media="print")
    assert page.locator(".message").first.is_visible()
    assert not page.locator(".topbar").is_visible()
    assert not page.locator(".composer").is_visible()
