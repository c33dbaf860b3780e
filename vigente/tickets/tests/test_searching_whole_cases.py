"""One search over all words of a case, wherever they stand: who finds what, and what keeps it true."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from vigente.factories import make_customer, make_licence, make_user, make_version
from vigente.rules.searching import read
from vigente.tickets.models import Message, Ticket
from vigente.tickets.queries import queue, queue_page, search
from vigente.tickets.queries.searching import found as matching_cases
from vigente.tickets.search import follow_again
from vigente.tickets.services.conversation import add_note, reply

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def agent(db):
    return make_user("Ana", role="agent")


@pytest.fixture
def shop(db):
    return make_customer("Panadería Ñandú", now=NOW, version=make_version(cases=20))


@pytest.fixture
def case(shop):
    return shop.ticket(NOW, subject="Diferencia en el kárdex", text="La bodega de Estelí no cuadra.")


def found(user, text):
    return [case.number for case in search(user, text, now=NOW)]


def asked(agent, text):
    return [case.number for case in matching_cases(agent, read(text), now=NOW, zone=UTC)]


def test_a_phrase_is_not_found_across_two_messages(agent, shop, case):
    reply(ticket=case, author=shop.manager, text="Traslado pendiente", channel="web", now=NOW)
    assert asked(agent, '"no cuadra"') == [case.number]
    assert asked(agent, '"cuadra traslado"') == []


def test_words_left_out_are_looked_for_in_the_whole_case(agent, case):
    assert asked(agent, "kardex -esteli") == []
    assert asked(agent, "kardex -zzz") == [case.number]


def test_a_new_name_of_the_person_the_organization_or_the_key_is_found_and_the_old_one_is_not(
    agent, shop, case
):
    shop.manager.name, shop.manager.email = "Berenice Lacayo", "berenice@ejemplo.test"
    shop.manager.save()
    shop.organization.name = "Pulpería Xolotlán"
    shop.organization.save()
    for text in ("berenice", "lacayo kardex", "xolotlan", "ejemplo kardex"):
        assert found(agent, text) == [case.number], text
    assert found(agent, "nandu") == []
    other = make_licence(shop.organization, key="ZETA-0099")
    case.licence = other
    case.save()
    assert found(agent, "zeta kardex") == [case.number]
    assert found(shop.manager, "zeta") == []


def test_a_note_that_was_a_reply_and_what_may_be_taken_back_are_for_staff(agent, shop, case):
    hidden = reply(ticket=case, author=agent, text="Instale la mandolina", channel="web", now=NOW)
    Message.objects.filter(pk=hidden.pk).update(visible_at=NOW + timedelta(seconds=10))
    note = add_note(ticket=case, author=agent, text="Es moroso", now=NOW)
    assert found(agent, "mandolina moroso") == [case.number]
    assert found(shop.manager, "mandolina") == found(shop.manager, "moroso") == []
    Message.objects.filter(pk=hidden.pk).update(visible_at=None)
    assert found(shop.manager, "mandolina") == [case.number]
    assert found(shop.manager, "mandolina moroso") == []
    Message.objects.filter(pk=note.pk).delete()
    assert found(agent, "moroso") == []


@pytest.mark.only("postgresql")
def test_a_case_of_more_words_than_fit_is_written_and_found_by_its_last_ones(agent, shop, case):
    rng = Random(1)
    for number in range(30):
        text = " ".join(f"{rng.randrange(10**9):09d}" for _ in range(5_500)) + f" capitulo{number}x"
        Message.objects.create(ticket=case, html="", text=text, channel="web", created_at=NOW)
    assert case.messages.count() == 31
    assert found(agent, "kardex capitulo29x") == [case.number]


@pytest.mark.only("postgresql")
def test_the_newest_are_looked_through_first_and_no_page_tells(agent, shop, monkeypatch):
    """Whatever the edge between what is looked through and what the index gives, the pages are the same."""
    texts = ["común", "raro común", "otra cosa", "común"] * 3
    numbers = [shop.ticket(NOW, subject=text, text="Hola").number for text in texts]
    wanted = [number for number, text in zip(numbers, texts, strict=True) if "común" in text][::-1]
    cases = matching_cases(agent, read("comun"), now=NOW, zone=UTC)
    near = matching_cases(agent, read("comun"), now=NOW, zone=UTC, one_by_one=True)
    for edge in (1, 2, 5, 100):
        monkeypatch.setattr(queue, "LOOKED_THROUGH", edge)
        listed, cursor = [], None
        while cursor != "":
            page = queue_page(agent, view="all", among=cases, near=near, cursor=cursor, now=NOW, limit=2)
            listed += [row.ticket.number for row in page.rows]
            cursor = page.next_cursor
        assert listed == wanted, edge


@pytest.mark.only("postgresql")
def test_every_case_has_its_row_and_loses_it_with_the_case(shop, case):
    def rows():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ticket_id FROM tickets_search ORDER BY 1")
            return [row[0] for row in cursor.fetchall()]

    case.refresh_from_db()
    second = Ticket(**{field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields})
    second.pk, second.number = None, case.number + 1
    second.save()
    assert rows() == [case.pk, second.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT words = vigente_case_words(ticket_id) FROM tickets_search")
        assert cursor.fetchall() == [(True,), (True,)]
        cursor.execute("DELETE FROM tickets_ticket WHERE id = %s", [second.pk])
        assert rows() == [case.pk]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE tickets_ticket CASCADE")
    assert rows() == []


@pytest.mark.only("sqlite")
def test_the_index_is_followed_again_after_a_migration_that_rebuilt_its_table(agent, shop, case):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER tickets_ticket_fts_update")
    case.subject = "Otra zanahoria"
    case.save()
    assert found(agent, "zanahoria") == []
    follow_again(using="default")
    assert found(agent, "zanahoria") == [case.number]
    case.subject = "Otra berenjena"
    case.save()
    assert found(agent, "zanahoria") == []
    assert found(agent, "berenjena") == [case.number]
