"""What a mail says, as plain frozen values, and their passage through a pipe as JSON and bytes (never pickle)."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vigente.mail.headers import Address
from vigente.rules.mailsigns import Signs


@dataclass(frozen=True, slots=True)
class Attachment:
    """`cid` without brackets. `inline`: the HTML shows it at its place."""

    filename: str
    content_type: str
    content: bytes
    cid: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report (RFC 3464): who was not reached, and which of our mails it was about."""

    recipient: str
    action: str
    status: str
    diagnostic: str
    original_id: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail. Texts are clean (no NUL, no control, \\n line ends); HTML is sanitised and keeps its `cid:` images.

    `text`/`html` are what the sender wrote, `quoted_text`/`quoted_html` what their mail program repeated below it.
    `defects` names what was wrong or left unread; the raw bytes always keep everything.
    """

    sender: Address
    subject: str
    text: str
    html: str
    quoted_text: str
    quoted_html: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    date: datetime | None
    signs: Signs
    auth_results: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None
    defects: tuple[str, ...] = field(default=())


_TEXTS = ("subject", "text", "html", "quoted_text", "quoted_html", "message_id")
_PEOPLE = ("reply_to", "to", "cc")
_LINES = ("in_reply_to", "references", "delivered_to", "auth_results", "defects")


def to_wire(mail: ParsedMail) -> tuple[dict[str, Any], list[bytes]]:
    """The mail as JSON values, and the contents of its attachments apart."""
    data = dataclasses.asdict(dataclasses.replace(mail, attachments=()))
    data["date"] = mail.date.isoformat() if mail.date else None
    data["attachments"] = [
        [a.filename, a.content_type, a.cid, a.inline, len(a.content)] for a in mail.attachments
    ]
    return data, [a.content for a in mail.attachments]


def from_wire(data: dict[str, Any], contents: list[bytes]) -> ParsedMail:
    """The inverse of `to_wire`. Raises KeyError, TypeError or ValueError on anything that is not its work."""
    described = data.pop("attachments")
    if [item[4] for item in described] != [len(content) for content in contents]:
        raise ValueError("attachments do not match their description")
    values: dict[str, Any] = {name: data.pop(name) for name in _TEXTS}
    values |= {name: tuple(Address(**item) for item in data.pop(name)) for name in _PEOPLE}
    values |= {name: tuple(str(item) for item in data.pop(name)) for name in _LINES}
    date, bounce = data.pop("date"), data.pop("bounce")
    return ParsedMail(
        sender=Address(**data.pop("sender")),
        signs=Signs(**data.pop("signs")),
        date=datetime.fromisoformat(date) if date else None,
        bounce=Bounce(**bounce) if bounce else None,
        attachments=tuple(
            Attachment(name, kind, content, cid, inline)
            for (name, kind, cid, inline, _), content in zip(described, contents, strict=True)
        ),
        **values,
    )
