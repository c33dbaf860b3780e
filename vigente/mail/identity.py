"""What makes two deliveries the same mail, and a first glimpse of one before it is parsed."""

import hashlib
import re

from vigente.mail.addresses import addresses
from vigente.mail.headers import line, message_ids
from vigente.mail.mime import read_headers

# What the author wrote. Servers add the rest on the way, differently for each copy.
_AUTHORS = frozenset({
    b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
    b"auto-submitted", b"content-type", b"content-transfer-encoding",
})  # fmt: skip
_HEADER = re.compile(rb"(?m)^([!-9;-~]{1,100})[ \t]{0,9}:[^\n]*(?:\n[ \t][^\n]*)*\n?")
_MOST_HEADER_BYTES = 1024 * 1024


def content_digest(raw: bytes) -> str:
    """SHA-256 of what the author wrote: their headers and the body, whatever the line ends and the way it came."""
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    end = text.find(b"\n\n")
    if not 0 <= end <= _MOST_HEADER_BYTES:
        return hashlib.sha256(text.rstrip(b"\n")).hexdigest()
    hashed = hashlib.sha256()
    head = text[: end + 1]
    known = [match[0] for match in _HEADER.finditer(head) if match[1].lower() in _AUTHORS]
    hashed.update(b"".join(known) if known else head)
    hashed.update(b"\n")
    hashed.update(text[end:].rstrip(b"\n"))
    return hashed.hexdigest()


def glimpse(raw: bytes) -> tuple[str, str, str]:
    """(Message-ID, sender, subject) as they are shown in the mail log; "" for what is not there."""
    headers, _ = read_headers(raw)
    values = dict(reversed(headers))
    ids = message_ids(values.get("message-id", b""))
    people = addresses([values.get("from", b"")])
    return (
        header_key(ids[0]) if ids else "",
        people[0].email[:320] if people else "",
        line(values.get("subject", b""), 200),
    )


def header_key(message_id: str) -> str:
    """A Message-ID as it is kept: whole, or, when it is too long, its beginning and a hash."""
    if len(message_id) <= 255:
        return message_id
    return f"{message_id[:180]}#{hashlib.sha256(message_id.encode()).hexdigest()}"
