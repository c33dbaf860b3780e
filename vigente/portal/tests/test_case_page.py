"""A case as its customer sees it: conversation, place, what a reply does, closing and opening again (rows 8–10, 12)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from vigente.billing.models import LedgerEntry
from vigente.factories import make_customer, make_policy, make_version
from vigente.portal.tests.conftest import signed_in, words
from vigente.rules.reasons import Release
from vigente.tickets.models import HeldRequest, Message, Ticket
from vigente.tickets.services import classification, conversation, merging, work

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"


def url(ticket, noun=""):
    return f"/es/tickets/{ticket.number}/" + (f"{noun}/" if noun else "")


def say(client, ticket, text="Sí, en efectivo.", **more):
    return client.post(url(ticket, "replies"), {"body": text, "key": KEY, "seen": "0", **more})


def test_it_says_where_it_stands_what_was_promised_and_who_paid(now):
    shop = make_customer("Tienda", now=now, version=make_version(name="Tienda", sla_policy=make_policy(240)))
    ticket = shop.ticket(now)
    page = words(signed_in(shop.manager).get(url(ticket)))
    assert "Está 1.º en la fila" in page
    assert "Primera respuesta prometida: hoy antes de las 13:00" in page
    assert "Usó 1 caso de su plan." in page
    assert "quedan 3 de 4" in page


def test_it_says_who_has_it(alice, shop, agent, now):
    ticket = shop.ticket(now)
    work.assign(ticket=ticket, assignee=agent, actor=agent, now=now)
    assert "Lo atiende Ana Robleto" in words(alice.get(url(ticket)))


def test_internal_notes_are_never_shown(alice, shop, agent, now):
    ticket = shop.ticket(now)
    conversation.add_note(ticket=ticket, author=agent, text="Este cliente siempre olvida la clave", now=now)
    page = alice.get(url(ticket)).content.decode()
    assert "siempre olvida" not in page
    assert "Nota interna" not in page


def test_what_happened_is_told_in_order(alice, shop, agent, now):
    ticket = shop.ticket(now)
    conversation.reply(
        ticket=ticket,
        author=agent,
        text="Listo.",
        channel="web",
        status_after="solved",
        now=now + timedelta(hours=1),
    )
    page = words(alice.get(url(ticket)))
    order = ["Aceptado. Usó 1 caso", "Lo atiende Ana Robleto", "Listo.", "Ana Robleto lo dio por resuelto"]
    places = [page.rindex(text) for text in order]
    assert places == sorted(places)


def test_row_8_a_reply_is_taken_and_shown(alice, shop, agent, now):
    ticket = shop.ticket(now)
    conversation.reply(ticket=ticket, author=agent, text="¿En efectivo?", channel="web", now=now)
    response = say(alice, ticket)
    message = Message.objects.latest("id")
    assert response.url == f"{url(ticket)}#m{message.pk}"
    assert "Sí, en efectivo." in words(alice.get(url(ticket)))
    assert Ticket.objects.get().status == "open"


def test_a_reply_sent_twice_is_one(alice, shop, now):
    ticket = shop.ticket(now)
    say(alice, ticket)
    say(alice, ticket)
    assert ticket.messages.count() == 2


def test_a_reply_may_be_a_file_alone_but_not_nothing(alice, shop, now):
    ticket = shop.ticket(now)
    assert say(alice, ticket, "").status_code == 422
    assert say(alice, ticket, "", files=[SimpleUploadedFile("a.txt", b"hola")]).status_code == 302


@pytest.mark.parametrize(("text", "said"), [("a\x00b", "nulos"), ("z" * 100_001, "100000")])
def test_bad_replies_are_an_error_beside_the_field(alice, shop, now, text, said):
    ticket = shop.ticket(now)
    response = say(alice, ticket, text)
    assert response.status_code == 422
    assert said in words(response)
    assert ticket.messages.count() == 1


def test_script_in_every_field_is_text(alice, shop, now):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    shop.manager.name = evil[:120]
    shop.manager.save()
    ticket = shop.ticket(now, subject=evil, text=evil, html=f"<p>{evil}<b>hola</b></p>")
    page = alice.get(url(ticket)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>hola</b>" in page


def test_closing_and_its_undo(alice, shop, now):
    ticket = shop.ticket(now)
    alice.post(url(ticket, "closure"))
    page = alice.get(url(ticket))
    assert Ticket.objects.get().status == "closed"
    assert url(ticket, "reopening") in page.content.decode()
    alice.post(url(ticket, "reopening"))
    assert Ticket.objects.get().status == "open"


def test_row_9_within_the_window_a_reply_reopens_and_draws_nothing(alice, shop, now, clock):
    ticket = shop.ticket(now)
    work.close(ticket=ticket, actor=shop.manager, now=now)
    clock.move_to(now + timedelta(days=5))
    page = words(alice.get(url(ticket)))
    assert "es el mismo caso y no usa otro" in page
    say(alice, ticket)
    assert (Ticket.objects.count(), Ticket.objects.get().status) == (1, "open")
    assert LedgerEntry.objects.filter(kind="draw").count() == 1


def test_row_10_long_after_it_says_what_a_reply_will_draw_and_links_both(shop, now, clock):
    ticket = shop.ticket(now)
    work.close(ticket=ticket, actor=shop.manager, now=now)
    clock.move_to(now + timedelta(days=20))
    alice = signed_in(shop.manager)
    page = words(alice.get(url(ticket)))
    assert "Responder abre un caso nuevo. Este caso usará 1 de los 3 que le quedan." in page
    assert "Enviar como caso nuevo" in page
    response = say(alice, ticket, seen="1")
    new = Ticket.objects.latest("id")
    assert (new.follows, response.url) == (ticket, url(new))
    assert f"{ticket.number} · {ticket.subject}" in words(alice.get(url(new)))
    assert "continuación" in words(alice.get(url(ticket)))
    assert "Pasó el plazo" in words(alice.post(url(ticket, "reopening"), follow=True))


def test_row_10_a_page_left_open_past_the_window_asks_again_before_it_draws(shop, now, clock):
    ticket = shop.ticket(now)
    work.close(ticket=ticket, actor=shop.manager, now=now)
    clock.move_to(now + timedelta(days=20))
    alice = signed_in(shop.manager)
    response = say(alice, ticket, seen="0")
    assert response.status_code == 409
    assert "Sí, en efectivo." in response.content.decode()
    assert Ticket.objects.count() == 1


def test_row_10_without_coverage_the_reply_is_held(shop, now, clock):
    ticket = shop.ticket(now)
    for _ in range(3):
        shop.ticket(now)
    work.close(ticket=ticket, actor=shop.manager, now=now)
    clock.move_to(now + timedelta(days=20))
    alice = signed_in(shop.manager)
    assert "queda en espera" in words(alice.get(url(ticket)))
    say(alice, ticket)
    assert HeldRequest.objects.get().follows == ticket


def test_row_12_a_merged_case_leads_to_the_other(alice, shop, agent, now):
    kept, double = shop.ticket(now), shop.ticket(now)
    merging.merge(ticket=double, into=kept, actor=agent, now=now)
    page = words(alice.get(url(double)))
    assert f"Sigue en el caso {kept.number}" in page
    assert "Le devolvimos el caso que había usado." in page
    assert "se unió a este" in words(alice.get(url(kept)))


def test_row_16_what_was_given_back_is_told(alice, shop, supervisor, now):
    ticket = shop.ticket(now)
    classification.release(
        ticket=ticket, reason=Release.VENDOR_FAULT, actor=supervisor, note="fallo nuestro", now=now
    )
    assert "la falla era nuestra" in words(alice.get(url(ticket)))


def test_the_page_costs_the_same_for_one_message_and_for_thirty(
    alice, shop, agent, now, django_assert_max_num_queries
):
    ticket = shop.ticket(now)
    for n in range(30):
        conversation.reply(
            ticket=ticket,
            author=(agent, shop.manager)[n % 2],
            text=f"{n}",
            channel="web",
            now=now + timedelta(minutes=n),
        )
    with django_assert_max_num_queries(45):
        alice.get(url(ticket))
