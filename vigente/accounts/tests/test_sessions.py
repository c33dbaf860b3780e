"""Signing in is written down, whatever came of it; a session can be ended at once."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from vigente.accounts.models import AuditEntry, Role, UserSession
from vigente.factories import make_user

PASSWORD = "una-frase-bastante-larga"
LOGIN = "/es/account/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def person(name="Ana", **given):
    user = make_user(name, **given)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user, password=PASSWORD, address="203.0.113.7"):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT="Firefox\x00 de Ana")
    return client, client.post(LOGIN, {"login": user.email, "password": password})


def told():
    return [(row.kind, row.data.get("why", "")) for row in AuditEntry.objects.order_by("id")]


def test_who_signs_in_is_written_down_with_a_session():
    ana = person()
    client, response = sign_in(ana)
    assert response.status_code == 302
    entry, session = AuditEntry.objects.get(), UserSession.objects.get()
    assert (entry.kind, entry.actor, entry.address, entry.channel) == (
        "sign_in.succeeded", ana, "203.0.113.7", "account",
    )  # fmt: skip
    assert entry.data["ways"] == ["password"]
    assert (session.user, session.address, session.key) == (ana, "203.0.113.7", client.session.session_key)


def test_who_could_not_is_written_down_and_never_the_password():
    ana = person()
    sign_in(ana, "equivocada-del-todo")
    nobody = make_user("Nadie")
    email = nobody.email
    nobody.delete()
    nobody.email = email
    sign_in(nobody)
    assert told() == [("sign_in.failed", "password")] * 2
    first, second = AuditEntry.objects.order_by("id")
    assert (first.subject, first.label, first.actor) == (f"user:{ana.pk}", ana.email, None)
    assert second.subject == f"address:{email}"
    assert "equivocada" not in str(list(AuditEntry.objects.values()))
    assert not UserSession.objects.exists()


def test_an_account_that_was_shut_says_so_in_the_log():
    ana = person(is_active=False)
    sign_in(ana)
    assert told() == [("sign_in.failed", "inactive")]


def test_too_many_tries_do_not_fill_the_log():
    ana = person()
    for _ in range(20):
        sign_in(ana, "equivocada-del-todo")
    kinds = told()
    assert kinds.count(("sign_in.failed", "too_many")) <= 1
    assert len(kinds) < 15


def test_one_ends_ones_other_session_and_it_is_over_at_once():
    ana = person()
    here, _ = sign_in(ana)
    there, _ = sign_in(ana, address="198.51.100.9")
    page = here.get("/es/account/sessions/").content.decode()
    assert "198.51.100.9" in page
    other = UserSession.objects.get(address="198.51.100.9")
    assert there.get("/es/account/sessions/").status_code == 200
    here.post(f"/es/account/sessions/{other.pk}/end/")
    assert there.get("/es/account/sessions/").status_code == 302
    assert here.get("/es/account/sessions/").status_code == 200
    assert told()[-1] == ("sign_in.ended", "")


def test_nobody_ends_anothers_but_an_owner_does():
    ana, owner = person(), person("Olga", role=Role.OWNER)
    hers, _ = sign_in(ana)
    session = UserSession.objects.get()
    beto, _ = sign_in(person("Beto"))
    assert beto.post(f"/es/account/sessions/{session.pk}/end/").status_code == 404
    desk, _ = sign_in(owner)
    assert ana.email in desk.get("/es/desk/settings/sessions/").content.decode()
    assert desk.get("/es/desk/settings/sessions/?q=nadie-asi").status_code == 200
    desk.post(f"/es/desk/settings/sessions/{session.pk}/end/")
    assert hers.get("/es/account/sessions/").status_code == 302


def test_a_new_password_ends_the_others_and_keeps_this_one_in_the_list():
    ana = person()
    here, _ = sign_in(ana)
    sign_in(ana, address="198.51.100.9")
    new = "otra-frase-igual-de-larga"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/es/account/password/change/", sent).status_code == 302
    session = UserSession.objects.get()
    assert session.key == here.session.session_key
    assert here.get("/es/account/sessions/").status_code == 200
    assert told()[-1][0] == "person.password_changed"


def test_sessions_that_are_over_are_forgotten():
    ana = person()
    client, _ = sign_in(ana)
    client.post("/es/account/logout/")
    sign_in(ana)
    assert UserSession.objects.count() == 1
