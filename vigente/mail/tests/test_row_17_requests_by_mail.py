"""New requests by mail (rows 17, 18, 49): held with a link, accepted, or refused; nothing written is ever lost."""

from datetime import timedelta

import pytest

from vigente.billing.models import LedgerEntry
from vigente.factories import join, make_organization, make_user
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.tests.corpus import PDF, PNG, attached, inline, leaf, mail, multi
from vigente.mail.tests.people import make_desk
from vigente.tickets.models import HeldRequest, Ticket
from vigente.tickets.services.held import override
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(now):
    return make_desk(now)


def answers(row):
    drain_all(now=row.received_at)
    return list(OutboundMessage.objects.filter(to=row.sender))


def test_row_17_a_request_by_mail_is_held_and_answered_with_a_link(desk):
    row = desk.write("La caja 2 no imprime", Subject="RE: Impresora")
    assert (row.status, row.outcome, row.ticket) == ("processed", "new_request", None)
    assert (row.held.subject, row.held.text, row.held.channel) == (
        "Impresora",
        "La caja 2 no imprime",
        "email",
    )
    assert [reason["code"] for reason in row.held.decision["reasons"]] == ["portal_only"]
    assert not LedgerEntry.objects.filter(kind="draw").exists()
    (answer,) = answers(row)
    assert row.held.token in answer.text
    assert row.held.token in answer.html
    assert answer.headers["Auto-Submitted"] == "auto-replied"
    assert answer.headers["In-Reply-To"] == f"<{row.header_id}>"


def test_row_17_accept_decides_it_like_the_form(now):
    desk = make_desk(now, intake="accept")
    row = desk.write("La caja 2 no imprime")
    assert row.ticket.requester == desk.customer.manager
    assert row.ticket.licence == desk.customer.licence
    assert row.ticket.drawn
    (answer,) = answers(row)
    assert f"[#{row.ticket.number}]" in answer.subject
    assert "●" in answer.text


def test_row_17_accept_holds_what_is_not_covered(now):
    desk = make_desk(now, intake="accept", plan=False)
    row = desk.write("La caja 2 no imprime")
    assert [reason["code"] for reason in row.held.decision["reasons"]] == ["no_plan"]
    (answer,) = answers(row)
    assert "lo guardamos completo" in answer.text


def test_row_17_refuse_says_where_and_keeps_the_mail(now):
    desk = make_desk(now, intake="refuse")
    row = desk.write("La caja 2 no imprime")
    assert (row.status, row.outcome, row.held) == ("processed", "refused", None)
    assert not HeldRequest.objects.exists()
    (answer,) = answers(row)
    assert "/ask/" in answer.text
    assert InboundMessage.objects.get(pk=row.pk).raw


@pytest.mark.parametrize("intake", ["portal_only", "accept", "refuse"])
def test_row_18_an_unknown_sender_is_treated_alike_and_told_nothing(now, intake):
    desk = make_desk(now, intake=intake, plan=False)
    known = desk.write("No abre")
    unknown = desk.write("No abre", sender="nadie@ferreteria.test")
    said = []
    for row in (known, unknown):
        (answer,) = answers(row)
        words = answer.text.replace(desk.customer.manager.name, "").replace("Buenos días, :", "Buenos días:")
        said.append(words.replace(row.held.token if row.held else "-", "TOKEN"))
    if intake != "accept":
        assert said[0] == said[1]
    assert desk.customer.organization.name not in said[1]


def test_row_6_the_same_mail_twice_is_one_request_and_one_answer(desk, now):
    raw = desk.mail("No abre")
    first = desk.take(raw)
    second = desk.take(raw, later=timedelta(minutes=1))
    assert (second.pk, second.duplicate) == (first.pk, True)
    drain_all(now=now + timedelta(minutes=2))
    assert HeldRequest.objects.count() == OutboundMessage.objects.count() == 1


def test_row_49_what_a_machine_sent_is_never_held_and_never_answered(desk):
    for number, header in enumerate(({"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.y>"},
                                     {"Return_Path": "<>"}, {"X_Autoreply": "yes"})):  # fmt: skip
        row = desk.write(f"Estoy fuera {number}", **header)
        assert (row.status, row.outcome, row.silent) == ("ignored", "log_only", True)
        assert answers(row) == []
    assert not HeldRequest.objects.exists()
    assert not Ticket.objects.exists()


def test_who_asks_not_to_be_answered_is_held_in_silence(desk):
    row = desk.write("No abre", X_Auto_Response_Suppress="All")
    assert row.held is not None
    assert answers(row) == []


