"""The workspace in a real browser: accessible on a desk and on a phone, live, and without a mouse."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.factories import make_customer, make_version
from vigente.installation.models import Installation
from vigente.mail.models import InboundMessage, Mailbox
from vigente.tickets.files import File
from vigente.tickets.models import Department, Ticket
from vigente.tickets.services.classification import classify
from vigente.tickets.services.conversation import add_note, reply
from vigente.tickets.services.work import set_severity

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def clock():
    """The server thread reads the real clock: the browser would not understand a frozen one."""


@pytest.fixture
def now():
    from vigente.installation.clock import vendor_now

    return vendor_now() - timedelta(minutes=5)


@pytest.fixture
def scene(agent, colleague, now):
    """A morning: a line of thirty, a case with everything in it, one held, one to quote, one mail set aside."""
    Installation.objects.update_or_create(id=1, defaults={"vendor_name": "Sisnorte"})
    better = make_customer(
        "Distribuidora Los Ocotes", now=now, version=make_version(name="Empresa", rank=1, cases=None)
    )
    lesser = make_customer(
        "Pulpería La Ceibita", now=now, version=make_version(name="Básico", rank=3, cases=20)
    )
    bare = make_customer("Farmacia Luz de Luna", now=now, plan=False)
    case = better.ticket(
        now, subject="Diferencia en cierre de caja", files=(File("reporte Z.pdf", b"%PDF-1.4 x"),)
    )
    add_note(ticket=case, author=agent, text="Mismo síntoma que el mes pasado", now=now)
    reply(
        ticket=case,
        author=agent,
        text="¿Se pagaron en efectivo?",
        channel="web",
        status_after="open",
        now=now,
    )
    set_severity(ticket=case, severity=1, actor=agent, now=now)
    for n in range(28):
        (better if n % 3 else lesser).ticket(now + timedelta(seconds=n), subject=f"No imprime la factura {n}")
    quoted = lesser.ticket(now)
    classify(ticket=quoted, work_type=lesser.work["development"], actor=agent, now=now)
    box = Mailbox.objects.create(address="soporte@sisnorte.test")
    InboundMessage.objects.create(
        mailbox=box, raw=b"x", size=1, digest="d", status="quarantined", sender="a@b.test", received_at=now
    )
    Department.objects.create(name="Facturación")
    return {
        "case": case,
        "quoted": quoted,
        "held": bare.held(now),
        "organization": better.organization,
        "mail": InboundMessage.objects.get(),
    }


def paths(scene):
    number, organization = scene["case"].number, scene["organization"].pk
    return [
        "queue/",
        "queue/quotation/",
        f"cases/{number}/",
        f"cases/{scene['quoted'].number}/",
        f"cases/{number}/work/",
        "held/",
        f"held/{scene['held'].pk}/",
        "organizations/",
        f"organizations/{organization}/",
        f"organizations/{organization}/subscriptions/new/",
        "plans/",
        "rules/",
        "rules/new/",
        "overview/",
        f"mail/in/{scene['mail'].pk}/",
        "settings/staff/",
        f"open/{organization}/",
        "search/?q=factura",
    ]


@pytest.mark.parametrize(
    ("size", "theme", "language"), [(DESK, "light", "es"), (PHONE, "dark", "en")], ids=["desk", "phone"]
)
def test_every_page_is_accessible_and_fits(sign_in, live_server, owner, scene, size, theme, language):
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for path in paths(scene):
        response = page.goto(f"{live_server.url}/{language}/desk/{path}")
        assert response.status == 200, path
        problems = [
            f"{path}: {found['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for found in Axe().run(page, options=AXE).response["violations"]
            for node in found["nodes"]
        ]
        assert not problems, "\n".join(problems)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (
            f"{path} is wider than the screen"
        )


def test_twenty_five_rows_fit_on_a_desk(sign_in, live_server, agent, scene):
    page = sign_in(agent, live_server.url)
    page.goto(f"{live_server.url}/es/desk/queue/")
    boxes = page.locator(".queue > li").evaluate_all("rows => rows.map(row => row.getBoundingClientRect())")
    assert all(box["height"] <= 40 for box in boxes)
    assert sum(box["bottom"] <= DESK["height"] for box in boxes) >= 25


def test_the_line_without_a_mouse_shows_each_case_beside_it(sign_in, live_server, agent, scene):
    page = sign_in(agent, live_server.url)
    page.goto(f"{live_server.url}/es/desk/queue/")
    page.keyboard.press("j")
    second = page.locator(".queue > li").nth(1).get_attribute("data-number")
    page.wait_for_selector(f'#rail [data-number="{second}"]')
    assert (
        "Por qué está en el lugar 2" in page.locator("#rail").inner_text()
        or page.get_by_text("Por qué está en el lugar 2").count()
    )
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{second}/")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/desk/queue/")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/*/")
    assert Ticket.objects.filter(assignee=agent).exists()


def leave(page):
    """Escape closes the dialog; the browser does so a moment later."""
    page.keyboard.press("Escape")
    page.wait_for_selector("#action:not([open])", state="attached")


def test_a_case_is_worked_by_keys_alone(sign_in, live_server, agent, scene):
    page, case = sign_in(agent, live_server.url), scene["case"]
    page.goto(f"{live_server.url}/es/desk/cases/{case.number}/")
    page.keyboard.press("n")
    page.keyboard.type("Llamar mañana")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".message--note:has-text('Llamar mañana')")
    page.keyboard.press("a")
    page.wait_for_selector("#action[open] select")
    leave(page)
    page.keyboard.press("w")
    page.wait_for_selector("#action[open] .card")
    assert "Por cotizar" in page.locator("#action").inner_text()
    leave(page)
    page.keyboard.press("e")
    page.wait_for_selector(".toast:has-text('resuelto')")
    page.get_by_role("button", name="Deshacer").click()
    page.wait_for_selector(".toast:has-text('abierto de nuevo')")
    case.refresh_from_db()
    assert case.status == "open"


def test_an_action_opened_right_after_another_was_left_keeps_its_form(sign_in, live_server, agent, scene):
    page, case = sign_in(agent, live_server.url), scene["case"]
    page.goto(f"{live_server.url}/es/desk/cases/{case.number}/")
    page.keyboard.press("a")
    page.wait_for_selector("#action[open] select")
    page.evaluate(
        "document.getElementById('action').close();"
        "document.querySelector('#action select')"
        ".dispatchEvent(new KeyboardEvent('keydown', {key: 'w', bubbles: true}))"
    )  # at once, while the field it was left from still has the focus
    page.wait_for_selector("#action[open] .card")
    late = "document.getElementById('action').dispatchEvent(new Event('close'))"
    page.evaluate(late)
    assert "Por cotizar" in page.locator("#action").inner_text()
    leave(page)
    page.wait_for_selector("#action .card", state="detached")


def test_what_a_dialog_refuses_stays_in_it_with_what_was_typed(sign_in, live_server, agent, scene):
    page, case = sign_in(agent, live_server.url), scene["case"]
    page.goto(f"{live_server.url}/es/desk/cases/{case.number}/")
    page.locator(".toolbar summary", has_text="Más").click()
    page.get_by_role("link", name="Unir con otro caso…").click()
    page.fill("#action input[name=into]", "99999")
    page.get_by_role("button", name="Unir", exact=True).click()
    page.wait_for_selector("#action .error-summary")
    assert page.input_value("#action input[name=into]") == "99999"
    page.get_by_role("link", name="Cancelar").click()
    assert not page.locator("#action[open]").count()
    assert page.url.endswith(f"/cases/{case.number}/")


def test_the_line_keeps_itself_current_and_never_jumps_under_the_pointer(
    sign_in, live_server, agent, scene, now
):
    page = sign_in(agent, live_server.url)
    page.add_init_script(
        "const wait = window.setInterval; window.setInterval = (run, time) => wait(run, time === 6000 ? 300 : time);"
    )
    page.goto(f"{live_server.url}/es/desk/queue/")
    order = "[...document.querySelectorAll('.queue > li')].map(row => row.dataset.number).join()"
    before = page.evaluate(order)
    last = page.locator(".queue > li").last
    page.locator(".queue > li").nth(5).hover()
    urgent = Ticket.objects.get(number=last.get_attribute("data-number"))
    set_severity(ticket=urgent, severity=2, actor=agent, now=now)
    Ticket.objects.filter(pk=urgent.pk).update(place_group=0)
    page.wait_for_selector(".queue__news button")
    assert page.evaluate(order) == before
    page.mouse.move(40, 500)
    page.wait_for_function(f"document.querySelector('.queue > li').dataset.number === '{urgent.number}'")
    assert not page.locator(".queue__news").count()


def test_opening_a_case_by_phone_says_what_it_uses_as_one_chooses(sign_in, live_server, agent, scene):
    page = sign_in(agent, live_server.url)
    page.goto(f"{live_server.url}/es/desk/open/")
    page.keyboard.type("ceibita")
    page.get_by_role("link", name="Pulpería La Ceibita").click()
    page.select_option("select[name=work_type]", label="Sesión guiada")
    page.wait_for_selector("#preview:has-text('usa 2')")
    page.fill("input[name=subject]", "Capacitación del cajero nuevo")
    page.fill("textarea[name=text]", "Llaman para agendarla.")
    page.get_by_role("button", name="Abrir el caso").click()
    page.wait_for_url("**/cases/*/")
    assert "Capacitación del cajero nuevo" in page.locator("h1").inner_text()


def test_without_scripts_everything_still_works(browser, live_server, agent, scene):
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(agent)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/es/desk/queue/")
    page.get_by_role("button", name="Siguiente caso").first.click()
    page.get_by_role("link", name="Clasificar").click()
    page.get_by_role("radio", name="No sé cómo hacerlo").check()
    page.get_by_role("button", name="Clasificar").click()
    page.fill("textarea[name=body]", "Se hace desde Inventario › Conteos.")
    page.get_by_role("button", name="Enviar").click()
    assert "Se hace desde Inventario" in page.locator(".conversation").inner_text()
    context.close()
