"""The audit log as owners read it: in words, narrowed, page by page, as a file."""

import pytest
from django.urls import reverse

from vigente.accounts.audit import note
from vigente.accounts.models.audit import Deed
from vigente.workspace.audit_words import families, says

pytestmark = pytest.mark.django_db
URL = "/es/desk/settings/audit/"


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def test_it_says_who_did_what_from_where(desk, shop, agent, now):
    ticket = shop.ticket(now)
    desk.post(reverse("workspace:taking", args=[ticket.number]), REMOTE_ADDR="203.0.113.7")
    page = desk.get(URL).content.decode()
    assert "Asignó un caso" in page
    assert f"Caso {ticket.number}" in page
    assert "203.0.113.7" in page
    assert "escritorio" in page


def test_it_is_narrowed_and_goes_on_page_by_page(desk, owner, agent, now):
    for n in range(60):
        note(Deed.TOKEN_ISSUED, subject=f"token:{n}", label=f"ficha {n}", actor=owner, now=now)
    note(Deed.TOKEN_ISSUED, subject="token:99", label="ficha ajena", actor=agent, now=now)
    first = desk.get(URL, {"person": owner.pk, "kind": "token"})
    assert "ficha 59" in first.content.decode()
    assert "ficha ajena" not in first.content.decode()
    second = desk.get(URL + first.context["more"]).content.decode()
    assert "ficha 0<" in second
    assert "ficha 59" not in second


@pytest.mark.parametrize("query", [
    "person=x", "person=99999999999999999999999", "kind=%27%3B", "first=31/31/31", "subject=..", "after=!!",
    "after=W10",
])  # fmt: skip
def test_a_filter_that_cannot_be_is_said_and_nothing_breaks(desk, query):
    assert desk.get(f"{URL}?{query}").status_code in (200, 422)


def test_the_file_runs_nothing_and_its_taking_is_written_down(desk, owner, now):
    note(Deed.TOKEN_ISSUED, subject="token:1", label="=HYPERLINK(1)", actor=owner, now=now)
    lines = b"".join(desk.get(URL, {"format": "csv"})).decode()
    assert "'=HYPERLINK(1)" in lines
    assert "Exportó una lista" in desk.get(URL).content.decode()


def test_words_for_what_has_them_and_every_deed_has(db):
    assert all(says(deed) for deed in Deed)
    assert says("not.known") == ""
    assert ("ticket", "Casos") in families()
