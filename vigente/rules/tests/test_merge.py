"""Fields in texts: filled from a table of texts, and nothing else ever happens."""

from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.merge import (
    LONGEST,
    LONGEST_VALUE,
    MOST_FIELDS,
    Problem,
    fill,
    fill_html,
    names_in,
    problems,
)

VALUES = {"requester.name": "Rosa Díaz", "ticket.number": "1042", "organization.name": ""}
anything = st.text(alphabet=st.sampled_from('{}|:". abc_0\n<&\u202ename'), max_size=60)
names = st.sampled_from(sorted(VALUES))
values = st.fixed_dictionaries({name: st.text(max_size=40) for name in VALUES})


def test_fields_are_filled_and_the_rest_stays() -> None:
    text = "Hola {{ requester.name | first_word }}: caso {{Ticket.Number}}."
    assert fill(text, VALUES).text == "Hola Rosa: caso 1042."
    assert names_in(text) == ("requester.name", "ticket.number")


def test_filters_follow_one_another() -> None:
    assert fill('{{ organization.name | default:"a|b" | upper }}', VALUES).text == "A|B"
    assert fill("{{ requester.name | short:5 }}", VALUES).text == "Rosa…"
    assert fill("{{ requester.name | lower | first_word }}", VALUES).text == "rosa"


def test_what_had_nothing_to_fill_in_is_named() -> None:
    assert fill("De {{ organization.name }}", VALUES).missing == ("organization.name",)
    assert fill('De {{ organization.name | default:"su empresa" }}', VALUES).missing == ()


def test_what_is_wrong_is_said_when_saving() -> None:
    told = problems("{{ who }} {{ ticket.number | eval }} {{ ticket.number | short }} {{ 1+1 }} {{ ", VALUES)
    assert [problem.code for problem in told] == [
        "unknown_name", "unknown_filter", "argument", "malformed", "unclosed",
    ]  # fmt: skip
    assert problems("x" * (LONGEST + 1), VALUES) == (Problem("too_long", str(LONGEST)),)
    assert problems("{{ ticket.number }}" * (MOST_FIELDS + 1), VALUES)[-1].code == "too_many"


def test_code_is_text() -> None:
    for text in (
        "{{ ticket.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ticket.number.real }}",
        "{{ ticket['number'] }}",
        "{{ open('/etc/passwd') }}",
        "{% load x %}",
    ):
        assert fill(text, VALUES).text == text
    assert problems("{{ ticket.__class__ }}", VALUES)


def test_a_long_value_is_cut() -> None:
    assert len(fill("{{ a }}", {"a": "x" * 10_000}).text) == LONGEST_VALUE


@given(anything, values)
def test_filling_never_fails_and_never_reads_twice(text: str, table: dict[str, str]) -> None:
    hostile = {name: "{{ ticket.number }}" + value for name, value in table.items()}
    filled = fill(text, hostile).text
    if not names_in(text):
        assert filled == text


@given(names, st.text(max_size=60))
def test_a_value_stands_there_as_it_is(name: str, value: str) -> None:
    assert fill("<" + "{{ " + name + " }}>", {name: value}).text == f"<{value}>"


@given(names, st.text(max_size=60))
def test_in_html_a_value_is_text(name: str, value: str) -> None:
    filled = (
        fill_html("<p>{{ " + name + " }}</p>", {name: value}).text.removeprefix("<p>").removesuffix("</p>")
    )
    assert "<" not in filled.replace("<br>", "")
    assert '"' not in filled


@given(anything)
def test_what_can_be_saved_is_filled_wholly(text: str) -> None:
    if not problems(text, VALUES):
        filled = fill(text, dict.fromkeys(VALUES, "v")).text
        assert "{{" not in filled
