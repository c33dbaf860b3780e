"""The editor of conditions with the keyboard alone."""

import json

import pytest

from vigente.installation.models import Installation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(page, live_server):
    Installation.objects.update_or_create(id=1, defaults={"is_demo": True, "vendor_name": "Sisnorte"})
    page.goto(f"{live_server.url}/es/ui/")
    page.locator("#condiciones [data-group]").first.wait_for()
    return page.locator("#condiciones [data-conditions]")


def kept(editor, n):
    return json.loads(editor.nth(n).locator("[data-condition-value]").input_value())


def test_built_without_a_mouse(page, editor):
    editor.nth(0).get_by_role("button", name="Condición").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Estado")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent").strip().startswith("Valores: Nuevo")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("Se acept")
    page.keyboard.press("Tab")
    page.keyboard.type("hace al")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type("d")
    assert kept(editor, 0) == {
        "all": [
            {"field": "status", "op": "any_of", "value": ["new"]},
            {"field": "accepted_at", "op": "longer_ago", "value": 4320},
        ]
    }


def test_groups_come_and_go(page, editor):
    before = kept(editor, 1)
    box = editor.nth(1)
    box.get_by_role("button", name="Agregar grupo").last.click()
    box.get_by_label("Cuántas deben cumplirse").first.select_option("any")
    assert kept(editor, 1)["any"][:3] == before["all"]
    box.get_by_role("button", name="Quitar grupo").last.click()
    box.get_by_label("Cuántas deben cumplirse").first.select_option("all")
    box.get_by_role("button", name="Quitar condición").first.click()
    assert page.evaluate("document.activeElement.matches('[data-field]')")
    assert len(kept(editor, 1)["all"]) in (2, 3)


def test_many_choices_are_searched(page, editor):
    pick = editor.nth(1).locator(".pick").last
    pick.locator("summary").click()
    pick.get_by_label("Buscar entre los valores").fill("plan 12")
    pick.get_by_label("Plan 12").check()
    assert "Plan 1, Plan 12" in pick.locator("summary").inner_text()
    page.keyboard.press("Escape")
    assert not pick.get_attribute("open")


def test_what_is_wrong_is_marked(page, editor):
    row = editor.nth(2).locator(".condition").first
    assert row.get_by_label("Texto").get_attribute("aria-invalid") == "true"
