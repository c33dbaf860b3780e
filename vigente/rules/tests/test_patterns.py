"""Patterns of custom fields: what the library's regular expressions say, in bounded time."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.patterns import LONGEST, BadPattern, Pattern

ATOMS = st.sampled_from(
    ["a", "b", "0", ".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "[a0]", "[^a]",
     "[a-z_]", r"[\d-]", r"[^\w]", "ñ", r"\."]
)  # fmt: skip
REPEATS = st.sampled_from(["", "*", "+", "?", "{2}", "{1,}", "{0,2}", "{0}", "{,3}"])
PATTERNS = st.recursive(
    st.builds("{}{}".format, ATOMS, REPEATS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.builds("({}){}".format, inner, REPEATS),
        st.builds("(?:{}|{})".format, inner, inner),
    ),
    max_leaves=5,
).filter(lambda text: 0 < len(text) <= LONGEST)


@given(PATTERNS, st.text(alphabet="ab0ñ .-_\n", max_size=8))
def test_it_says_what_the_library_says(pattern, text):
    try:
        found = Pattern(pattern)
    except BadPattern:
        return  # too large
    assert found.fits(text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "((a*)*)*b", "(.*)(.*)(.*)(.*)(.*)b", "(a?){60}a{60}b"]
)
def test_no_text_makes_it_slow(pattern):
    begun = time.process_time()
    assert not Pattern(pattern).fits("a" * 200)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "pattern",
    [
        "", "x" * 201,
        "(", "[a", "*", r"\1", r"(a)\1", "(?=a)", "(?<!a)b", "(?i)a", "(?i:a)", "a*?", "a++", "(?>a)", r"\b",
        "a^b",
        "((a{100}){100}){100}", "a{1000000}", "(){1000000}", "(a{0,9999}){9999}", "[[a]", "(?P=x)", "(" * 100,
    ],
)  # fmt: skip
def test_what_is_not_in_the_language(pattern):
    with pytest.raises(BadPattern):
        Pattern(pattern)


def test_the_signs_around_the_whole_change_nothing():
    number = Pattern(r"^J\d{13}$")
    assert number.fits("J0310000012345")
    assert not number.fits("J0310000012345\n")
    assert not number.fits("xJ0310000012345")
