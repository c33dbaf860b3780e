"""What a vendor does not want to read: rules over a request's words and its sender.

A plain rule is looked for without accents and capitals; a sender also by its domain ("@shop.example"). A pattern
(`rules.patterns`) is looked for in each line. Only the beginning of a text is read, so that no text makes it slow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from vigente.rules.folding import fold
from vigente.rules.patterns import Pattern

READ = 2000  # characters of the text that patterns see; plain words are looked for in all of it
LINE = 200


class Where(StrEnum):
    """Where a rule looks."""

    TEXT = "text"  # subject and message
    SENDER = "sender"
    BOTH = "both"  # either of them


@dataclass(frozen=True, slots=True)
class SpamRule:
    """`words`: plain, or a pattern."""

    id: int
    where: Where
    words: str
    is_pattern: bool


def first_that_catches(rules: Iterable[SpamRule], *, subject: str, text: str, sender: str) -> SpamRule | None:
    """The first rule that catches this request, or None."""
    whole = fold(f"{subject}\n{text}")
    lines = [line[:LINE] for line in f"{subject}\n{text[:READ]}".splitlines() if line.strip()]
    for rule in rules:
        in_text = rule.where != Where.SENDER and _in_text(rule, whole, lines)
        if in_text or (rule.where != Where.TEXT and _in_sender(rule, sender)):
            return rule
    return None


def pattern_of(words: str) -> Pattern:
    """A pattern that is looked for anywhere in a line, without regard to capitals. Raises BadPattern."""
    Pattern(words)  # as it was written: what is wrong is said of that
    return _anywhere(words)


@lru_cache(maxsize=500)
def _anywhere(words: str) -> Pattern:
    return Pattern(f".*({words.removeprefix('^').removesuffix('$')}).*")


def _in_text(rule: SpamRule, whole: str, lines: list[str]) -> bool:
    if not rule.is_pattern:
        return fold(rule.words) in whole
    found = _anywhere(rule.words)
    return any(found.fits(line) or found.fits(line.lower()) for line in lines)


def _in_sender(rule: SpamRule, sender: str) -> bool:
    sender = sender.lower()
    if rule.is_pattern:
        return bool(sender) and _anywhere(rule.words).fits(sender[:LINE])
    words = rule.words.strip().lower()
    return sender == words or (words.startswith("@") and sender.endswith(words))