def test_files_and_pictures_of_the_text_come_along(desk):
    page = leaf('<p>Mire <img src="cid:img1@x"></p>', "text/html; charset=utf-8")
    raw = mail(
        multi("mixed", multi("related", page, inline("img1@x", PNG), boundary="r"), attached("a.pdf", PDF)),
        From=desk.customer.manager.email,
    )
    held = desk.take(raw).held
    assert [(f.filename, f.content_type, f.is_inline) for f in held.attachments.all()] == [
        ("image001.png", "image/png", True), ("a.pdf", "application/pdf", False)
    ]  # fmt: skip
    assert 'src="cid:img1@x"' in held.html


def test_more_files_than_a_message_may_have_are_bundled_and_programs_left_out(desk, settings):
    settings.ATTACHMENT_MAX_PER_MESSAGE = 3
    files = [attached(f"{n}.pdf", PDF + bytes([n])) for n in range(6)]
    files += [
        attached("virus.exe", b"MZ" + b"\0" * 100, "application/pdf"),
        attached("nada.txt", b"", "text/plain"),
    ]
    raw = mail(multi("mixed", leaf("Van", "text/plain"), *files), From=desk.customer.manager.email)
    row = desk.take(raw)
    assert [f.filename for f in row.held.attachments.all()] == ["0.pdf", "1.pdf", "otros-archivos.zip"]
    assert row.facts["left_out"] == ["virus.exe"]


def test_a_text_too_long_is_cut_and_kept_whole_as_a_file(desk, settings):
    settings.MESSAGE_MAX_CHARS = 100
    held = desk.write("palabra " * 50).held
    assert len(held.text) <= 100
    assert held.attachments.get().filename == "mensaje-completo.txt"


def test_a_mail_without_subject_or_text_is_kept(desk):
    assert desk.write("", Subject=None).held.subject == "(sin asunto)"


def test_who_acts_for_two_organizations_chooses_in_the_portal(now):
    desk = make_desk(now, intake="accept")
    join(desk.customer.manager, make_organization("Otra"))
    held = desk.write().held
    assert held.organization is None
    assert [reason["code"] for reason in held.decision["reasons"]] == ["portal_only"]


def test_a_sender_our_server_refutes_is_held_and_not_answered(now):
    desk = make_desk(now, intake="accept")
    desk.mailbox.auth_host = "mx.vendor.test"
    desk.mailbox.save()
    row = desk.write("Soy yo", Authentication_Results="mx.vendor.test; dmarc=fail header.from=x")
    assert row.held is not None
    assert answers(row) == []
    assert not LedgerEntry.objects.filter(kind="draw").exists()


def test_staff_who_write_to_the_desk_open_no_customers_case(now):
    desk = make_desk(now, intake="accept")
    row = desk.write("Prueba", sender=make_user("Ana", role="agent").email)
    assert row.held is not None
    assert row.held.organization is None


def test_row_50_an_answer_to_what_we_wrote_about_a_held_request_belongs_to_it(desk, now):
    row = desk.write("La caja 2 no imprime")
    (answer,) = answers(row)
    more = desk.write(
        "Es la versión 8.2", In_Reply_To=f"<{answer.message_id}>", Subject=f"Re: {answer.subject}"
    )
    assert (more.outcome, more.held_id) == ("held_addition", row.held_id)
    assert more.held.text == "La caja 2 no imprime\n\nEs la versión 8.2"
    assert len(answers(more)) == 1
    long = desk.write("x" * 99_990, In_Reply_To=f"<{answer.message_id}>")
    assert (long.outcome, long.held_id == row.held_id) == ("new_request", False)
    stranger = desk.write("Yo también", sender="mala@x.test", In_Reply_To=f"<{answer.message_id}>")
    assert stranger.held_id != row.held_id


def test_an_answer_after_the_request_became_a_case_joins_the_case(now):
    desk = make_desk(now, plan=False)
    held = desk.customer.held(now)
    drain_all(now=now)
    letter = OutboundMessage.objects.get(kind="held.received")
    boss = make_user("Berta", role="owner")
    ticket = override(held=held, actor=boss, reason="Buen cliente", now=now)
    row = desk.write("Gracias", In_Reply_To=f"<{letter.message_id}>")
    assert (row.outcome, row.ticket) == ("reply", ticket)


def test_acknowledgements_of_the_portal_keep_nobody_s_mail_from_its_answer(now):
    desk = make_desk(now, cases=None)
    for _ in range(7):
        desk.customer.ticket(now)
    drain_all(now=now)
    row = desk.write("Otra cosa: no abre")
    drain_all(now=now)
    assert not row.silent
    assert OutboundMessage.objects.filter(kind="held.received", to=desk.customer.manager.email).count() == 1
