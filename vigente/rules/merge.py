"""Text with fields to fill in: `Buenos días, {{ requester.first_name | default:"cliente" }}`.

Here: reading such a text, saying what is wrong with it, and filling it from a flat table of texts. Not here: what the
fields of a case are (`tickets/queries/merging`). A field is a name looked up in that table and nothing else: no
attributes, no calls, no code. What is filled in is never read again, so a value that looks like a field stays text.
Names count in small and capital letters alike.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape

LONGEST = 20_000  # characters of a text
MOST_FIELDS = 200
LONGEST_VALUE = 2_000  # characters of what fills one field

_FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_FILTER = re.compile(r'\s*([a-z_]+)\s*(?::\s*("[^"]*"|\d{1,4}))?\s*')


@dataclass(frozen=True, slots=True)
class Field:
    """A name and its filters, as (filter, argument), in the order they are applied. `raw`: as it was written."""

    name: str
    filters: tuple[tuple[str, str], ...]
    raw: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text cannot be saved. `code`: unclosed, malformed, unknown_name, unknown_filter, argument, too_long or
    too_many; `what`: the words at fault.
    """

    code: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text ready to read, and the names that had nothing to fill in."""

    text: str
    missing: tuple[str, ...] = ()


def _short(value: str, argument: str) -> str:
    most = int(argument)
    return value if len(value) <= most else value[: max(most - 1, 0)] + "…"


# Filters with whether they take an argument: "" none, "text", "number".
FILTERS: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "upper": ("", lambda value, _: value.upper()),
    "lower": ("", lambda value, _: value.lower()),
    "first_word": ("", lambda value, _: (value.split() or [""])[0]),
    "one_line": ("", lambda value, _: " ".join(value.split())),
    "default": ("text", lambda value, argument: value if value.strip() else argument),
    "short": ("number", _short),
}


def problems(text: str, names: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with a text whose fields may be `names`; nothing when it can be saved."""
    if len(text) > LONGEST:
        return (Problem("too_long", str(LONGEST)),)
    found = [part for part in _parts(text) if not isinstance(part, str)]
    wrong = [part if isinstance(part, Problem) else _problem(part, names) for part in found]
    if len(found) > MOST_FIELDS:
        wrong.append(Problem("too_many", str(MOST_FIELDS)))
    if "{{" in _FIELD.sub("", text):
        wrong.append(Problem("unclosed", "{{"))
    return tuple(dict.fromkeys(problem for problem in wrong if problem is not None))


def names_in(text: str) -> tuple[str, ...]:
    """The fields a text asks for, each once."""
    return tuple(dict.fromkeys(part.name for part in _parts(text) if isinstance(part, Field)))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """The text with its fields filled in. What is not understood or not known stays as it was written."""
    return _fill(text, values, lambda value: value)


def fill_html(html: str, values: Mapping[str, str]) -> Filled:
    """The same for HTML of ours: what is filled in is text there, its line breaks kept."""
    return _fill(html, values, lambda value: escape(value).replace("\n", "<br>"))


def _fill(text: str, values: Mapping[str, str], shown: Callable[[str], str]) -> Filled:
    pieces: list[str] = []
    missing: dict[str, None] = {}
    for number, part in enumerate(_parts(text, raw=True)):
        if isinstance(part, Field) and number <= 2 * MOST_FIELDS and _problem(part, values) is None:
            value = values[part.name][:LONGEST_VALUE]
            for name, argument in part.filters:
                value = FILTERS[name][1](value, argument)
            if not value.strip():
                missing[part.name] = None
            pieces.append(shown(value))
        else:
            pieces.append(part.raw if isinstance(part, Field) else str(part))
    return Filled("".join(pieces), tuple(missing))


def _parts(text: str, *, raw: bool = False) -> Iterator[str | Field | Problem]:
    """The text in pieces; a field that cannot be read is a Problem, or with `raw` the text it was."""
    at = 0
    for match in _FIELD.finditer(text):
        yield text[at : match.start()]
        field = _read(match.group(1), match.group(0))
        yield match.group(0) if raw and isinstance(field, Problem) else field
        at = match.end()
    yield text[at:]


def _read(inside: str, raw: str) -> Field | Problem:
    name, *rest = _split(inside)
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        return Problem("malformed", raw[:80])
    filters: list[tuple[str, str]] = []
    for piece in rest:
        match = _FILTER.fullmatch(piece)
        if match is None:
            return Problem("malformed", raw[:80])
        filters.append((match.group(1), match.group(2) or ""))
    return Field(name, tuple((word, argument.strip('"')) for word, argument in _typed(filters)), raw)


def _typed(filters: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Arguments as their filter takes them; one of the wrong kind is marked by a NUL, which no text holds."""
    for word, argument in filters:
        wanted = FILTERS[word][0] if word in FILTERS else None
        given = "text" if argument.startswith('"') else "number" if argument else ""
        yield word, argument if wanted in (None, given) else "\0"


def _split(inside: str) -> list[str]:
    """At each bar outside of quotation marks."""
    return re.split(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)', inside)


def _problem(field: Field, names: Collection[str]) -> Problem | None:
    if field.name not in names:
        return Problem("unknown_name", field.name)
    for word, argument in field.filters:
        if word not in FILTERS:
            return Problem("unknown_filter", word)
        if argument == "\0":
            return Problem("argument", word)
    return None
