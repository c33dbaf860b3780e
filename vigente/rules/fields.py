"""Fields the vendor invents: what a value of each kind is, which are asked for, and what is wrong with an answer.

Here: definitions as values, `read` (what was sent to what is kept), `asked` (which fields apply) and `check` (all of
them at once). Not here: where they are kept, who may see them, how they are worded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from vigente.rules.patterns import Pattern

LONGEST = {"text": 200, "textarea": 10_000}  # characters
STARS = 5
MOST_OPTIONS = 200
_UNSEEN = ((0, 31), (127, 159), (0xD800, 0xDFFF), (0x202A, 0x202E), (0x2066, 0x2069))


class Kind(StrEnum):
    """What is asked, and what is kept: bool, list[str] of option codes, "2026-07-10", a code, a text, 1 to 5."""

    BOOLEAN = "boolean"  # yes or no, chosen
    CHECKBOX = "checkbox"  # a box to tick: when required, it must be ticked
    CHECKLIST = "checklist"  # any of the options, as boxes
    DATE = "date"
    MULTIPLE = "multiple"  # any of the options, in a list
    OPTIONS = "options"  # one of the options, in a list
    RADIO = "radio"  # one of the options, as buttons
    TEXT = "text"  # one line
    TEXTAREA = "textarea"
    RATING = "rating"


ONE_OF = frozenset({Kind.OPTIONS, Kind.RADIO})
ANY_OF = frozenset({Kind.CHECKLIST, Kind.MULTIPLE})
WITH_OPTIONS = ONE_OF | ANY_OF
TEXTS = frozenset({Kind.TEXT, Kind.TEXTAREA})
Value = bool | int | str | list[str]


class Problem(StrEnum):
    """What is wrong with an answer."""

    REQUIRED = "required"
    NOT_AN_OPTION = "not_an_option"
    NOT_A_DATE = "not_a_date"
    NOT_A_CHOICE = "not_a_choice"  # neither yes nor no, no number of stars
    TOO_LONG = "too_long"
    BAD_CHARACTERS = "bad_characters"
    PATTERN = "pattern"  # the field says itself what it wants
    LOCKED = "locked"  # it was set, and stays


@dataclass(frozen=True, slots=True)
class Field:
    """A field's definition. `options`: codes, in order. `departments`, `works` (kinds of work) None: all. `depends`:
    (field, option code): asked only where that field's answer is, or holds, that option ("yes" and "no" of a boolean).
    `locked`: once set it stays. `pattern`: of one-line texts only.
    """

    key: int
    kind: Kind
    options: tuple[str, ...] = ()
    required: bool = False
    locked: bool = False
    pattern: Pattern | None = None
    depends: tuple[int, str] | None = None
    departments: frozenset[int] | None = None
    works: frozenset[int] | None = None


class Wrong(ValueError):
    """An answer that cannot be kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Checked:
    """`values`: what is kept from now on, by field. `changed`: (before, after) of those that differ. `wrong`: by field;
    nothing is to be kept when there is any.
    """

    values: Mapping[int, Value]
    changed: Mapping[int, tuple[Value | None, Value | None]]
    wrong: Mapping[int, Problem]


def read(field: Field, sent: Any) -> Value | None:
    """What is kept of what was sent: texts of a form, or JSON. None: no answer. Raises Wrong."""
    if sent is None or sent == "" or sent == []:
        return None
    if field.kind in (Kind.BOOLEAN, Kind.CHECKBOX):
        return _flag(field, sent)
    if field.kind is Kind.RATING:
        return _stars(sent)
    if field.kind in ANY_OF:
        return _several(field, sent)
    if not isinstance(sent, str):
        raise Wrong(Problem.NOT_AN_OPTION if field.kind in ONE_OF else Problem.BAD_CHARACTERS)
    if field.kind in ONE_OF:
        if sent not in field.options:
            raise Wrong(Problem.NOT_AN_OPTION)
        return sent
    return _day(sent) if field.kind is Kind.DATE else _text(field, sent)


def asked(
    fields: Iterable[Field], values: Mapping[int, Value], *, department: int | None, work: int | None = None
) -> list[Field]:
    """The fields that apply in this department, to this kind of work, with these answers. One that depends on a field
    that itself does not apply does not apply either; those that depend on each other in a ring never do.
    """
    known = {field.key: field for field in fields}
    applies: dict[int, bool] = {}

    def walk(field: Field) -> bool:
        if field.key in applies:
            return applies[field.key]
        applies[field.key] = False  # met again on the way: a ring
        here = field.departments is None or department in field.departments
        here = here and (field.works is None or work in field.works)
        applies[field.key] = here and _holds(field, walk, known, values)
        return applies[field.key]

    return [field for field in known.values() if walk(field)]


