"""`/ui` and the pages of errors: who sees them, in both languages, under the strict policy."""

import pytest
from django.conf import settings
from django.test import Client

from vigente.accounts.models import User
from vigente.installation.models import Installation

EXAMPLES = ["home", "ask", "customer-case", "plans", "queue", "case"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def demo():
    return Installation.objects.create(id=1, is_demo=True, vendor_name="Sisnorte")


@pytest.mark.parametrize("language", ["es", "en"])
def test_everything_is_shown_on_a_demonstration(client: Client, demo, language):
    response = client.get(f"/{language}/ui/")
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_page(client: Client, demo, name):
    assert client.get(f"/es/ui/examples/{name}/").status_code == 200


def test_an_example_that_does_not_exist(client: Client, demo):
    assert client.get("/es/ui/examples/nothing/").status_code == 404


def test_customers_of_a_real_vendor_do_not_see_the_workshop(client: Client):
    assert client.get("/es/ui/").status_code == 404
    client.force_login(User.objects.create_user("rosa@elclavo.example", "x"))
    assert client.get("/es/ui/").status_code == 404
    assert client.get("/es/ui/examples/queue/").status_code == 404


def test_staff_see_it(client: Client):
    client.force_login(User.objects.create_user("ana@sisnorte.example", "x", role="agent"))
    assert client.get("/es/ui/").status_code == 200


def test_the_policy_allows_no_inline_code(client: Client, demo):
    policy = client.get("/es/ui/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy


def test_a_missing_page_offers_a_search(client: Client):
    html = client.get("/es/nada/").content.decode()
    assert 'role="search"' in html
    assert "No encontramos esta página" in html


def test_every_page_names_its_translations(client: Client, demo):
    html = client.get("/es/ui/").content.decode()
    assert f'hreflang="en" href="{settings.BASE_URL}/en/ui/"' in html
    assert f'hreflang="es" href="{settings.BASE_URL}/es/ui/"' in html


def test_the_chosen_theme_is_painted_by_the_server(client: Client, demo):
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get("/es/ui/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="system"' in client.get("/es/ui/").content.decode()
