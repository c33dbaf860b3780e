"""An address header to addresses. One pass, no recursion: nested comments and broken groups cost nothing.

A name is decoded only after the header has been cut into addresses, so that an encoded comma can forge nothing.
"""

import re
import unicodedata

from vigente.mail.headers import Address, person, text_of
from vigente.mail.limits import MAX_ADDRESSES

_EMAIL = re.compile(r"[^\s@<>()\[\]\",;:\\\x00-\x1f]{1,64}@[^\s@<>()\",;:\\\x00-\x1f]{1,190}")
_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def address_key(email: str) -> str:
    """The address as it is compared: ASCII letters lower, the domain in ASCII when it can be, nothing else folded.

    `str.lower` would turn U+212A (the Kelvin sign) into k, and name preparation a circled letter into a plain one: an
    address that only looks like another must stay another.
    """
    local, at, domain = email.strip().translate(_TO_LOWER).rpartition("@")
    if not at or domain.isascii():
        return f"{local}{at}{domain}"
    try:
        if unicodedata.normalize("NFKC", domain) == domain:
            domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        pass
    return f"{local}@{domain}"


def addresses(values: list[bytes]) -> tuple[Address, ...]:
    """Addresses of all the headers of one name, in order; what is no address is left out."""
    found: list[Address] = []
    for value in values:
        found.extend(_scan(text_of(value)))
    return tuple(found[:MAX_ADDRESSES])


def _scan(text: str) -> list[Address]:
    reader = _Reader()
    for char in text:
        reader.feed(char)
    reader.flush()
    return reader.found


class _Reader:
    """Reads an address list character by character: phrase, "quoted phrase", (comment), <address>."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self.depth = 0  # of comments
        self.in_quotes = self.escaped = False
        self._begin()

    def _begin(self) -> None:
        self.phrase: list[str] = []
        self.angle: list[str] | None = None
        self.comment: list[str] = []
        self.was_quoted = False

    def feed(self, char: str) -> None:
        if self.escaped:
            self.escaped = False
            (self.comment if self.depth else self.phrase).append(char)
        elif char == "\\" and (self.in_quotes or self.depth):
            self.escaped = True
        elif self.in_quotes:
            self.in_quotes = char != '"'
            self.phrase.append(char if self.in_quotes else "")
        elif self.depth:
            self.depth += (char == "(") - (char == ")")
            self.comment.append(char if self.depth else "")
        elif self.angle is None:
            self._outside(char)
        elif char in ">;":
            self.flush()
        elif char == "(":
            self.depth = 1
        else:
            self.angle.append(char)

    def _outside(self, char: str) -> None:
        match char:
            case '"':
                self.in_quotes = self.was_quoted = True
            case "(":
                self.depth = 1
            case "<":
                self.angle = []
            case "," | ";":
                self.flush()
            case ":":  # the name of a group ends
                self._begin()
            case _:
                self.phrase.append(char)

    def flush(self) -> None:
        """End of one address: keep it, if it is one."""
        phrase = "".join(self.phrase)
        if self.angle is not None:
            email, name = "".join(self.angle).split(":")[-1], phrase
        else:
            email, name = "" if self.was_quoted else phrase, ""
        email = "".join(email.split())
        if _EMAIL.fullmatch(email) and ".." not in email:
            self.found.append(Address(person(name or "".join(self.comment)), address_key(email)))
        self._begin()
