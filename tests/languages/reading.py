"""What a page says to somebody who reads it or hears it: text, and the attributes that are read aloud."""

import re
from html.parser import HTMLParser
from typing import Any
from zoneinfo import available_timezones

from tests.support.translations.checks import FAMILIAR
from vigente.portal.contract_forms import countries

_SPOKEN = {"title", "placeholder", "alt", "aria-label", "aria-description", "data-command", "label"}
_SILENT = {"script", "style", "kbd", "code", "pre"}
# The name of the other language, in itself; addresses; and Vigente's own name.
_NEUTRAL = re.compile(r"Español|English|[\w.+-]+@[\w.-]+|https?://[\w./:-]+|/[\w/.-]+/|Vigente|imap\.[\w.]+")

_SPANISH = re.compile(
    r"[áéíóúñÁÉÍÓÚÑ¿¡]|\b(?:de|la|el|los|las|del|al|para|con|por|su|sus|usted|una|un|que|en|y|se|es|lo|le|sin|ya|caso|casos)\b",
    re.IGNORECASE,
)  # fmt: skip
_ENGLISH = re.compile(
    r"\b(?:the|of|your|with|and|you|for|is|are|this|to|from|will|has|have|case|cases|not|by)\b", re.IGNORECASE
)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self._foreign = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag == "textarea" and ("translate", "no") in attrs:  # a text for a program, such as a template
            self._silent, self._foreign = self._silent + 1, True
        self.found += [value for name, value in attrs if name in _SPOKEN and value]
        self.found += [
            value for name, value in attrs if name == "value" and value and ("type", "submit") in attrs
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag == "textarea" and self._foreign:
            self._silent, self._foreign = self._silent - 1, False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data)


def texts(html: str) -> list[str]:
    """Every text of a page, its white space folded, without what is the same in all languages."""
    page = _Page()
    page.feed(html)
    page.close()
    zones = {zone.replace("_", " ") for zone in available_timezones()}
    zones |= {
        name for language in ("es", "en") for _code, name in countries(language)
    }  # CLDR's, in each language
    words = (" ".join(text.split()) for text in page.found)
    folded = (" ".join(_NEUTRAL.sub(" ", text).split()) for text in words if text not in zones)
    return [text for text in folded if text]


def stranger(text: str, language: str) -> str:
    """The first word of a text ("en" or "es") that belongs to the other language, or speaks to a *tú*; else ""."""
    text = _NEUTRAL.sub(" ", text)
    found = _SPANISH.search(text) if language == "en" else _ENGLISH.search(text) or FAMILIAR.search(text)
    return found[0] if found else ""


def content(response: Any) -> str:
    """The body of an answer, sent whole or in pieces."""
    body = b"".join(response) if response.streaming else response.content
    return str(body.decode())
