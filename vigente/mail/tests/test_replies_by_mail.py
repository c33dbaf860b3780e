"""Replies by mail join their case, and nobody gets into one by forging, guessing or copying."""

from datetime import timedelta

import pytest

from vigente.factories import make_customer, make_user
from vigente.mail.models import InboundMessage, OutboundMessage
from vigente.mail.tests.corpus import leaf, mail, multi
from vigente.mail.tests.people import make_desk, notes, public
from vigente.mail.tests.test_row_17_requests_by_mail import answers
from vigente.mail.tokens import ReplyToken, reply_address
from vigente.tickets.models import HeldRequest, Message, Participant, Ticket
from vigente.tickets.services import trash
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(now):
    return make_desk(now)


def reply_to(sent: OutboundMessage) -> dict[str, str]:
    """Headers of a reply as a mail program writes them."""
    return {
        "To": sent.headers["Reply-To"],
        "In_Reply_To": f"<{sent.message_id}>",
        "Subject": f"Re: {sent.subject}",
    }


def test_a_reply_joins_its_case_and_puts_it_back_in_line(desk):
    ticket, sent = desk.answered_case()
    row = desk.write("Sigue igual\n\n> Reinicie el servicio", **reply_to(sent))
    ticket.refresh_from_db()
    assert (row.outcome, row.ticket, row.message.author) == ("reply", ticket, ticket.requester)
    assert public(ticket)[-1] == "Sigue igual"
    assert ticket.status == "open"
    assert not HeldRequest.objects.exists()


def test_the_quote_of_an_html_reply_is_kept_folded(desk):
    ticket, sent = desk.answered_case()
    html = '<p>Sigue igual</p><blockquote type="cite">Reinicie</blockquote>'
    row = desk.write(html, Content_Type="text/html", **reply_to(sent))
    assert row.message.html == "<p>Sigue igual</p>"
    assert "Reinicie" in row.message.quoted_html


@pytest.mark.parametrize("road", ["To", "In_Reply_To", "Subject"])
def test_each_road_alone_is_enough_for_who_takes_part(desk, road):
    ticket, sent = desk.answered_case()
    row = desk.write("Sigue igual", **{road: reply_to(sent)[road]})
    assert (row.outcome, row.ticket_id) == ("reply", ticket.pk)


def test_row_8_a_reply_is_accepted_after_the_plan_ended(desk):
    ticket, sent = desk.answered_case()
    later = timedelta(days=300)
    assert desk.write("Sigue igual", later=later, **reply_to(sent)).message.ticket == ticket


def test_row_10_a_reply_to_a_case_closed_long_ago_is_a_new_case(desk, now):
    ticket, sent = desk.answered_case()
    Ticket.objects.filter(pk=ticket.pk).update(
        status="closed", closed_by_person_at=now, closed_at=now, solved_at=now
    )
    row = desk.write("Otra vez", later=timedelta(days=20), **reply_to(sent))
    assert row.outcome == "reply"
    assert (row.ticket or row.held).follows == ticket


def test_the_same_reply_twice_is_one_message(desk):
    ticket, sent = desk.answered_case()
    raw = desk.mail("Sigue igual", **reply_to(sent))
    desk.take(raw)
    assert desk.take(raw.replace(b"\r\n", b"\n")).duplicate
    assert public(ticket).count("Sigue igual") == 1


def test_a_participant_and_a_manager_may_reply(desk, now):
    ticket, sent = desk.answered_case()
    colleague = desk.customer.colleague
    stranger_to_the_case = desk.write("Yo también", sender=colleague.email, **reply_to(sent))
    assert stranger_to_the_case.outcome == "staff_note"
    Participant.objects.create(ticket=ticket, user=colleague, added_at=now)
    assert desk.write("Y yo", sender=colleague.email, **reply_to(sent)).outcome == "reply"


def test_a_signed_address_in_other_hands_is_a_note_for_staff(desk):
    ticket, sent = desk.answered_case()
    row = desk.write("Código: 1234", sender="verify@slack.test", **reply_to(sent))
    assert (row.outcome, row.ticket) == ("staff_note", ticket)
    assert notes(ticket) == ["Código: 1234"]
    assert row.message.author is None
    assert row.message.author_name == "verify@slack.test"
    assert not Message.objects.visible_to(ticket.requester).filter(pk=row.message.pk).exists()
    assert answers(row) == []


def test_a_guessed_number_opens_nothing_for_a_stranger(desk, now):
    ticket, _ = desk.answered_case()
    charlie = make_customer("Otra", now=now - timedelta(days=1)).manager
    for sender in (charlie.email, "nadie@x.test"):
        row = desk.write("Déjenme ver", sender=sender, Subject=f"Re: [#{ticket.number}] x")
        assert (row.outcome, row.ticket) == ("new_request", None)
    assert len(public(ticket)) == 2
    assert notes(ticket) == []


def test_references_of_a_case_open_nothing_for_a_stranger(desk):
    ticket, sent = desk.answered_case()
    row = desk.write("Hola", sender="nadie@x.test", In_Reply_To=f"<{sent.message_id}>")
    assert (row.outcome, row.ticket) == ("new_request", None)


def test_a_tampered_or_foreign_token_is_worth_nothing(desk, settings):
    ticket, sent = desk.answered_case()
    address = sent.headers["Reply-To"]
    tampered = address.replace(f"t{ticket.number}", f"t{ticket.number + 1}")
    assert desk.write("a", sender="nadie@x.test", To=tampered).outcome == "new_request"
    with_secret, settings.SECRET_KEY = settings.SECRET_KEY, "foreign"
    foreign = reply_address(desk.mailbox.address, ReplyToken(ticket.number, ticket.requester.pk))
    settings.SECRET_KEY = with_secret
    assert desk.write("b", sender="nadie@x.test", To=foreign).outcome == "new_request"


