"""Two agents at one case: drafts, who is there, and the warning before an answer crosses another."""

from datetime import timedelta

import pytest
from django.urls import reverse

from vigente.tickets.models import Draft, Message
from vigente.tickets.services import drafts
from vigente.tickets.services.conversation import reply
from vigente.workspace.tests.conftest import Desk, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(shop, now):
    return shop.ticket(now)


@pytest.fixture
def beto(colleague):
    return Desk(colleague)


def test_what_is_typed_lies_in_the_composer_wherever_one_comes_back(ana, beto, case):
    assert ana.post("case_draft", case.number, kind="note", body="A medias").status_code == 204
    assert ana.get("case", case.number).context["form"]["body"].value() == "A medias"
    assert "Sigue su borrador" in words(ana.get("case", case.number))
    page = words(beto.get("case", case.number))
    assert "A medias" not in page
    assert "Ana Robleto: con un borrador sin enviar" in page
    assert ana.post("case_draft", case.number, body="x\0").status_code == 422


def test_sending_ends_the_draft(ana, case):
    ana.post("case_draft", case.number, kind="reply", body="Hola")
    ana.post("write", case.number, kind="reply", body="Hola")
    assert not Draft.objects.exists()


def test_who_else_is_there(ana, beto, agent, case, now):
    assert ana.post("case_presence", case.number).json()["here"] == ""
    assert beto.post("case_presence", case.number).json()["here"] == "Ana Robleto"
    drafts.save_draft(ticket=case, author=agent, kind="reply", body="Hola", now=now)
    assert beto.post("case_presence", case.number).json()["typing"] == "Ana Robleto"


def test_an_answer_that_crosses_another_is_shown_it_first(ana, beto, colleague, case, now):
    seen = case.messages.get().pk
    said = reply(
        ticket=case, author=colleague, text="Ya le respondí", channel="web", status_after="open", now=now
    )
    news = ana.post("case_presence", case.number, latest=seen).json()
    assert (news["replied"], news["show"].rpartition("#")[2]) == ("Beto Salas", f"m{said.pk}")
    response = ana.post("write", case.number, kind="reply", body="Mi respuesta", latest=seen)
    assert response.status_code == 422
    assert "Beto Salas respondió mientras usted escribía" in words(response)
    assert response.context["form"]["body"].value() == "Mi respuesta"
    latest = response.context["form"]["latest"].value()
    assert ana.post("write", case.number, kind="reply", body="Mi respuesta", latest=latest).status_code == 302
    assert Message.objects.filter(text="Mi respuesta").count() == 1


def test_a_note_crosses_nothing(ana, colleague, case, now):
    seen = case.messages.get().pk
    reply(ticket=case, author=colleague, text="Ya", channel="web", now=now)
    assert ana.post("write", case.number, kind="note", body="Nota", latest=seen).status_code == 302


@pytest.mark.parametrize("latest", ["", "x", "-1", "9" * 40])
def test_an_odd_number_of_the_latest_message_harms_nothing(ana, case, latest):
    assert ana.post("case_presence", case.number, latest=latest).json()["replied"] == ""


def test_a_reply_is_taken_back_into_the_composer(ana, beto, case, now, clock):
    response = ana.post("write", case.number, kind="reply", body="Reinicie", after="solved")
    said = Message.objects.get(text="Reinicie")
    assert (
        reverse("workspace:message_unsending", args=[said.pk])
        in ana.client.get(response.url).content.decode()
    )
    assert beto.post("message_unsending", said.pk).status_code == 302
    assert Message.objects.filter(pk=said.pk).exists()
    assert ana.post("message_unsending", said.pk).url.endswith(f"/cases/{case.number}/#composer")
    page = ana.get("case", case.number)
    assert page.context["form"]["body"].value() == "Reinicie"
    case.refresh_from_db()
    assert (case.status, case.assignee) == ("new", None)


def test_after_ten_seconds_it_is_sent(ana, case, now, clock):
    ana.post("write", case.number, kind="reply", body="Reinicie")
    said = Message.objects.get(text="Reinicie")
    clock.move_to(now + timedelta(seconds=10))
    assert "Ya pasó el plazo" in words(ana.client.get(ana.post("message_unsending", said.pk).url))
    assert Message.objects.filter(pk=said.pk).exists()
