"""What people are written: who, what, in whose language, and only what is theirs."""

import re
from datetime import timedelta

import pytest

from vigente.billing.services.packs import add_pack
from vigente.billing.services.subscriptions import give_notice
from vigente.factories import make_user, publish
from vigente.mail.models import OutboundMessage
from vigente.mail.tests.people import make_desk
from vigente.rules.reasons import Release
from vigente.tickets.services import disputes, held, quotations
from vigente.tickets.services.classification import classify, release
from vigente.tickets.services.conversation import add_note, reply
from vigente.tickets.services.merging import propose_split
from vigente.tickets.services.work import solve
from vigente.worker.advancing import live_through
from vigente.worker.drain import drain_all

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture
def desk(now):
    return make_desk(now)


@pytest.fixture
def agent():
    return make_user("Ana Pérez", role="agent")


def written(now, kind: str, to: str = "") -> list[OutboundMessage]:
    drain_all(now=now)
    found = OutboundMessage.objects.filter(kind=kind).order_by("pk")
    return list(found.filter(to=to) if to else found)


def only(now, kind: str, to: str = "") -> OutboundMessage:
    (mail,) = written(now, kind, to)
    for form in (mail.text, mail.html):
        assert "{{" not in form
        assert "None" not in form
    assert set(LINK.findall(mail.text)) <= {link.replace("&amp;", "&") for link in LINK.findall(mail.html)}
    return mail


def test_an_accepted_case_says_number_promise_place_and_coverage(desk, now):
    ticket = desk.customer.ticket(now, subject="No imprime <b>")
    mail = only(now, "ticket.accepted")
    assert (mail.to, mail.subject) == (desk.customer.manager.email, f"[#{ticket.number}] No imprime <b>")
    assert "«No imprime <b>»" in mail.text
    assert "&lt;b&gt;" in mail.html
    assert "◐●●●  usa 1 · quedan 3" in mail.text
    assert "Está en el lugar 1 de la fila" in mail.text
    assert f"/es/tickets/{ticket.number}/" in mail.text
    assert "Puede responder a este correo" in mail.text


def test_each_reads_it_in_their_own_language(desk, now):
    desk.customer.manager.language = "en"
    desk.customer.manager.save()
    ticket = desk.customer.ticket(now)
    assert f"/en/tickets/{ticket.number}/" in only(now, "ticket.accepted").text


def test_a_reply_is_read_by_everybody_in_the_case_and_a_note_by_nobody(desk, now, agent):
    ticket = desk.customer.ticket(now)
    ticket.participants.create(user=desk.customer.colleague, added_at=now)
    reply(ticket=ticket, author=agent, channel="web", html="<p>Reinicie <script>x</script></p>", now=now)
    add_note(ticket=ticket, author=agent, text="secreto", now=now)
    mails = written(now, "ticket.replied")
    assert [mail.to for mail in mails] == [desk.customer.manager.email, desk.customer.colleague.email]
    assert len({mail.headers["Reply-To"] for mail in mails}) == 2
    assert not mails[0].automatic
    assert "Ana Pérez respondió" in mails[0].text
    assert "script" not in mails[0].html
    assert not [mail for mail in OutboundMessage.objects.all() if "secreto" in mail.text + mail.html]


def test_solving_is_said_once_with_the_reply_or_alone(desk, now, agent):
    first, second = desk.customer.ticket(now), desk.customer.ticket(now)
    reply(ticket=first, author=agent, channel="web", text="Listo", status_after="solved", now=now)
    solve(ticket=second, actor=agent, now=now)
    assert "damos el caso por resuelto" in only(now, "ticket.replied", desk.customer.manager.email).text
    mail = only(now, "ticket.solved")
    assert mail.ticket == second
    assert "responda a más tardar" in mail.text


def test_a_case_opened_by_phone_may_be_disputed_and_the_decision_is_told(desk, now, agent):
    ticket = desk.customer.ticket(now, opened_by=agent, channel="phone")
    assert written(now, "ticket.accepted") == []
    mail = only(now, "ticket.opened_for_customer")
    assert f"/tickets/{ticket.number}/dispute/" in mail.text
    disputes.dispute(ticket=ticket, user=desk.customer.manager, text="No era nuevo", now=now)
    boss = make_user("Berta", role="supervisor")
    assert "No era nuevo" in only(now, "draw.disputed", boss.email).text
    disputes.decide_dispute(ticket=ticket, upheld=True, actor=boss, now=now)
    assert "Le dimos la razón" in only(now, "draw.dispute_decided").text


def test_a_held_request_says_why_what_helps_and_its_link(now):
    desk = make_desk(now, cases=1)
    desk.customer.ticket(now)
    request = desk.customer.held(now)
    mail = only(now, "held.received")
    assert request.token in mail.text
    assert "caso extra" in mail.text
    assert "La guardamos hasta" in mail.text
    contract = {"organization": desk.customer.organization, "licence": desk.customer.licence}
    add_pack(**contract, subscription=desk.customer.subscription, cases=2, key="p", now=now)
    assert "Ya tiene 2 casos extra" in only(now, "pack.added").subject
    assert "ya entró en la fila" in only(now, "held.released").text
    assert len(written(now, "ticket.accepted")) == 1


