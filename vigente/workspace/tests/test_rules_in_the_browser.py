"""Rules, announcements and the way to plans in a real browser: accessible, by keyboard, without scripts."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from vigente.billing.models import Announcement, RulebookDraft, RulebookVersion
from vigente.billing.services import announcements, rulebooks
from vigente.billing.services.csv_import_runs import begin
from vigente.factories import make_customer, make_version
from vigente.rules.rulebook import Rulebook
from vigente.ui.rulebook_announced import written

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
TABLE = "organizacion,licencia,edicion\n" + "".join(f"Org {n},K-{n},WEB\n" for n in range(250))


@pytest.fixture
def clock():
    """The server thread reads the real clock: the browser would not understand a frozen one."""


@pytest.fixture
def now():
    from vigente.installation.clock import vendor_now

    return vendor_now() - timedelta(minutes=5)


@pytest.fixture
def scene(owner, now):
    """Half way: some customers, a date, a draft, an announcement, an import not begun."""
    version = make_version(name="Avance")
    for n in range(3):
        make_customer(f"Ferretería {n}", now=now - timedelta(days=n + 1), version=version, plan=n > 0)
    after = Rulebook(plans_required_from=now + timedelta(days=40), notice_days=5)
    row = rulebooks.publish(rulebook=after, effective_from=now, actor=owner, now=now)
    rulebooks.save_draft(rulebook=Rulebook(), name="Otra idea", actor=owner, now=now)
    titles, texts = written(Rulebook(), after, now)
    announcements.prepare(
        before=Rulebook(), after=after, effective_from=now, titles=titles, texts=texts, actor=owner, now=now,
        version=row,
    )  # fmt: skip
    return begin(text=TABLE, name="clientes.csv", actor=owner, now=now)


def paths(run):
    announcement = Announcement.objects.get().pk
    draft = RulebookDraft.objects.get().pk
    return [
        "rules/", f"rules/new/?draft={draft}", "rules/import/", f"announcements/{announcement}/",
        f"announcements/{announcement}/preview/", "switch/", "switch/customers/", "switch/legacy/", "switch/date/",
        "switch/uncovered/", "switch/announcement/", "switch/adoption/",
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_is_accessible_and_fits(scene, owner, live_server, sign_in, size, scheme):
    page = sign_in(owner, live_server.url)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    problems = []
    for path in paths(scene):
        page.goto(f"{live_server.url}/es/desk/{path}")
        found = Axe().run(page, options=AXE)
        problems += [f"{path}: {v['id']} {v['nodes'][0]['html'][:200]}" for v in found.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{path}: wider than the screen")
    assert not problems, "\n".join(problems)


def test_a_value_is_changed_inside_its_sentence_by_keyboard_and_published(owner, live_server, sign_in):
    page = sign_in(owner, live_server.url)
    page.goto(f"{live_server.url}/es/desk/rules/")
    status = page.locator(".rulebar [data-count]")
    assert "Nada distinto" in status.inner_text()
    page.focus("#id_notice_days")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("5")
    page.wait_for_function(
        "document.querySelector('.rulebar [data-count]').textContent.startsWith('1 regla')"
    )
    page.keyboard.press("Enter")
    page.wait_for_selector("#difference")
    assert "avisar al menos 5 días antes" in page.inner_text("#difference")
    page.focus("button[name=publish]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/rules/")
    assert RulebookVersion.objects.get().data["notice_days"] == 5


def test_without_scripts_everything_can_be_done(owner, live_server, browser, sign_in, page):
    context = browser.new_context(java_script_enabled=False, locale="es-NI")
    context.add_cookies(sign_in(owner, live_server.url).context.cookies())
    plain = context.new_page()
    plain.goto(f"{live_server.url}/es/desk/rules/")
    plain.click("button[name=add_discount]")
    plain.fill("#id_discounts-1-percent", "12.5")
    plain.fill("#id_discounts-1-coupon", "VERANO")
    plain.click(".rulebar button[name=see]")
    assert "con el cupón VERANO" in plain.inner_text("#difference")
    plain.click("button[name=publish]")
    context.close()
    assert len(RulebookVersion.objects.get().data["discounts"]) == 2


def test_an_import_runs_on_by_itself_and_shows_how_far_it_is(scene, owner, live_server, sign_in):
    page = sign_in(owner, live_server.url)
    page.goto(f"{live_server.url}/es/desk/switch/customers/{scene.pk}/")
    page.click("text=Traer 250 filas")
    page.wait_for_selector("text=Terminada")
    assert "250 organizaciones nuevas, 250 licencias nuevas" in page.inner_text("#import")