def check(
    fields: Sequence[Field],
    sent: Mapping[int, Any],
    *,
    had: Mapping[int, Value],
    department: int | None,
    work: int | None = None,
    whole: bool = True,
) -> Checked:
    """Everything that was sent, against everything that is there. `whole`: a field that is not in `sent` was left
    empty, as in a form; otherwise it stays as it is. What does not apply is not asked for, and its answer stays.
    """
    values = dict(had)
    wrong: dict[int, Problem] = {}
    for field in fields:
        if field.key not in sent and not whole:
            continue
        try:
            value = read(field, sent.get(field.key))
        except Wrong as error:
            wrong[field.key] = error.problem
            continue
        if value is None:
            values.pop(field.key, None)
        else:
            values[field.key] = value
    applying = {field.key: field for field in asked(fields, values, department=department, work=work)}
    for field in fields:
        if field.key not in applying:  # whoever does not see a field changes nothing in it
            wrong.pop(field.key, None)
            _put_back(field.key, values, had)
        elif field.locked and field.key in had and values.get(field.key) != had[field.key]:
            wrong[field.key] = Problem.LOCKED
        elif field.required and field.key not in wrong and field.key not in values:
            wrong[field.key] = Problem.REQUIRED
    keys = [*had, *(key for key in values if key not in had)]
    changed = {key: (had.get(key), values.get(key)) for key in keys if had.get(key) != values.get(key)}
    return Checked(values, changed, wrong)


def _put_back(key: int, values: dict[int, Value], had: Mapping[int, Value]) -> None:
    if key in had:
        values[key] = had[key]
    else:
        values.pop(key, None)


def _holds(field: Field, walk: Any, known: Mapping[int, Field], values: Mapping[int, Value]) -> bool:
    if field.depends is None:
        return True
    key, option = field.depends
    if key not in known or not walk(known[key]):
        return False
    answer = values.get(key)
    if isinstance(answer, bool):
        return option == ("yes" if answer else "no")
    return option in answer if isinstance(answer, list) else option == answer


def _flag(field: Field, sent: Any) -> bool | None:
    if isinstance(sent, bool):
        found: bool | None = sent
    else:
        words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "0": False}
        found = words.get(sent) if isinstance(sent, str) else None
    if found is None:
        raise Wrong(Problem.NOT_A_CHOICE)
    return None if field.kind is Kind.CHECKBOX and not found else found


def _stars(sent: Any) -> int:
    if isinstance(sent, str) and len(sent) == 1 and sent in "12345":
        return int(sent)
    if isinstance(sent, int) and not isinstance(sent, bool) and 1 <= sent <= STARS:
        return sent
    raise Wrong(Problem.NOT_A_CHOICE)


def _several(field: Field, sent: Any) -> list[str] | None:
    """The chosen codes in the order of the options, each once."""
    if not isinstance(sent, list | tuple) or len(sent) > MOST_OPTIONS:
        raise Wrong(Problem.NOT_AN_OPTION)
    if any(not isinstance(code, str) or code not in field.options for code in sent):
        raise Wrong(Problem.NOT_AN_OPTION)
    return [code for code in field.options if code in sent] or None


def _day(sent: str) -> str:
    try:
        found = date.fromisoformat(sent)
    except ValueError:
        raise Wrong(Problem.NOT_A_DATE) from None
    if found.isoformat() != sent:  # also weeks and days of the year are ISO dates
        raise Wrong(Problem.NOT_A_DATE)
    return sent


def _text(field: Field, sent: str) -> str | None:
    text = sent.replace("\r\n", "\n").strip()
    if len(text) > LONGEST[field.kind.value]:
        raise Wrong(Problem.TOO_LONG)
    allowed = "\n\t" if field.kind is Kind.TEXTAREA else ""
    if any(letter not in allowed and _unseen(letter) for letter in text):
        raise Wrong(Problem.BAD_CHARACTERS)
    if text and field.kind is Kind.TEXT and field.pattern is not None and not field.pattern.fits(text):
        raise Wrong(Problem.PATTERN)
    return text or None


def _unseen(letter: str) -> bool:
    """Control characters, halves of a pair, and what turns the direction of reading."""
    return any(first <= ord(letter) <= last for first, last in _UNSEEN)
