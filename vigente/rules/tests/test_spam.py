"""What a spam rule catches, and what it lets through."""

import pytest

from vigente.rules.patterns import BadPattern
from vigente.rules.spam import SpamRule, Where, first_that_catches, pattern_of


def caught(
    words, *, where=Where.BOTH, is_pattern=False, subject="Ayuda", text="No abre", sender="ana@tienda.test"
):
    rules = [SpamRule(1, where, words, is_pattern)]
    return first_that_catches(rules, subject=subject, text=text, sender=sender) is not None


@pytest.mark.parametrize("words", ["gane dinero", "GANE Dinéro"])
def test_words_are_found_without_accents_and_capitals(words):
    assert caught(words, text="¡Hoy GANE DINERO fácil!")
    assert not caught(words, text="Gano dinero")


def test_a_sender_is_named_whole_or_by_its_domain():
    assert caught("ana@tienda.test", where=Where.SENDER)
    assert caught("@tienda.test", where=Where.SENDER)
    assert not caught("tienda.test", where=Where.SENDER)
    assert not caught("na@tienda.test", where=Where.SENDER)


def test_a_rule_looks_only_where_it_should():
    assert not caught("@tienda.test", where=Where.TEXT)
    assert not caught("no abre", where=Where.SENDER)
    assert caught("@tienda.test", where=Where.TEXT, text="Escriba a ana@tienda.test")


def test_a_pattern_is_found_anywhere_in_a_line():
    assert caught(r"gan[eo] \d+ dólares", is_pattern=True, text="hola\nyo gano 500 dólares al día")
    assert caught(r"\w+@tienda.test", is_pattern=True, where=Where.SENDER)
    assert not caught(r"gan[eo] \d+", is_pattern=True, text="gano mucho")


def test_a_pattern_meant_to_be_slow_is_not():
    assert not caught("(a+)+b", is_pattern=True, text="a" * 5000)


def test_a_pattern_that_cannot_be_read_is_refused():
    with pytest.raises(BadPattern):
        pattern_of("(a")
