"""Accounts from outside: nobody learns who has one, nobody is let in by somebody else's link, host or session."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import hashers
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from vigente.accounts.models import User
from vigente.factories import make_user

NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
PASSWORD = "una-clave-larga-9"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def alice():
    user = make_user("Alicia", email="alicia@clavo.test")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email, password, **headers):
    return client.post("/es/account/login/", {"login": email, "password": password}, **headers)


def words(response):
    return re.sub(r"<[^>]+>|csrf\S+|nonce\S+", " ", response.content.decode()).replace("nadie@clavo.test", "X").replace(
        "alicia@clavo.test", "X"
    )  # fmt: skip


def test_sign_in_says_the_same_with_and_without_an_account(alice):
    wrong, nobody = (sign_in(Client(), email, "no-es-esta-9") for email in (alice.email, "nadie@clavo.test"))
    assert wrong.status_code == nobody.status_code
    assert words(wrong).split() == words(nobody).split()


def test_sign_in_costs_the_same_with_and_without_an_account(alice, monkeypatch):
    """A password is hashed for somebody unknown too: the time tells nothing."""
    hashed = []
    whole = hashers.pbkdf2
    monkeypatch.setattr(hashers, "pbkdf2", lambda *args, **more: hashed.append(1) or whole(*args, **more))
    counts = []
    for email in (alice.email, "nadie@clavo.test"):
        hashed.clear()
        sign_in(Client(), email, "no-es-esta-9")
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("page", ["password/reset", "signup"])
def test_reset_and_sign_up_say_the_same_with_and_without_an_account(page, alice):
    said = []
    for email in (alice.email, "nadie@clavo.test"):
        client = Client()
        form = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
        response = client.post(f"/es/account/{page}/", form, follow=True)
        said.append((response.status_code, response.redirect_chain, words(response).split()))
        cache.clear()
    assert said[0] == said[1]


def test_guessing_a_password_is_slowed_down_for_the_account_and_for_the_address(alice):
    client = Client()
    for _ in range(12):
        sign_in(client, alice.email, "no-es-esta-9")
    assert sign_in(client, alice.email, PASSWORD).status_code in (200, 429)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000@evil.example", "evil.example:80"])
def test_a_strange_host_is_refused(host, alice):
    for path in ("/es/account/password/reset/", "/es/", "/api/v1/openapi.json", "/healthz"):
        assert Client(raise_request_exception=False).get(path, HTTP_HOST=host).status_code == 400, path
    Client(raise_request_exception=False).post(
        "/es/account/password/reset/", {"email": alice.email}, HTTP_HOST=host
    )
    assert not mail.outbox


@pytest.mark.parametrize("headers", [{"HTTP_HOST": "localhost"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}])
def test_links_in_account_mails_lead_to_our_own_address_whatever_host_was_asked(alice, headers):
    for email in (alice.email, "nadie@clavo.test"):
        Client().post("/es/account/password/reset/", {"email": email}, **headers)
    assert mail.outbox
    for letter in mail.outbox:
        for body in (letter.body, *(content for content, _ in letter.alternatives)):
            for address in re.findall(r"https?://[^\s\"'<>]+", body):
                assert address.startswith(settings.BASE_URL + "/"), address


def test_a_new_owner_of_a_session_gets_a_new_one(alice):
    """Session fixation: what somebody had before signing in is worth nothing afterwards."""
    client = Client()
    client.get("/es/account/login/")
    client.session["planted"] = 1
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    response = sign_in(client, alice.email, PASSWORD)
    assert response.status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_and_out_leads_nowhere_else(alice, target):
    client = Client()
    response = client.post("/es/account/login/", {"login": alice.email, "password": PASSWORD, "next": target})
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]
    response = client.post("/es/account/logout/", {"next": target})
    assert "evil" not in response["Location"]
    response = Client().post("/i18n/setlang/", {"language": "en", "next": target})
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


def test_a_reset_link_works_once(alice):
    client = Client()
    client.post("/es/account/password/reset/", {"email": alice.email})
    link = re.search(r"https?://\S+/password/reset/key/\S+", mail.outbox[-1].body)[0]
    path = link.removeprefix(settings.BASE_URL)
    for attempt, password in enumerate(("clave-nueva-77", "clave-robada-88")):
        browser = Client()
        page = browser.get(path, follow=True)
        if page.redirect_chain:
            browser.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})
        alice.refresh_from_db()
        assert alice.check_password("clave-nueva-77"), attempt


def test_changing_ones_address_needs_proof_before_it_counts(alice):
    """Whoever says an address is theirs has nothing of it until its mailbox says so too."""
    client = Client()
    client.force_login(alice)
    with time_machine.travel(NOW, tick=False):
        client.post(reverse("account_email"), {"action_add": "1", "email": "victima@otra.test"})
        client.post(reverse("account_email"), {"action_primary": "1", "email": "victima@otra.test"})
    alice.refresh_from_db()
    assert alice.email == "alicia@clavo.test"


def test_somebody_who_signed_up_without_proof_is_not_let_in():
    client = Client()
    client.post(
        "/es/account/signup/", {"email": "victima@otra.test", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert "_auth_user_id" not in client.session
    sign_in(client, "victima@otra.test", PASSWORD)
    assert client.get("/es/tickets/").status_code == 302
    assert client.get(f"/es/held/x{timedelta.max.days}/").status_code == 404
    assert not EmailAddress.objects.filter(email="victima@otra.test", verified=True).exists()


def test_nobody_makes_themselves_staff(alice):
    """Mass assignment: fields that a form does not have change nothing."""
    client = Client()
    client.force_login(alice)
    sent = {"name": "A", "language": "es", "time_zone": "America/Managua", "role": "owner", "email": "x@y.test",
            "is_active": "", "is_superuser": "1", "user": "1"}  # fmt: skip
    client.post("/es/profile/", sent)
    new = {"email": "n@y.test", "password1": PASSWORD, "password2": PASSWORD, "role": "owner"}
    Client().post("/es/account/signup/", new)
    assert set(User.objects.values_list("role", flat=True)) == {"customer"}
    alice.refresh_from_db()
    assert alice.email == "alicia@clavo.test"
