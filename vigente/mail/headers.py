"""Header bytes to values: encoded words, addresses, parameters, message ids, dates. Linear time, never raises."""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from vigente.mail.charsets import clean_line, decode
from vigente.mail.limits import MAX_NAME, MAX_REFERENCES

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,90}")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_CONTINUED = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,400})\s*>")


@dataclass(frozen=True, slots=True)
class Address:
    """`email` as it is compared (`addresses.address_key`); "" when it is none that could be written to."""

    name: str
    email: str


def text_of(value: bytes) -> str:
    """A header as text without looking at encoded words: the bytes are ASCII, UTF-8 or, by mistake, Windows-1252."""
    return decode(value).replace("\n", " ")


def words(text: str) -> str:
    """Text with encoded words decoded. Neighbours of one charset are joined first: a letter may be cut in two."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending, charset, position = b"", "", 0
    text = _BETWEEN_WORDS.sub(r"\1", text)
    for match in _WORD.finditer(text):
        label = match[1].split("*")[0].lower()
        if pending and (match.start() > position or label != charset):
            out.append(decode(pending, charset))
            pending = b""
        out.append(text[position : match.start()])
        pending += _word_bytes(match[2], match[3])
        charset, position = label, match.end()
    if pending:
        out.append(decode(pending, charset))
    return "".join([*out, text[position:]])


def _word_bytes(encoding: str, body: str) -> bytes:
    data = body.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    digits = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")


def line(value: bytes, limit: int) -> str:
    """A header for people: decoded, one line, at most `limit` characters."""
    return clean_line(words(text_of(value)), limit)


def token(value: bytes) -> str:
    """The first word of a header in lower case, without comments and parameters."""
    return re.split(r"[\s;(]", text_of(value[:200]).strip().lower(), maxsplit=1)[0].strip('"')


def content_type_of(value: bytes) -> str:
    kind = text_of(value[:300]).split(";")[0].strip().strip('"').lower()
    if not kind:
        return "text/plain"
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream" if "/" in kind else "text/plain"


def parameters(value: bytes) -> dict[str, str]:
    """Parameters of a Content-Type or Content-Disposition, continuations and percent encoding (RFC 2231) undone."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in list(_PARAMETER.finditer(text_of(value)))[:100]:
        name = _CONTINUED.fullmatch(match[1].lower())
        if name is None:
            continue
        content = match[3].strip() if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
        pieces.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3]), content))
    return {name: _joined(found) for name, found in pieces.items()}


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    if not any(encoded for _, encoded, _ in pieces):
        if pieces[0] == pieces[-1] or all(number == 0 for number, _, _ in pieces):
            return words(pieces[0][2])
        return words("".join(text for _, _, text in sorted(pieces, key=lambda piece: piece[0])))
    pieces = sorted((piece for piece in pieces if piece[1] or piece[0] > 0), key=lambda piece: piece[0])
    charset, data = "", b""
    for at, (_, encoded, text) in enumerate(pieces):
        if at == 0 and encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode(data, charset)


def message_ids(value: bytes) -> tuple[str, ...]:
    """Message ids without brackets, in order, each once, the last ones when there are too many."""
    text = text_of(value)
    found = _MESSAGE_ID.findall(text)
    if not found and text.strip() and not re.search(r"[\s<>]", text.strip()):
        found = [text.strip()[:400]]
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]


def date_of(value: bytes) -> datetime | None:
    """The Date as an instant in UTC. A claim of the sender: for showing, never for deciding."""
    try:
        stamp = parsedate_to_datetime(text_of(value[:120]).strip())
        stamp = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
        return stamp.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def person(name: str) -> str:
    return clean_line(words(name), MAX_NAME)
