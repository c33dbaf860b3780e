"""The conversations: what a customer asks, what the technician answers, what is noted inside.

A dialogue is written line by line: `C:` the customer, `T:` the technician, `N:` an internal note; a line without a mark
continues the one before. `{word}` is filled from the case's own facts (see `filling`), `[this|that]` picks one wording.
The first line is always the customer's; the last answer of the technician is the one that solves the case.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from vigente.demo.content.tables import story_files, table


class Who(StrEnum):
    """Who speaks."""

    CUSTOMER = "C"
    TECHNICIAN = "T"
    NOTE = "N"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a dialogue."""

    who: Who
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """One thing that can happen to a customer.

    `work` is a work type's code, `area` a department's key. Empty `editions`, `trades`, `countries`: any.
    `attach` and `attach_reply` name a kind of file (see `enclosures`) that comes with the opening or the last answer.
    """

    key: str
    work: str
    area: str
    subjects: tuple[str, ...]
    lines: tuple[Line, ...]
    editions: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    attach: str = ""
    attach_reply: str = ""

    def suits(self, *, edition: str, trade: str, country: str) -> bool:
        """Whether it can happen to this kind of shop on this edition."""
        return all(
            not allowed or value in allowed
            for allowed, value in (
                (self.editions, edition),
                (self.trades, trade),
                (self.countries, country),
            )
        )


@cache
def all_stories() -> tuple[Story, ...]:
    """Every story, in the order of the files."""
    return tuple(_story(row) for name in story_files() for row in table(name)["story"])


def _story(row: dict[str, object]) -> Story:
    row = dict(row)
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    dialogue = str(row.pop("dialogue"))
    return Story(**{**row, **lists, "lines": read_dialogue(dialogue)})  # type: ignore[arg-type]


def read_dialogue(text: str) -> tuple[Line, ...]:
    """The messages of a dialogue written with `C:`, `T:`, `N:` marks."""
    spoken: list[tuple[Who, list[str]]] = []
    for row in text.strip().splitlines():
        mark, colon, rest = row.partition(": ")
        if colon and mark in tuple(Who):
            spoken.append((Who(mark), [rest]))
        elif spoken:
            spoken[-1][1].append(row)
        else:
            raise ValueError(f"a dialogue begins with a mark such as 'C: ', not {row!r}")
    return tuple(Line(who, "\n".join(rows).strip()) for who, rows in spoken)
