"""Changing, deleting and pinning messages at the desk, and what each then reads."""

import pytest
from django.test import Client
from django.urls import reverse

from vigente.tickets.files import File
from vigente.tickets.services.conversation import reply
from vigente.workspace.tests.conftest import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def said(shop, agent, now):
    files = (File("clave.txt", b"secreta"),)
    return reply(
        ticket=shop.ticket(now), author=agent, text="La clave es 1234", channel="web", files=files, now=now
    )


def portal_page(shop, said):
    client = Client()
    client.force_login(shop.manager)
    return words(client.get(reverse("portal:ticket", args=[said.ticket.number])))


def test_an_edited_message_says_so_to_everybody(ana, sofia, shop, said):
    assert "La clave es 1234" in words(ana.get("message_edit", said.pk))
    assert ana.post("message_edit", said.pk, body="Va <b>aparte</b>").status_code == 302
    for page in (words(ana.get("case", said.ticket.number)), portal_page(shop, said)):
        assert "Va <b>aparte</b>" in page
        assert "editado" in page
        assert "1234" not in page
    assert "La clave es 1234" in words(sofia.get("message_versions", said.pk))
    assert ana.get("message_versions", said.pk).status_code == 403


def test_a_deleted_message_leaves_a_trace(ana, sofia, shop, said):
    token = said.attachments.get().token
    assert ana.post("message_deletion", said.pk).status_code == 302
    for page in (words(ana.get("case", said.ticket.number)), portal_page(shop, said)):
        assert "Este mensaje se borró" in page
        assert "1234" not in page
        assert "clave.txt" not in page
    assert ana.get("file", token).status_code == 404
    assert sofia.get("file", token).status_code == 200
    assert "clave.txt" in words(sofia.get("message_versions", said.pk))
    assert ana.post("message_deletion", said.pk).status_code == 422


def test_a_file_taken_out_leaves_its_name(ana, shop, said):
    ana.post("message_edit", said.pk, body=said.text, without=[said.attachments.get().pk])
    for page in (words(ana.get("case", said.ticket.number)), portal_page(shop, said)):
        assert "Archivo borrado: clave.txt" in page
    assert ana.post("message_edit", said.pk, body=" ").status_code == 422


def test_somebody_elses_message_offers_no_change(ana, shop, said, colleague, client):
    client.force_login(colleague)
    page = client.get(reverse("workspace:case", args=[said.ticket.number])).content.decode()
    assert reverse("workspace:message_edit", args=[said.pk]) not in page
    assert reverse("workspace:message_pinning", args=[said.pk]) in page


def test_a_pinned_message_stands_on_top(ana, shop, said):
    ana.post("message_pinning", said.pk)
    page = words(ana.get("case", said.ticket.number))
    assert page.index("Fijados") < page.index("La clave es 1234")
    assert "Fijados" not in portal_page(shop, said)
    ana.post("message_unpinning", said.pk)
    assert "Fijados" not in words(ana.get("case", said.ticket.number))
