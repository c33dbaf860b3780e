"""Texts that nobody can translate: visible words of a template outside a translate tag, Spanish strings in code."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from tests.support.environment import ROOT
from tests.support.translations.collect import KEYWORDS, PACKAGE, sources, templates

_SPOKEN = {"title", "placeholder", "alt", "aria-label", "aria-description", "aria-valuetext"}
_SILENT = {"script", "style", "kbd", "code", "svg"}
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NAMES = {"Vigente", "CSV", "API", "PDF", "Re", "Message", "ID"}  # the same in every language
_SPANISH = re.compile(r"[áéíóúñÁÉÍÓÚÑ¿¡]")
_ASIDE = {"translate", "trans", "url", "static", "include", "extends", "load", "block", "icon"}
_CLASSES = re.compile(r"block \w*(surface|class|width)\b")  # blocks whose text is an attribute
# Content that is data, and the page for when nothing works, which says it in both languages.
_DATA = (
    "vigente/demo/",
    "vigente/factories.py",
    "vigente/printing/samples.py",
    "vigente/ui/samples.py",
    "vigente/ui/templates/500.html",
    "vigente/ui/templates/ui/gallery/",
    "vigente/worker/simulation/",
)


def stray_texts() -> list[str]:
    """Every such text in the product, as `file: text`."""
    problems = []
    for path in templates():
        problems += _named(path, in_template(path.read_text(encoding="utf-8")))
    for path in sources():
        if path.suffix == ".py":
            problems += _named(path, in_python(path.read_text(encoding="utf-8")))
    for path in PACKAGE.glob("*/static/**/*.js"):
        if "vendor" not in path.parts:
            problems += _named(path, in_script(path.read_text(encoding="utf-8")))
    return problems


def _named(path: Path, found: Iterator[str]) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    if name.startswith(_DATA):
        return []
    return [f"{name}: a text nobody can translate: {text!r}" for text in found]


def in_template(source: str) -> Iterator[str]:
    """Words of text nodes, of attributes that are read aloud, and capitalised strings given to tags."""
    page, inside, parser = [], "", _Page()
    for token in Lexer(source).tokenize():
        name = token.contents.partition(" ")[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = "" if name == inside else inside
        elif name in {"blocktranslate", "blocktrans", "comment"}:
            inside = f"end{name}"
        elif _CLASSES.match(token.contents):
            inside = "endblock"
        elif token.token_type == TokenType.TEXT:
            page.append(token.contents)
        elif token.token_type == TokenType.BLOCK and name not in _ASIDE:
            yield from (
                text for text in re.findall(r'(?<!_\()"([^"]*)"', token.contents) if _is_sentence(text)
            )
    parser.feed("".join(page))
    parser.close()
    yield from parser.found


def _is_sentence(text: str) -> bool:
    if not set(_LETTERS.findall(text)) - _NAMES:
        return False
    return bool(_SPANISH.search(text) or re.match(r"[A-Z][a-z]", text))


class _Page(HTMLParser):
    """Collects what a reader or a screen reader would get from the markup alone."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        for name, value in attrs:
            if name in _SPOKEN:
                self._keep(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._keep(data)

    def _keep(self, text: str) -> None:
        words = set(_LETTERS.findall(text)) - _NAMES
        if words:
            self.found.append(" ".join(text.split()))


def in_python(source: str) -> Iterator[str]:
    """String constants with Spanish letters outside gettext calls and docstrings."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) in KEYWORDS:
            skipped.update(id(inner) for inner in ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in skipped else None
        if isinstance(text, str) and _is_spanish(text):
            yield text


def _is_spanish(text: str) -> bool:
    """Words with Spanish letters; not a pattern, not a table of letters, not the name of the language."""
    return bool(_SPANISH.search(text) and re.search("[a-z]", text)) and "\\" not in text and text != "Español"


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def in_script(source: str) -> Iterator[str]:
    """Strings with Spanish letters in JavaScript: words come from the page, never from a script."""
    bare = re.sub(r"^\s*(//|\*|/\*).*$", "", source, flags=re.MULTILINE)
    yield from (text for _quote, text in re.findall(r"([\"'`])(.*?)\1", bare) if _SPANISH.search(text))
