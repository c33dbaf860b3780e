"""Every text of the code that is meant to be translated, with the files it is in."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tests.support.environment import ROOT

PACKAGE = ROOT / "vigente"
KEYWORDS = {
    "_": None,
    "_t": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Key = tuple[str | None, str]


@dataclass
class Text:
    """One entry: the Spanish text, its plural if it counts something, its context if one is given."""

    context: str | None
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)


def everything() -> dict[Key, Text]:
    """All texts, by context and text. One text with two plurals is an error here, as it is for gettext."""
    texts: dict[Key, Text] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for context, text, plural in texts_in(path.name, path.read_text(encoding="utf-8")):
            entry = texts.setdefault((context, text), Text(context, text, plural))
            if plural and entry.plural and plural != entry.plural:
                raise ValueError(f"{name}: {text!r} has two plurals: {entry.plural!r} and {plural!r}")
            entry.plural = entry.plural or plural
            entry.files.add(name)
    return texts


def sources() -> list[Path]:
    """The files with texts: Python and templates, no tests and no migrations."""
    found = [*PACKAGE.rglob("*.py"), *templates()]
    return sorted(path for path in found if not {"tests", "migrations"} & set(path.parts))


def templates() -> list[Path]:
    """Every template, HTML or plain text."""
    found = (*PACKAGE.glob("*/templates/**/*.html"), *PACKAGE.glob("*/templates/**/*.txt"))
    return sorted(found)


def texts_in(name: str, source: str) -> Iterator[tuple[str | None, str, str]]:
    """(context, text, plural) of one file; the name says whether it is Python or a template."""
    if not name.endswith(".py"):
        # What templatize gives is Python line by line, but not indented as Python is.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    file = io.BytesIO(source.encode())
    for _line, message, _comments, context in extract("python", file, keywords=KEYWORDS):
        text, plural = message if isinstance(message, tuple) else (message, "")
        if text:
            yield context, text, plural
