"""The rulebook on its page: each sentence with the day it began or, for its owner, with its value to edit inside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from vigente.billing.models import RulebookVersion
from vigente.rules.rulebook import Rulebook
from vigente.ui.rulebook_sentences import GROUPS, Group, marked_sentence, sentence
from vigente.ui.rulebook_words import LABELS, SENTENCES, UNITS, dunning_edited, limits_edited, required_edited


@dataclass(frozen=True, slots=True)
class Said:
    """A setting in words. `since`: when this value came into force; None: from the beginning."""

    name: str
    label: str
    sentence: SafeString
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """A setting to edit: its sentence with the control in it, what it says with 0, and what is wrong."""

    name: str
    sentence: SafeString
    at_zero: str
    errors: list[tuple[str, str]]
    since: datetime | None
    differs: bool


def said(book: Rulebook, versions: Sequence[RulebookVersion]) -> Iterator[tuple[Group, list[Said]]]:
    """Every setting of `book` with the instant it came into force. `versions`: those in force so far, newest first."""
    began = since(book, versions)
    for group in GROUPS:
        yield (
            group,
            [
                Said(name, str(LABELS[name]), marked_sentence(name, getattr(book, name)), began[name])
                for name in group.names
            ],
        )


def since(book: Rulebook, versions: Sequence[RulebookVersion]) -> dict[str, datetime | None]:
    """When each setting took its value: the oldest of the unbroken run of newest versions that have it."""
    books = [(version.effective_from, Rulebook.from_json(version.data)) for version in versions]
    return {name: _since(name, book, books) for group in GROUPS for name in group.names}


def _since(name: str, book: Rulebook, books: list[tuple[datetime, Rulebook]]) -> datetime | None:
    value, found = getattr(book, name), None
    for began, version in books:
        if getattr(version, name) != value:
            return found
        found = began
    return found if getattr(Rulebook(), name) != value else None


def line(
    name: str, value: Any, controls: Sequence[BoundField], *, began: datetime | None, differs: bool
) -> Line:
    """One sentence to edit. `value`: what stands there now; `controls`: its fields, in the order of the sentence."""
    zero = sentence(name, 0) if _speaks_at_zero(name, value) else ""
    errors = [(bound.auto_id, error) for bound in controls for error in bound.errors]
    return Line(name, _edited(name, value, controls), zero, errors, began, differs)


def _speaks_at_zero(name: str, value: Any) -> bool:
    return name in UNITS and SENTENCES[name](0) != SENTENCES[name](1)


def _edited(name: str, value: Any, controls: Sequence[BoundField]) -> SafeString:
    drawn = [_control(bound) for bound in controls]
    if name == "favour_limits":
        return mark_safe(escape(limits_edited()) % dict(zip(("a", "b", "c"), drawn, strict=True)))
    if name == "plans_required_from":
        return mark_safe(escape(required_edited()) % {"value": drawn[0]})
    if name == "dunning_days":
        return mark_safe(escape(dunning_edited()) % {"value": drawn[0]})
    count = value if isinstance(value, int) and value else 2
    inside = escape(UNITS[name](count)) % {"n": drawn[0]} if name in UNITS else drawn[0]
    return mark_safe(escape(SENTENCES[name](count if name in UNITS else value or True)) % {"value": inside})


def _control(bound: BoundField) -> str:
    attrs: dict[str, Any] = {"class": "inline", "aria-label": bound.label}
    if bound.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{bound.auto_id}_error"}
    return str(bound.as_widget(attrs=attrs))