def test_row_41_an_expired_request_says_how_to_recover_it(now):
    desk = make_desk(now, plan=False)
    request = desk.customer.held(now)
    live_through(now, now + timedelta(days=15))
    mail = OutboundMessage.objects.get(kind="held.expired")
    assert request.token in mail.text
    assert mail.status == "sent"


def test_row_46_a_manager_is_asked_and_the_person_told(now):
    desk = make_desk(now)
    desk.customer.organization.draw_by = "approve"
    desk.customer.organization.save()
    request = desk.customer.held(now, user=desk.customer.colleague)
    mail = only(now, "approval.asked")
    assert (mail.to, "Roberto pidió ayuda" in mail.text) == (desk.customer.manager.email, True)
    held.refuse_approval(held=request, user=desk.customer.manager, now=now)
    assert only(now, "approval.refused").to == desk.customer.colleague.email


def test_row_50_an_answer_to_a_held_request_is_a_persons_word(now, agent):
    desk = make_desk(now, plan=False)
    held.answer(held=desk.customer.held(now), actor=agent, text="Vea https://x.test/guia", now=now)
    mail = only(now, "held.answered")
    assert "https://x.test/guia" in mail.text
    assert not mail.automatic


def test_row_11_new_functionality_is_explained_quoted_and_may_be_objected(desk, now, agent):
    ticket = desk.customer.ticket(now)
    classify(ticket=ticket, work_type=desk.customer.work["development"], actor=agent, now=now)
    mail = only(now, "quotation.requested")
    assert "se cotiza aparte" in mail.text
    assert "se le devolvió" in mail.text
    assert written(now, "ticket.released") == []
    owner = make_user("Olga", role="owner")
    quotations.quote(
        ticket=ticket, actor=owner, amount_minor=500_000, currency="NIO", scope="Un informe", now=now
    )
    assert "C$\xa05,000.00" in only(now, "quotation.quoted").html.replace("&nbsp;", "\xa0")
    quotations.object_to(ticket=ticket, user=desk.customer.manager, text="Es un error", now=now)
    assert "Es un error" in only(now, "quotation.objected").text
    quotations.decide_objection(ticket=ticket, covered=True, actor=owner, now=now)
    assert "volvió a la fila" in only(now, "quotation.objection_decided").text


def test_row_14_a_split_is_asked_first(desk, now, agent):
    ticket = desk.customer.ticket(now)
    reply(ticket=ticket, author=desk.customer.manager, channel="web", text="Y otra cosa", now=now)
    message = ticket.messages.last()
    proposal = propose_split(ticket=ticket, messages=[message], subject="Otra cosa", actor=agent, now=now)
    mail = only(now, "split.proposed")
    assert f"/splits/{proposal.pk}/" in mail.text
    assert "lo tomamos como un no" in mail.text


def test_a_case_given_back_is_told_with_its_reason(desk, now, agent):
    ticket = desk.customer.ticket(now)
    release(ticket=ticket, reason=Release.VENDOR_FAULT, actor=agent, note="Falla nuestra", now=now)
    mail = only(now, "ticket.released")
    assert "la falla era nuestra" in mail.text
    assert "Falla nuestra" not in mail.text


def test_rows_20_21_managers_hear_of_renewal_notice_and_end(now):
    publish(expiring_mail_days=5)
    desk = make_desk(now)
    live_through(now, now + timedelta(days=30))
    for kind in ("subscription.renewal_near", "subscription.notice_closing", "subscription.cases_expiring",
                 "subscription.renewed"):  # fmt: skip
        mails = OutboundMessage.objects.filter(kind=kind)
        if kind != "subscription.notice_closing":  # on one day with the first there is one
            assert mails.exists(), kind
        assert {mail.to for mail in mails} <= {desk.customer.manager.email}
    later = now + timedelta(days=31)
    give_notice(subscription=desk.customer.subscription, actor=desk.customer.manager, now=later)
    assert "termina el" in only(later, "subscription.notice_given").text
    live_through(later, later + timedelta(days=40))
    assert "terminó" in OutboundMessage.objects.get(kind="subscription.ended").subject


def test_the_agent_whose_case_it_is_hears_of_a_reply_and_of_an_assignment(desk, now, agent):
    ticket = desk.customer.ticket(now)
    reply(ticket=ticket, author=agent, channel="web", text="Reinicie", now=now)
    reply(ticket=ticket, author=desk.customer.manager, channel="web", text="Sigue igual", now=now)
    mail = only(now, "ticket.replied", agent.email)
    assert "Sigue igual" in mail.text
    assert f"/desk/cases/{ticket.number}/" in mail.text
    assert written(now, "ticket.assigned") == []


def test_who_left_is_written_nothing(desk, now):
    desk.customer.ticket(now)
    desk.customer.manager.is_active = False
    desk.customer.manager.save()
    assert written(now, "ticket.accepted") == []


def test_letters_are_written_once_however_often_the_list_is_run(desk, now):
    from vigente.events.models import Event

    desk.customer.ticket(now)
    drain_all(now=now)
    count = OutboundMessage.objects.count()
    Event.objects.filter(subject__startswith="ticket").update(
        dispatched_at=None, attempts=0, claimed_until=None
    )
    drain_all(now=now)
    assert OutboundMessage.objects.count() == count
