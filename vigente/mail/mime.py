"""A mail's bytes to a tree of parts, by slicing. Never raises, looks at each byte a bounded number of times.

The standard parser makes a list of all lines first (240 MB for an 18 MB attachment, 375 MB for 25 MB of empty
lines), and its default policy decodes headers in a way that a 224 kB subject turns into gigabytes. Here each limit is
applied before anything is decoded; `tests/test_mime.py` compares how mails are cut with the standard parser.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vigente.mail.headers import content_type_of, parameters, token
from vigente.mail.limits import MAX_DEPTH, MAX_HEADER, MAX_HEADER_BLOCK, MAX_HEADERS, MAX_PARTS

_END_OF_HEADER = re.compile(rb"\n(?![ \t])")
_BLANK = re.compile(rb"\r?\n")
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(\r?\n|\r?\Z)")
_NAME = re.compile(rb"[!-9;-~]{1,100}[ \t]*")
_MBOX_LINE = re.compile(rb">?From ")
_FALSE_BOUNDARIES = 10_000


@dataclass(slots=True)
class Part:
    """`raw[start:end]` is the whole part, `raw[body:end]` what follows its headers. Header names are lower case."""

    raw: bytes
    start: int
    body: int
    end: int
    headers: list[tuple[str, bytes]]
    depth: int = 0
    children: list["Part"] = field(default_factory=list)
    content_type: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)

    def first(self, name: str) -> bytes:
        return next((value for key, value in self.headers if key == name), b"")

    def every(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    def content(self) -> bytes:
        """The body with its transfer encoding undone, as far as it can be."""
        return _undo(self.raw[self.body : self.end], token(self.first("content-transfer-encoding")))

    def leaves(self) -> Iterator["Part"]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def split(raw: bytes, defects: set[str]) -> Part:
    """The tree of `raw`. What was left unread is named in `defects`."""
    if b"\n" not in raw[:MAX_HEADER_BLOCK] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\xef\xbb\xbf\r\n"))
    budget = [MAX_PARTS]
    return _part(raw, start, len(raw), 0, budget, defects)


def read_headers(raw: bytes) -> tuple[list[tuple[str, bytes]], int]:
    """The headers of a mail, names in lower case, cut to size, and where its body begins."""
    start = len(raw) - len(raw.lstrip(b"\xef\xbb\xbf\r\n"))
    return _headers(raw, start, len(raw), set())


def _part(raw: bytes, start: int, end: int, depth: int, budget: list[int], defects: set[str]) -> Part:
    headers, body = _headers(raw, start, end, defects)
    part = Part(raw, start, body, end, headers, depth)
    value = part.first("content-type")
    part.content_type = content_type_of(value)
    part.params = parameters(value)
    boundary = part.params.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")[:200]
    if not part.content_type.startswith("multipart/") or not boundary:
        return part
    if depth >= MAX_DEPTH:
        defects.add("too_deep")
        return part
    for child_start, child_end in _slices(raw, body, end, boundary, defects):
        budget[0] -= 1
        if budget[0] < 0:
            defects.add("too_many_parts")
            break
        part.children.append(_part(raw, child_start, child_end, depth + 1, budget, defects))
    return part


def _headers(raw: bytes, start: int, end: int, defects: set[str]) -> tuple[list[tuple[str, bytes]], int]:
    """Header lines, unfolded and cut to size, and where the body begins: after a blank line or at no header."""
    headers: list[tuple[str, bytes]] = []
    kept, position = 0, start
    while position < end:
        blank = _BLANK.match(raw, position, end)
        if blank:
            return headers, blank.end()
        if len(headers) >= MAX_HEADERS or kept > MAX_HEADER_BLOCK:
            defects.add("too_many_headers")
            return headers, _after_blank_line(raw, position, end)
        match = _END_OF_HEADER.search(raw, position, end)
        stop = match.start() if match else end
        colon = raw.find(b":", position, min(stop, position + 110))
        if colon < 0 or not _NAME.fullmatch(raw, position, colon):
            if headers or not _MBOX_LINE.match(raw, position, stop):
                defects.add("broken_headers")
                return headers, position
        else:
            if stop - colon > MAX_HEADER:
                defects.add("header_cut")
            value = raw[colon + 1 : min(stop, colon + 1 + MAX_HEADER)].replace(b"\r", b"").replace(b"\n", b"")
            name = raw[position:colon].rstrip().decode("ascii", "replace").lower()
            headers.append((name, value.strip()))
            kept += len(value)
        position = min(stop + 1, end)
    return headers, end


def _after_blank_line(raw: bytes, position: int, end: int) -> int:
    found = [
        at + len(mark)
        for mark in (b"\n\n", b"\n\r\n")
        if (at := raw.find(mark, max(position - 1, 0), end)) >= 0
    ]
    return min(found, default=end)


def _slices(
    raw: bytes, start: int, end: int, boundary: bytes, defects: set[str]
) -> Iterator[tuple[int, int]]:
    """Where each part between two boundary lines begins and ends. A missing last boundary is forgiven."""
    mark = b"--" + boundary
    position, opened, false_hits = start, -1, 0
    while True:
        at = raw.find(mark, position, end)
        if at < 0:
            break
        position = at + len(mark)
        tail = _AFTER_BOUNDARY.match(raw, position, end)
        if tail is None or (at > start and raw[at - 1] != 10):
            false_hits += 1
            if false_hits > _FALSE_BOUNDARIES:
                defects.add("false_boundaries")
                break
            continue
        if opened >= 0:
            yield opened, _before_line_end(raw, opened, at)
        opened, position = tail.end(), tail.end()
        if tail.group(1):
            return
    if 0 <= opened < end:
        yield opened, end


def _before_line_end(raw: bytes, start: int, at: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    at = max(start, at - 1)
    return at - 1 if at > start and raw[at - 1] == 13 else at


def _undo(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "base64":
            return _base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(body)
        case _:
            return body


def _base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        digits = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"==")


def _uuencoded(body: bytes) -> bytes:
    decoded = bytearray()
    position = max(0, body.find(b"begin "))
    while (end := body.find(b"\n", position)) >= 0:
        line, position = body[position:end].strip(), end + 1
        if line in (b"end", b"`"):
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(decoded)
