"""Whoever needs a second step is led to it, on every page and at once; programs and everybody else are not."""

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator

from vigente.accounts.models import AuditEntry, Role
from vigente.accounts.second_factor import require_for
from vigente.accounts.services import issue_token
from vigente.factories import make_user
from vigente.installation.models import Installation

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
PAGE = "/es/account/second-factor/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("Olga", role=Role.OWNER)


@pytest.fixture
def agent():
    return make_user("Ana", role=Role.AGENT)


@pytest.fixture(autouse=True)
def _required(owner):
    require_for(roles=["agent", "nonsense"], actor=owner, now=NOW)


def test_it_is_kept_and_written_down(owner):
    assert Installation.current().second_factor_roles == ["agent"]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.before, entry.after) == (owner, {"roles": []}, {"roles": ["agent"]})
    require_for(roles=["agent"], actor=owner, now=NOW)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("url", ["/es/desk/queue/", "/es/desk/next/", "/es/"])
def test_who_lacks_it_is_led_there_from_everywhere(client, agent, url, method):
    client.force_login(agent)
    response = getattr(client, method)(url)
    assert (response.status_code, response.url) == (302, PAGE)
    assert client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == PAGE


def test_the_way_there_stays_open(client, agent):
    client.force_login(agent)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "/es/account/2fa/totp/activate/" in page.content.decode()
    assert client.get("/es/account/2fa/").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.post("/es/account/logout/").status_code == 302


@pytest.mark.parametrize(("kind", "let_in"), [("totp", 200), ("webauthn", 200), ("recovery_codes", 302)])
def test_who_has_an_app_or_a_key_goes_on(client, agent, kind, let_in):
    Authenticator.objects.create(user=agent, type=kind, data={})
    client.force_login(agent)
    assert client.get("/es/desk/queue/").status_code == let_in


def test_other_roles_and_programs_are_not_asked(client, owner, agent):
    _token, secret = issue_token(name="x", user=agent, scopes=["tickets:read"], now=NOW)
    answer = client.get("/api/v1/tickets", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    client.force_login(owner)
    assert client.get("/es/desk/queue/").status_code == 200


def test_an_owner_chooses_the_roles_and_is_led_there_too(client, owner):
    client.force_login(owner)
    page = client.get("/es/desk/settings/security/").content.decode()
    assert "Del equipo, 1 persona todavía no lo tiene." in page
    assert client.post("/es/desk/settings/security/", {"roles": ["owner"]}).status_code == 302
    assert client.get("/es/desk/settings/").url == PAGE
