"""Patterns a vendor writes for a text, matched in time linear in the text however they are written.

The language is the plain part of regular expressions: letters, `.`, `\\d \\w \\s` and their capitals, classes `[a-z_]`,
groups `( )`, `|`, and `* + ? {2} {2,} {2,5}`. No back references, look-around or lazy repeats. The whole text
has to fit. All states a text can be in are followed at once (Thompson), so no text makes it slow.
"""

import re
import warnings
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]  # read with the library's own grammar, never run
from re import _parser as grammar  # type: ignore[attr-defined]
from typing import Any

LONGEST = 200  # characters of a pattern
MOST_STATES = 400
_CATEGORIES = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_WORD: lambda letter: letter.isalnum() or letter == "_",
    op.CATEGORY_SPACE: str.isspace,
}
_NOT = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
}


class BadPattern(ValueError):
    """It cannot be read, is too large, or uses what is not in the language."""


class Pattern:
    """A pattern, ready to be asked. Raises BadPattern."""

    def __init__(self, text: str) -> None:
        if not 0 < len(text) <= LONGEST:
            raise BadPattern(text[:LONGEST])
        self.text = text
        self._takes: list[Any] = []  # of each state what it takes, or None for one that takes nothing
        self._then: list[list[int]] = []
        self._end = self._state()
        self._start = self._chain(_parts(text), self._end)

    def fits(self, text: str) -> bool:
        """Whether the whole text is of this pattern. Steps: at most the letters times `MOST_STATES`."""
        states = self._reached([self._start])
        for letter in text:
            after = [to for state in states if self._fits(state, letter) for to in self._then[state]]
            states = self._reached(after)
            if not states:
                return False
        return self._end in states

    def _fits(self, state: int, letter: str) -> bool:
        takes = self._takes[state]
        return takes is not None and _takes(takes, letter)

    def _reached(self, states: list[int]) -> set[int]:
        found: set[int] = set()
        while states:
            state = states.pop()
            if state not in found:
                found.add(state)
                if self._takes[state] is None:
                    states.extend(self._then[state])
        return found

    def _state(self, takes: Any = None, *then: int) -> int:
        if len(self._takes) >= MOST_STATES:
            raise BadPattern(self.text)
        self._takes.append(takes)
        self._then.append(list(then))
        return len(self._takes) - 1

    def _chain(self, parts: list[Any], end: int) -> int:
        """The state from which these parts, one after another, lead to `end`."""
        for kind, given in reversed(parts):
            end = self._part(kind, given, end)
        return end

    def _part(self, kind: Any, given: Any, end: int) -> int:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.CATEGORY):
            list(_checked(kind, given, self.text))
            return self._state((kind, given), end)
        if kind is op.SUBPATTERN:
            _group, flags, dropped, inner = given
            if flags or dropped:
                raise BadPattern(self.text)
            return self._chain(list(inner), end)
        if kind is op.BRANCH:
            return self._state(None, *(self._chain(list(branch), end) for branch in given[1]))
        if kind is op.MAX_REPEAT:
            least, most, inner = given
            return self._repeat(least, most, inner, end)
        raise BadPattern(self.text)

    def _repeat(self, least: int, most: int, inner: Any, end: int) -> int:
        parts = list(inner)
        if most is op.MAXREPEAT:
            loop = self._state(None)
            self._then[loop] = [self._chain(parts, loop), end]
            end = loop
        else:
            out = end
            for _time in range(most - least):
                end = self._state(None, self._chain(parts, end), out)
        for _time in range(least):
            end = self._chain(parts, end)
            self._state()  # each copy counts, an empty one too
        return end


def _parts(text: str) -> list[Any]:
    """As the grammar reads it, without the `^` and `$` around the whole that many write."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = grammar.parse(text)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise BadPattern(text) from error
    if parsed.state.flags & ~re.UNICODE.value:  # (?i) and the like
        raise BadPattern(text)
    parts = list(parsed)
    if parts and parts[0] == (op.AT, op.AT_BEGINNING):
        parts = parts[1:]
    if parts and parts[-1] == (op.AT, op.AT_END):
        parts = parts[:-1]
    return parts


def _checked(kind: Any, given: Any, text: str) -> Iterator[None]:
    """Refuse what is inside a class and not of the language."""
    for inner, what in given if kind is op.IN else [(kind, given)]:
        if inner is op.CATEGORY and what not in _CATEGORIES and what not in _NOT:
            raise BadPattern(text)
        if inner not in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.RANGE, op.NEGATE, op.CATEGORY):
            raise BadPattern(text)
        yield


def _takes(takes: Any, letter: str) -> bool:
    kind, given = takes
    if kind is op.IN:
        negative = given[0][0] is op.NEGATE
        return any(_takes(one, letter) for one in given if one[0] is not op.NEGATE) != negative
    if kind is op.LITERAL or kind is op.NOT_LITERAL:
        return bool((ord(letter) == given) == (kind is op.LITERAL))
    if kind is op.RANGE:
        return bool(given[0] <= ord(letter) <= given[1])
    if kind is op.ANY:
        return letter != "\n"
    positive = _NOT.get(given)
    return bool(_CATEGORIES[given](letter) if positive is None else not _CATEGORIES[positive](letter))
