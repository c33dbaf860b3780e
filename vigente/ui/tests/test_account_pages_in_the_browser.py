"""The pages of signing in and of one's account look like the rest and are as accessible, in both themes."""

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe

from vigente.accounts.models import User

OUTSIDE = ["account/login/", "account/password/reset/", "account/signup/", "there-is-nothing-here/"]
INSIDE = [
    "account/email/",
    "account/password/change/",
    "account/2fa/",
    "account/2fa/totp/activate/",
    "account/logout/",
]
pytestmark = pytest.mark.django_db(transaction=True)


def problems(page, address: str) -> list[str]:
    page.goto(address)
    violations = Axe().run(page).response["violations"]
    return [f"{found['id']}: {node['target']}" for found in violations for node in found["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_way_in_is_accessible(page, live_server, theme):
    page.emulate_media(color_scheme=theme)
    for path in OUTSIDE:
        assert not problems(page, f"{live_server.url}/es/{path}"), path
        assert page.locator(".wordmark").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_account_pages_are_accessible(page, live_server, sign_in, theme):
    user = User.objects.create_user("rosa@elclavo.example", "clave-larga-1", name="Rosa Membreño")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page.emulate_media(color_scheme=theme)
    sign_in(user, live_server.url)
    for path in INSIDE:
        assert not problems(page, f"{live_server.url}/es/{path}"), path


def test_a_wrong_password_is_said_on_top_and_the_address_stays(page, live_server):
    page.goto(f"{live_server.url}/es/account/login/")
    page.get_by_label("Correo electrónico").fill("rosa@elclavo.example")
    page.get_by_label("Contraseña").fill("no-es-esta")
    page.get_by_role("button", name="Entrar", exact=True).click()
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("Correo electrónico").input_value() == "rosa@elclavo.example"
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
