"""Full-text search: every word, no accents; a customer finds only what they may read (notes never)."""

from datetime import UTC, datetime

import pytest

from vigente.factories import join, make_customer, make_user
from vigente.tickets.models import Message
from vigente.tickets.queries import search
from vigente.tickets.queries.matching import words_of
from vigente.tickets.services.conversation import add_note, reply

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def agent(db):
    return make_user("Ana", role="agent")


@pytest.fixture
def shop(db):
    return make_customer("Panadería Ñandú", now=NOW)


@pytest.fixture
def case(shop):
    return shop.ticket(
        NOW, subject="Diferencia en el kárdex", text="La bodega de Estelí no cuadra con el traslado."
    )


def found(user, text):
    return [case.number for case in search(user, text, now=NOW)]


@pytest.mark.parametrize(
    "text",
    [
        "kardex",
        "KÁRDEX",
        "esteli",
        "traslado bodega",
        "trasl",
        "diferencia esteli",
        "nandu kardex",
        "alicia kardex",
        "«kárdex», estelí",
    ],
)
def test_words_are_found_wherever_they_are_without_accents(agent, case, text):
    assert found(agent, text) == [case.number]


@pytest.mark.parametrize("text", ["kardex impresora", "zzz", "", "   ", "..."])
def test_every_word_must_be_there(agent, case, text):
    assert found(agent, text) == []


def test_a_number_alone_is_that_case(agent, case):
    assert found(agent, str(case.number)) == [case.number]
    assert found(agent, f" {case.number} ") == [case.number]


def test_the_index_follows_what_is_written_changed_and_deleted(agent, shop, case):
    message = reply(
        ticket=case, author=shop.manager, text="Ahora falla la guillotina", channel="web", now=NOW
    )
    assert found(agent, "guillotina") == [case.number]
    Message.objects.filter(pk=message.pk).update(text="Ahora falla el escáner")
    assert found(agent, "guillotina") == []
    assert found(agent, "escaner") == [case.number]
    Message.objects.filter(pk=message.pk).delete()
    assert found(agent, "escaner") == []
    case.subject = "Otra cosa"
    case.save()
    assert found(agent, "otra") == [case.number]


def test_a_customer_never_finds_a_note_nor_a_case_of_others(agent, shop, case):
    add_note(ticket=case, author=agent, text="cliente moroso", now=NOW)
    stranger = make_customer(now=NOW)
    colleague = make_user("Nueva")
    join(colleague, shop.organization)
    assert found(agent, "moroso") == [case.number]
    assert found(shop.manager, "moroso") == []
    assert found(shop.manager, "kardex") == [case.number]
    assert found(stranger.manager, "kardex") == []
    assert found(colleague, "kardex") == []


def test_a_customer_does_not_search_by_organization_or_licence(shop, case):
    assert found(shop.manager, "nandu") == []
    assert found(shop.manager, shop.licence.key.lower()) == []


@pytest.mark.parametrize(
    "text", ['"', "'", "*", "NEAR(a b)", "a AND", "col:x", "(", "-x", "\0", "🙂", "%", "a\nb", "x" * 5000]
)
def test_nothing_typed_breaks_a_search(agent, case, text):
    assert isinstance(found(agent, text), list)


def test_at_most_six_words_are_looked_for():
    assert len(words_of("uno dos tres cuatro cinco seis siete ocho")) == 6
