"""A list put in order by hand, in a real browser: dragged, with the keyboard, with its buttons; sent once."""

import pytest

from vigente.installation.models import Installation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(page, live_server):
    Installation.objects.update_or_create(id=1, defaults={"is_demo": True, "vendor_name": "Sisnorte"})
    orders = []

    def take(route):
        if route.request.method != "POST":
            return route.continue_()
        text = route.request.post_data or ""
        orders.append([line for line in text.splitlines() if line in {"1", "2", "3"}])
        return route.fulfill(status=204)

    page.route("**/ui/", take)
    page.goto(f"{live_server.url}/es/ui/")
    return orders


def names(page):
    return page.locator(".sortable__body").all_inner_texts()


def test_with_alt_and_the_arrows(page, sent):
    page.get_by_role("button", name="Mover Urgente con Alt y las flechas").focus()
    with page.expect_request(lambda request: request.method == "POST"):
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowDown")
        assert names(page) == ["Para hoy", "Cuando se pueda", "Urgente"]
        assert page.locator("[data-sortable-said]").inner_text() == "Urgente: lugar 3 de 3"
    page.wait_for_timeout(50)
    assert sent == [["2", "3", "1"]]
    assert page.evaluate("document.activeElement.closest('li').dataset.name") == "Urgente"


def test_with_a_button_and_by_dragging(page, sent):
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Subir Cuando se pueda").click()
    assert names(page) == ["Urgente", "Cuando se pueda", "Para hoy"]
    with page.expect_request(lambda request: request.method == "POST"):
        handle = page.get_by_role("button", name="Mover Para hoy con Alt y las flechas")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + 10, box["y"] - 40, steps=8)
        page.mouse.move(box["x"] + 10, box["y"] - 90, steps=8)
        page.mouse.up()
    page.wait_for_timeout(50)
    assert names(page) == ["Para hoy", "Urgente", "Cuando se pueda"]
    assert sent == [["1", "3", "2"], ["2", "1", "3"]]