def test_a_copy_to_the_case_makes_nobody_part_of_it(desk):
    ticket, sent = desk.answered_case()
    row = desk.write("Sigue igual", Cc="mala@x.test", **reply_to(sent))
    assert row.outcome == "reply"
    assert not ticket.participants.exists()
    assert (
        desk.write("Cuénteme", sender="mala@x.test", In_Reply_To=f"<{row.header_id}>").outcome
        == "new_request"
    )


@pytest.mark.parametrize("road", ["To", "In_Reply_To"])
def test_a_forged_sender_writes_only_to_staff(desk, road):
    desk.mailbox.auth_host = "mx.vendor.test"
    desk.mailbox.save()
    ticket, sent = desk.answered_case()
    forged = {road: reply_to(sent)[road], "Authentication_Results": "mx.vendor.test; dmarc=fail"}
    row = desk.write("Mándenme la clave", **forged)
    assert (row.outcome, row.message.author) == ("staff_note", None)
    assert len(public(ticket)) == 2
    genuine = forged | {"Authentication_Results": "mx.vendor.test; dmarc=pass"}
    assert desk.write("Soy yo", **genuine).outcome == "reply"


def test_a_mail_never_speaks_for_staff(desk):
    ticket, sent = desk.answered_case()
    agent = make_user("Ana", role="agent")
    row = desk.write("Hagan un depósito a…", sender=agent.email, **reply_to(sent))
    assert (row.outcome, row.message.author) == ("staff_note", None)
    assert row.message.by_staff is False


def test_two_mails_with_one_message_id_are_two_messages(desk):
    ticket, sent = desk.answered_case()
    for text in ("uno", "dos"):
        desk.write(text, Message_ID="<igual@x.test>", **reply_to(sent))
    assert public(ticket)[-2:] == ["uno", "dos"]


def test_an_automatic_reply_to_a_case_is_only_logged_at_it(desk):
    ticket, sent = desk.answered_case()
    row = desk.write("Fuera", Auto_Submitted="auto-replied", **reply_to(sent))
    ticket.refresh_from_db()
    assert (row.status, row.ticket, row.message) == ("ignored", ticket, None)
    assert ticket.status == "waiting_customer"
    assert len(public(ticket)) == 2


def test_a_bounce_is_said_in_the_case_once(desk, now):
    ticket, sent = desk.answered_case()
    status = f"Final-Recipient: rfc822; {sent.to}\nAction: failed\nStatus: 5.1.1\n"
    status += "Diagnostic-Code: smtp; 550 No such user\n"
    for number in range(3):
        report = multi(
            "report",
            leaf("No llegó", "text/plain"),
            leaf(status, "message/delivery-status"),
            leaf(f"Message-ID: <{sent.message_id}>", "text/rfc822-headers"),
            params="; report-type=delivery-status",
        )
        row = desk.take(
            mail(report, From="mailer-daemon@x.test", Message_ID=f"<{number}@x>", Return_Path="<>")
        )
        assert (row.status, row.bounce_of) == ("ignored", sent)
    assert len(notes(ticket)) == 1
    assert "550 No such user" in notes(ticket)[0]
    sent.refresh_from_db()
    assert sent.bounced_at == now


def test_a_reply_sent_before_is_found_by_the_customers_own_message_id(desk, now):
    """The colleague's program refers to the manager's mail, not to ours."""
    ticket, sent = desk.answered_case()
    first = desk.write("Sigue igual", **reply_to(sent))
    row = desk.write("Añado esto", Subject="Añadido", References=f"<{first.header_id}>")
    assert row.ticket == ticket


def test_letters_of_a_case_hang_together_and_go_to_each_with_an_address_of_their_own(desk, now):
    ticket, sent = desk.answered_case()
    mails = list(OutboundMessage.objects.filter(ticket=ticket, to=ticket.requester.email).order_by("id"))
    assert [one.kind for one in mails] == ["ticket.accepted", "ticket.replied"]
    assert mails[1].headers["In-Reply-To"] == f"<{mails[0].message_id}>"
    row = desk.write("Sigue igual", **reply_to(sent))
    drain_all(now=now)
    notice = OutboundMessage.objects.filter(kind="ticket.replied").exclude(to=ticket.requester.email).get()
    assert notice.to == ticket.messages.get(by_staff=True).author.email
    assert "Reply-To" not in notice.headers
    assert InboundMessage.objects.get(pk=row.pk).message is not None


def test_a_reply_to_a_case_in_the_trash_is_held_for_a_person_to_read(desk, now):
    ticket, sent = desk.answered_case()
    trash.trash(ticket=ticket, actor=None, now=now, why="other")
    row = desk.write("Sigue igual", **reply_to(sent))
    held = HeldRequest.objects.get()
    assert (row.held, row.status) == (held, "processed")
    assert "Sigue igual" in held.text
    assert [reason.code for reason in held.decision_value().reasons] == ["case_in_trash"]


def test_what_mail_keeps_of_a_case_goes_with_it(desk, now):
    ticket, sent = desk.answered_case()
    row = desk.write("Mi clave es 1234", **reply_to(sent))
    trash.trash(ticket=ticket, actor=None, now=now, why="other")
    trash.empty(ticket=ticket, actor=None, now=now)
    drain_all(now=now)
    row.refresh_from_db()
    assert b"1234" not in bytes(row.raw)
    assert not OutboundMessage.objects.filter(ticket=ticket).exclude(text="").exists()
