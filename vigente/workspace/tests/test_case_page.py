"""The case page and what is written in it: nothing typed is lost, nothing happens twice, nothing runs."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from vigente.events.models import Event
from vigente.factories import make_customer, publish
from vigente.tickets.files import File
from vigente.tickets.models import Message, Ticket
from vigente.tickets.services.conversation import add_note, reply
from vigente.tickets.services.work import assign
from vigente.workspace.tests.conftest import address, said, words

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def case(shop, now):
    return shop.ticket(now, subject="Diferencia en cierre de caja", text="El sábado no cuadró.")


def test_it_shows_conversation_coverage_place_and_people(ana, case, agent, shop, now):
    add_note(ticket=case, author=agent, text="Revisar devoluciones", now=now)
    seen = words(ana.get("case", case.number))
    assert "El sábado no cuadró." in seen
    assert "Revisar devoluciones" in seen
    assert "usa 1 · quedan 3" in seen
    assert "Por qué está en el lugar 1" in seen
    assert shop.manager.email in seen
    assert "Ferretería El Clavo" in seen


def test_a_reply_is_sent_takes_the_case_and_waits_for_the_customer(ana, agent, case):
    response = ana.post(
        "write", case.number, kind="reply", body="Ya lo vi, son dos devoluciones.", submission_key="k1"
    )
    case.refresh_from_db()
    message = case.messages.get(by_staff=True)
    assert response.url == f"{address('case', case.number)}#m{message.pk}"
    assert (case.status, case.assignee) == ("waiting_customer", agent)
    assert "Respuesta enviada." in said(response)


@pytest.mark.parametrize(
    ("after", "status"), [("solved", "solved"), ("open", "open"), ("waiting_third", "waiting_third")]
)
def test_what_becomes_of_the_case_is_chosen_with_the_reply(ana, case, after, status):
    ana.post("write", case.number, kind="reply", body="Listo.", after=after, submission_key="k")
    case.refresh_from_db()
    assert case.status == status


def test_the_same_reply_sent_twice_is_said_once(ana, case):
    for _ in range(2):
        ana.post("write", case.number, kind="reply", body="Una vez.", submission_key="same")
    assert case.messages.filter(by_staff=True).count() == 1


def test_a_note_is_a_note_and_moves_nothing(ana, case):
    ana.post("write", case.number, kind="note", body="Cliente enojado", after="solved", submission_key="n")
    case.refresh_from_db()
    assert case.messages.get(by_staff=True).kind == Message.Kind.NOTE
    assert case.status == "new"


def test_an_empty_reply_says_so_and_what_was_chosen_stays(ana, case):
    response = ana.post("write", case.number, kind="note", body="   ", submission_key="k")
    assert response.status_code == 422
    assert "Escriba algo antes de enviar." in words(response)
    assert re.search(r'value="note"[^>]* checked', response.content.decode())
    assert case.messages.count() == 1


@pytest.mark.parametrize("body", ["con\0nulo", "x" * 100_001, "\ud800"])
def test_bad_text_is_refused_in_words_and_kept(ana, case, body):
    response = ana.client.post(
        address("write", case.number),
        {
            "kind": "reply",
            "body": body.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            if "\ud800" in body
            else body,
            "submission_key": "k",
        },
    )
    if "\ud800" in body:
        assert response.status_code == 302  # the browser's broken character became a replacement mark
        return
    assert response.status_code == 422
    assert "caracteres" in words(response)
    assert body[:50].replace("\0", "") in response.content.decode().replace("\0", "")
    assert case.messages.count() == 1


def test_a_case_closed_meanwhile_refuses_the_reply_and_keeps_it(ana, case):
    Ticket.objects.filter(pk=case.pk).update(status="closed")
    response = ana.post("write", case.number, kind="reply", body="Tarde", submission_key="k")
    assert response.status_code == 422
    assert "cambió" in words(response)


def test_files_come_with_the_reply_and_a_program_is_refused(ana, case):
    def send(file):
        data = {"kind": "reply", "body": "Adjunto", "files": [file], "submission_key": file.name}
        return ana.client.post(address("write", case.number), data)

    assert send(SimpleUploadedFile("foto.png", PNG)).status_code == 302
    assert case.messages.get(by_staff=True).attachments.get().content_type == "image/png"
    refused = send(SimpleUploadedFile("virus.png", b"MZ" + b"\0" * 200))
    assert refused.status_code == 422
    assert "es un programa" in words(refused)


def test_too_many_and_too_large_files_are_refused_before_they_are_read(ana, case, settings):
    settings.ATTACHMENT_MAX_PER_MESSAGE, settings.ATTACHMENT_MAX_BYTES = 2, 1024 * 1024
    many = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(3)]
    response = ana.client.post(address("write", case.number), {"kind": "reply", "body": "x", "files": many})
    assert "como máximo 2" in words(response)
    large = SimpleUploadedFile("grande.txt", b"x" * (1024 * 1024 + 1))
    response = ana.client.post(
        address("write", case.number), {"kind": "reply", "body": "x", "files": [large]}
    )
    assert "grande.txt es demasiado grande" in words(response)


def test_only_pictures_are_shown_everything_else_is_downloaded(ana, shop, now):
    files = (File("foto.png", PNG), File("pagina.html", b"<script>alert(1)</script>"))
    case = shop.ticket(now, files=files)
    picture, page = case.messages.get().attachments.order_by("id")
    shown = ana.get("file", picture.token)
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    saved = ana.get("file", page.token)
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    for response in (shown, saved):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
    assert ana.get("file", "nothing").status_code == 404


def test_markup_that_was_stored_is_cleaned_again_when_shown(ana, case):
    Message.objects.filter(ticket=case).update(
        html='<p onclick="x()">hola<script>alert(1)</script></p><img src="http://e/x.png">'
    )
    body = ana.get("case", case.number).content.decode()
    assert "<script>alert" not in body
    assert "onclick" not in body
    assert "http://e/x.png" not in body


def test_fifty_messages_cost_at_most_fifteen_queries(ana, agent, case, shop, now, queries):
    for n in range(25):
        at = now + timedelta(seconds=n)
        reply(
            ticket=case,
            author=shop.manager,
            text=f"sigo {n}",
            channel="web",
            now=at,
            files=(File("a.txt", b"x"),),
        )
        reply(ticket=case, author=agent, text=f"reviso {n}", channel="web", status_after="open", now=at)
    ana.get("case", case.number)
    with queries(15):
        response = ana.get("case", case.number)
    assert len(response.context["page"].messages) == 51


def test_a_very_long_case_shows_its_latest_messages_and_offers_the_rest(ana, case, now):
    Message.objects.bulk_create(
        Message(
            ticket=case,
            html=f"<p>m{n}</p>",
            text=f"m{n}",
            channel="web",
            by_staff=False,
            author=case.requester,
            created_at=now + timedelta(seconds=n),
        )
        for n in range(230)
    )
    response = ana.get("case", case.number)
    assert len(response.context["page"].messages) == 200
    assert "Ver los mensajes anteriores" in words(response)
    assert len(ana.get("case", case.number, query="?all").context["page"].messages) == 231


def test_history_stands_in_words_between_the_messages(ana, agent, colleague, case, now):
    assign(ticket=case, assignee=colleague, actor=agent, now=now)
    seen = words(ana.get("case", case.number))
    assert "Ana Robleto lo asignó a Beto Salas" in seen
    assert "Aceptado" in seen


def test_every_kind_of_event_of_a_case_can_be_told(ana, case):
    from vigente.events.kinds import Kind

    for kind in Kind:
        if kind.value.startswith(("ticket.", "draw.", "split.", "quotation.")):
            Event.objects.create(
                kind=kind.value, subject=case.event_subject, occurred_at=case.accepted_at, data={}
            )
    assert ana.get("case", case.number).status_code == 200


def test_a_blocked_organization_is_said_with_its_reason(ana, shop, case, now):
    shop.organization.blocked_at, shop.organization.blocked_reason = now, "Cheque sin fondos"
    shop.organization.save()
    assert "Cheque sin fondos" in words(ana.get("case", case.number))


def test_a_free_case_and_one_from_before_the_rules_are_explained(ana, now):
    publish(plans_required_from=now + timedelta(days=30))
    early = make_customer(now=now, plan=False)
    seen = words(ana.get("case", early.ticket(now).number))
    assert "Por qué está en el lugar" in seen
    outage = early.ticket(now, work="outage")
    assert ana.get("case", outage.number).status_code == 200
