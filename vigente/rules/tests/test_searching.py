"""What the search box reads: never an error, and the same again in what it prints."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.searching import OPERATORS, Kind, Problem, State, Term, read, words, write

SIGNS = st.sampled_from(
    ['"', "-", ":", "#", " ", "(", "is:", "org:", "antes:", "open", "7d", "31/7/2026", "#12", '-"', "a", "é"]
)
TYPED = st.lists(SIGNS | st.text(max_size=6), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("kárdex bodega", [Term(Kind.WORD, "kárdex"), Term(Kind.WORD, "bodega")]),
        ("«kárdex», (bodega)", [Term(Kind.WORD, "kárdex"), Term(Kind.WORD, "bodega")]),
        ('"no  cuadra"', [Term(Kind.PHRASE, "no cuadra")]),
        ('"no cuadra', [Term(Kind.PHRASE, "no cuadra")]),
        ('-factura -"no cuadra"', [Term(Kind.WORD, "factura", True), Term(Kind.PHRASE, "no cuadra", True)]),
        ("#1234", [Term(Kind.NUMBER, 1234)]),
        ("org:clavo", [Term(Kind.ORGANIZATION, "clavo")]),
        ('ORG:"El Clavo"', [Term(Kind.ORGANIZATION, "El Clavo")]),
        ("-plan:básico", [Term(Kind.PLAN, "básico", True)]),
        ("is:open es:tarde", [Term(Kind.STATE, State.OPEN), Term(Kind.STATE, State.LATE)]),
        ('es:"sin asignar"', [Term(Kind.STATE, State.UNASSIGNED)]),
        ("técnico:ana de:alicia", [Term(Kind.AGENT, "ana"), Term(Kind.FROM, "alicia")]),
        ("before:2026-07-31", [Term(Kind.BEFORE, date(2026, 7, 31))]),
        ("desde:31/7/2026", [Term(Kind.AFTER, date(2026, 7, 31))]),
        ("after:7d", [Term(Kind.AFTER, 7)]),
        ("https://example.org/x", [Term(Kind.WORD, "https://example.org/x")]),
        ("(is:open)", [Term(Kind.STATE, State.OPEN)]),
        ("a a", [Term(Kind.WORD, "a")]),
        ("- -- ... \"\" -\"\" #", []),
    ],
)  # fmt: skip
def test_a_search_is_words_phrases_and_operators(text, terms):
    search = read(text)
    assert list(search.terms) == terms
    assert not search.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("is:lost", Problem("state", "is:lost")),
        ("org:", Problem("empty", 'org:""')),
        ('-de:" "', Problem("empty", '-de:""')),
        ("es:perdido", Problem("state", "es:perdido")),
        ("before:mañana", Problem("date", "before:mañana")),
        ("after:2026-02-30", Problem("date", "after:2026-02-30")),
        ("after:0d", Problem("date", "after:0d")),
        ("after:31/31/0001", Problem("date", "after:31/31/0001")),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_searched(text, problem):
    search = read(f"kardex {text}")
    assert search.problems == (problem,)
    assert search.terms == (Term(Kind.WORD, "kardex"),)


@pytest.mark.parametrize(("text", "number"), [("1234", 1234), (" #12 ", 12), ("12 a", None), ("-#12", None),
                                              ("#" + "9" * 18, None), ("٣", None), ('"12"', None)])  # fmt: skip
def test_a_number_alone_means_that_case(text, number):
    assert read(text).number == number


@given(TYPED | st.text())
def test_no_text_is_refused_and_each_reads_the_same_in_what_it_prints(text):
    search = read(text)
    assert read(write(search)) == search
    assert all(one.kind in set(Kind) for one in search.terms)


@given(st.text(alphabet="abcñé0123 ", max_size=30))
def test_every_word_that_was_typed_is_looked_for(text):
    found = [word for term in read(text).terms for word in words(str(term.value))]
    assert set(found) == set(words(text)[:12]) or len(set(words(text))) > 12


def test_more_than_anybody_needs_is_cut_and_said():
    assert read(" ".join(f"w{n}" for n in range(13))).cut
    assert not read(" ".join(f"w{n}" for n in range(12))).cut


def test_operators_are_what_the_help_says():
    assert set(OPERATORS.values()) == set(Kind) - {Kind.WORD, Kind.PHRASE, Kind.NUMBER}
