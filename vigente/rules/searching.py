"""What somebody types into the search box, read: words, phrases, operators, and what each leaves out.

`read` never refuses a text: what it does not understand is named in `problems`, and the rest is searched. `write` says
a search in one way; reading that gives the same search. Not here: what a word finds (`tickets/queries/searching`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from vigente.rules.folding import fold

MOST_TERMS = 12
LONGEST = 100  # characters of one term
MOST_DAYS = 3660
DIGITS = 17  # of a case number
YEARS = range(1990, 2101)


class Kind(StrEnum):
    """What a part of a search looks at."""

    WORD = "word"
    PHRASE = "phrase"
    NUMBER = "number"
    ORGANIZATION = "org"
    PLAN = "plan"
    STATE = "is"
    FROM = "from"
    AGENT = "agent"
    DEPARTMENT = "dept"
    BEFORE = "before"
    AFTER = "after"


class State(StrEnum):
    """What `is:` may say."""

    OPEN = "open"
    SOLVED = "solved"
    HELD = "held"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"


# Both languages are read, whatever language the reader's pages are in; `write` says the English ones.
OPERATORS: dict[str, Kind] = {kind.value: kind for kind in list(Kind)[3:]} | {
    "es": Kind.STATE,
    "de": Kind.FROM,
    "tecnico": Kind.AGENT,
    "depto": Kind.DEPARTMENT,
    "antes": Kind.BEFORE,
    "desde": Kind.AFTER,
}
STATES: dict[str, State] = {state.value: state for state in State} | {
    "abierto": State.OPEN,
    "resuelto": State.SOLVED,
    "en-espera": State.HELD,
    "mio": State.MINE,
    "sin-asignar": State.UNASSIGNED,
    "tarde": State.LATE,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for. A day is a date, or how many days ago (int); a number is an int."""

    kind: Kind
    value: str | int | date
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A part that says nothing: `code` is empty, state or date; `piece` is the part as it was read."""

    code: str
    piece: str


@dataclass(frozen=True, slots=True)
class Search:
    """All terms must hold. `cut`: there were more than `MOST_TERMS`."""

    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    cut: bool = field(default=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def number(self) -> int | None:
        """The case that is meant, when nothing but its number was typed."""
        if len(self.terms) != 1 or self.problems or self.terms[0].negated:
            return None
        value = self.terms[0].value
        if self.terms[0].kind is Kind.NUMBER:
            return int(str(value))
        is_digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= DIGITS
        return int(str(value)) if is_digits and self.terms[0].kind is Kind.WORD else None

    @property
    def is_held(self) -> bool:
        """Whether held requests are looked for, and not cases."""
        return Term(Kind.STATE, State.HELD) in self.terms

    @property
    def plain(self) -> str:
        """The words and phrases that must be there, without operators."""
        spoken = (Kind.WORD, Kind.PHRASE)
        return " ".join(str(term.value) for term in self.terms if term.kind in spoken and not term.negated)


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, without signs."""
    return re.findall(r"[^\W_]+", fold(text))


def read(text: str) -> Search:
    """A search out of any text."""
    terms: dict[Term, None] = {}
    problems: dict[Problem, None] = {}
    plain = unicodedata.normalize("NFC", text.replace("\0", " "))
    for piece in _PIECE.findall(plain):
        for found in _read(piece):
            if isinstance(found, Term):
                terms[found] = None
            else:
                problems[found] = None
    kept = tuple(terms)[:MOST_TERMS]
    return Search(kept, tuple(problems)[:MOST_TERMS], cut=len(terms) > MOST_TERMS)


def write(search: Search) -> str:
    """The text that reads so."""
    return " ".join([*(_write(term) for term in search.terms), *(one.piece for one in search.problems)])


_PIECE = re.compile(r'-?(?:[^\s":]+:)?"[^"]*"?|\S+')
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def _read(piece: str) -> Iterator[Term | Problem]:
    negated = piece.startswith("-")
    body = piece[1:] if negated else piece
    head, colon, tail = body.partition(":")
    kind = OPERATORS.get(fold(head)) if colon else None
    if kind is not None:
        value = " ".join(tail.replace('"', " ").split())[:LONGEST].strip()
        yield _operator(kind, value, typed=head, negated=negated)
    elif body.startswith('"'):
        phrase = " ".join(body.replace('"', " ").split())[:LONGEST].strip()
        if words(phrase):
            yield Term(Kind.PHRASE, phrase, negated)
    elif re.fullmatch(rf"#[0-9]{{1,{DIGITS}}}", body):
        yield Term(Kind.NUMBER, int(body[1:]), negated)
    elif '"' in body:
        for part in body.replace('"', " ").split():
            yield from _read(part)
    else:
        yield from _word(body, negated=negated)


def _word(body: str, *, negated: bool) -> Iterator[Term | Problem]:
    """A word without the signs around it; what they hid is read again."""
    inner = _EDGES.sub("", body[:LONGEST])
    if inner != body and inner.partition(":")[1]:
        yield from _read(f"-{inner}" if negated else inner)
    elif inner and words(inner):
        yield Term(Kind.WORD, inner, negated)


def _operator(kind: Kind, value: str, *, typed: str, negated: bool) -> Term | Problem:
    """`typed`: the operator in the words of whoever asks, to say it back to them."""
    piece = f"{'-' if negated else ''}{typed}:{_quoted(value)}"
    if not value:
        return Problem("empty", piece)
    if kind is Kind.STATE:
        state = STATES.get(fold(value).replace(" ", "-"))
        return Problem("state", piece) if state is None else Term(kind, state, negated)
    if kind in (Kind.BEFORE, Kind.AFTER):
        day = _day(value)
        return Problem("date", piece) if day is None else Term(kind, day, negated)
    return Term(kind, value, negated)


def _day(value: str) -> date | int | None:
    """`2026-07-31`, `31/7/2026`, or `7d`: seven days ago."""
    if ago := re.fullmatch(r"([0-9]{1,4})d", fold(value)):
        days = int(ago[1])
        return days if 0 < days <= MOST_DAYS else None
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", value)
    turned = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", value)
    numbers = parts.groups() if parts else turned.groups()[::-1] if turned else None
    try:
        day = date(*map(int, numbers)) if numbers else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _write(term: Term) -> str:
    sign, value = "-" if term.negated else "", term.value
    if term.kind is Kind.WORD:
        return f"{sign}{value}"
    if term.kind is Kind.PHRASE:
        return f'{sign}"{value}"'
    if term.kind is Kind.NUMBER:
        return f"{sign}#{value}"
    shown = value.isoformat() if isinstance(value, date) else f"{value}d" if isinstance(value, int) else value
    return f"{sign}{term.kind}:{_quoted(shown)}"


def _quoted(value: str) -> str:
    return f'"{value}"' if not value or re.search(r"\s", value) else value
