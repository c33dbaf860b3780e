"""Custom fields: what is kept of an answer, which fields are asked for, what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.fields import WITH_OPTIONS, Field, Kind, Problem, Wrong, asked, check, read
from vigente.rules.patterns import Pattern

CODES = ("a", "b", "c")


def field(kind, key=1, **given):
    return Field(key, Kind(kind), options=CODES if Kind(kind) in WITH_OPTIONS else (), **given)


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("boolean", "yes", True), ("boolean", "no", False), ("boolean", False, False), ("boolean", "", None),
        ("checkbox", "on", True), ("checkbox", "no", None), ("checkbox", None, None),
        ("checklist", ["c", "a", "c"], ["a", "c"]), ("checklist", [], None), ("multiple", ["b"], ["b"]),
        ("options", "b", "b"), ("radio", "", None), ("date", "2026-02-28", "2026-02-28"),
        ("text", "  hola ", "hola"), ("text", "   ", None), ("textarea", "a\r\nb\t", "a\nb"),
        ("rating", "5", 5), ("rating", 1, 1),
    ],
)  # fmt: skip
def test_what_is_kept(kind, sent, kept):
    assert read(field(kind), sent) == kept
    if kept is not None:
        assert read(field(kind), kept) == kept


@pytest.mark.parametrize(
    ("kind", "sent", "problem"),
    [
        ("boolean", "maybe", Problem.NOT_A_CHOICE), ("checkbox", 3, Problem.NOT_A_CHOICE),
        ("checklist", ["a", "x"], Problem.NOT_AN_OPTION), ("checklist", "a", Problem.NOT_AN_OPTION),
        ("multiple", [["a"]], Problem.NOT_AN_OPTION), ("multiple", ["a"] * 201, Problem.NOT_AN_OPTION),
        ("options", "x", Problem.NOT_AN_OPTION), ("radio", ["a"], Problem.NOT_AN_OPTION),
        ("date", "2026-02-30", Problem.NOT_A_DATE), ("date", "20260228", Problem.NOT_A_DATE),
        ("date", "2026-W09-6", Problem.NOT_A_DATE), ("text", "x" * 201, Problem.TOO_LONG),
        ("text", "a\nb", Problem.BAD_CHARACTERS), ("text", "a\0", Problem.BAD_CHARACTERS),
        ("textarea", "a\u202eb", Problem.BAD_CHARACTERS), ("text", "\ud800", Problem.BAD_CHARACTERS),
        ("text", 7, Problem.BAD_CHARACTERS), ("rating", "0", Problem.NOT_A_CHOICE), ("rating", 6, Problem.NOT_A_CHOICE),
        ("rating", True, Problem.NOT_A_CHOICE), ("rating", "²", Problem.NOT_A_CHOICE),
    ],
)  # fmt: skip
def test_what_is_not_an_answer(kind, sent, problem):
    with pytest.raises(Wrong) as wrong:
        read(field(kind), sent)
    assert wrong.value.problem is problem


def test_a_pattern_is_asked_of_one_line_only():
    plate = Pattern(r"[A-Z]{1,2} ?\d{4,6}")
    assert read(field("text", pattern=plate), " M 123456 ") == "M 123456"
    with pytest.raises(Wrong):
        read(field("text", pattern=plate), "123456")
    assert read(field("textarea", pattern=plate), "123456") == "123456"


def test_what_depends_is_asked_where_its_option_is_chosen():
    fields = [field("radio"), field("text", 2, depends=(1, "b")), field("text", 3, depends=(2, "x"))]
    fields += [field("boolean", 4), field("text", 5, depends=(4, "no")), field("checklist", 6)]
    fields += [field("text", 7, depends=(6, "c")), field("text", 8, depends=(99, "a"))]

    def keys(**values):
        return {one.key for one in asked(fields, {int(k[1:]): v for k, v in values.items()}, department=None)}

    always = {1, 4, 6}
    assert keys() == always
    assert keys(f1="b", f2="x") == always | {2, 3}
    assert keys(f1="a", f2="x") == always
    assert keys(f4=False, f6=["a", "c"]) == always | {5, 7}


def test_a_ring_is_never_asked():
    ring = [field("radio", 1, depends=(2, "a")), field("radio", 2, depends=(1, "a"))]
    assert asked(ring, {1: "a", 2: "a"}, department=None) == []


def test_departments():
    some = field("text", departments=frozenset({3}))
    assert asked([some], {}, department=3) == [some]
    assert asked([some], {}, department=4) == asked([some], {}, department=None) == []


def test_everything_is_checked_at_once():
    fields = [
        field("text", required=True),
        field("date", 2),
        field("text", 3, required=True, depends=(4, "a")),
    ]
    fields += [field("radio", 4), field("checkbox", 5, required=True), field("boolean", 6, required=True)]
    found = check(fields, {1: " ", 2: "x", 5: "no", 6: "no"}, had={2: "2026-01-01"}, department=None)
    assert found.wrong == {1: Problem.REQUIRED, 2: Problem.NOT_A_DATE, 5: Problem.REQUIRED}
    found = check(fields, {1: "a", 4: "a", 5: "on", 6: "no"}, had={2: "2026-01-01"}, department=None)
    assert found.wrong == {3: Problem.REQUIRED}
    assert found.changed == {
        1: (None, "a"),
        2: ("2026-01-01", None),
        4: (None, "a"),
        5: (None, True),
        6: (None, False),
    }


def test_what_is_locked_is_set_once():
    fields = [field("text", locked=True)]
    assert check(fields, {1: "a"}, had={}, department=None).values == {1: "a"}
    assert check(fields, {1: "b"}, had={1: "a"}, department=None).wrong == {1: Problem.LOCKED}
    assert check(fields, {}, had={1: "a"}, department=None).wrong == {1: Problem.LOCKED}
    assert check(fields, {1: "a"}, had={1: "a"}, department=None).changed == {}
    assert check(fields, {}, had={1: "a"}, department=None, whole=False).wrong == {}


def test_who_does_not_see_a_field_changes_nothing_in_it():
    fields = [field("radio"), field("text", 2, depends=(1, "a"), required=True)]
    found = check(fields, {1: "b", 2: "new"}, had={1: "a", 2: "old"}, department=None)
    assert (found.values, found.wrong) == ({1: "b", 2: "old"}, {})
    assert check(fields, {1: "b", 2: "x" * 300}, had={}, department=None).wrong == {}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(CODES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(list(Kind)), ANYTHING)
def test_anything_is_kept_or_refused(kind, sent):
    try:
        kept = read(field(kind), sent)
    except Wrong:
        return
    assert kept is None or read(field(kind), kept) == kept
