"""A tree of parts to one text, one HTML and the attachments."""

import binascii
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import unquote

from vigente.mail.charsets import decode
from vigente.mail.filenames import safe_filename
from vigente.mail.headers import parameters, text_of, token
from vigente.mail.limits import MAX_ATTACHMENTS, MAX_HTML, MAX_TEXT
from vigente.mail.mime import Part
from vigente.mail.parsed import Attachment
from vigente.tickets.html import html_of_text, text_of_html

_DATA_IMAGE = re.compile(
    r"""(?P<before>\ssrc\s*=\s*["'])data:(?P<type>image/(?:png|jpeg|gif|webp));base64,(?P<data>[A-Za-z0-9+/=\s]{8,})(?P<after>["'])""",
    re.IGNORECASE,
)
_CID = re.compile(r"""cid:([^"'\s<>)]{1,300})""", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """One piece of the body, in one or both forms."""

    plain: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """`text` None: the mail has HTML only. `html` is not yet sanitised; "" when the mail has none."""

    text: str | None
    html: str
    attachments: tuple[Attachment, ...]


def read_body(root: Part, defects: set[str]) -> Body:
    """The body in both forms and all attachments, those that the HTML shows marked as inline."""
    files: list[Attachment] = []
    blocks = [block for block in _blocks(root, files, defects, first=True) if block.plain or block.html]
    html = ""
    if any(block.html for block in blocks):
        html = "\n".join(block.html or html_of_text(block.plain or "") for block in blocks)
        html = _extract_data_images(html[: MAX_HTML * 8], files)
        if len(html) > MAX_HTML:
            defects.add("html_cut")
            html = html[:MAX_HTML]
    text = _text(blocks)
    if text and len(text) > MAX_TEXT:
        defects.add("text_cut")
        text = text[:MAX_TEXT]
    shown = {unquote(cid).lower() for cid in _CID.findall(html)}
    attachments = tuple(
        Attachment(a.filename, a.content_type, a.content, a.cid, a.inline or a.cid.lower() in shown)
        if a.cid
        else a
        for a in files
    )
    return Body(text if text is None else text.strip("\n"), html, attachments)


def _text(blocks: list[Block]) -> str | None:
    """The plain form; None when the mail has none, so that it is taken from the HTML once that is cut."""
    if blocks and all(block.plain is None for block in blocks):
        return None
    return "\n\n".join(
        block.plain if block.plain is not None else text_of_html((block.html or "")[:MAX_HTML])
        for block in blocks
    )


def _blocks(part: Part, files: list[Attachment], defects: set[str], *, first: bool = False) -> list[Block]:
    if part.content_type == "multipart/alternative" and part.children:
        return [_alternative(part, files, defects, first=first)]
    if part.children:
        if part.content_type == "multipart/report":
            return [b for child in part.children[:1] for b in _blocks(child, files, defects, first=first)]
        found: list[Block] = []
        for at, child in enumerate(part.children):
            found.extend(_blocks(child, files, defects, first=first and at == 0))
        return found
    if _is_text(part, first=first):
        content = part.content()
        limit = MAX_HTML * 8 if part.content_type == "text/html" else MAX_TEXT * 4
        text = decode(content[:limit], part.params.get("charset", ""))
        if len(content) > limit:
            defects.add("text_cut")
        if part.content_type == "text/html":
            return [Block(html=text)]
        flowed = part.params.get("format", "").lower() == "flowed"
        delete_space = part.params.get("delsp", "").lower() == "yes"
        return [Block(plain=unflow(text, delete_space=delete_space) if flowed else text)]
    _attach(part, files, defects)
    return []


def _alternative(part: Part, files: list[Attachment], defects: set[str], *, first: bool) -> Block:
    """One block of several forms: the first plain text, the last HTML; anything else (a calendar) is attached."""
    block = Block()
    for child in part.children:
        found = _blocks(child, files, defects, first=first)
        plain = "\n".join(b.plain for b in found if b.plain)
        html = (
            "\n".join(b.html or html_of_text(b.plain or "") for b in found)
            if any(b.html for b in found)
            else ""
        )
        if html:
            block.html = html
        elif plain and not block.plain:
            block.plain = plain
    return block


def _is_text(part: Part, *, first: bool) -> bool:
    if part.content_type not in ("text/plain", "text/html"):
        return part.content_type in ("text/enriched", "text/richtext") and first
    if token(part.first("content-disposition")) == "attachment":
        return False
    return first or not _name(part)


def _name(part: Part) -> str:
    return parameters(part.first("content-disposition")).get("filename") or part.params.get("name", "")


def _attach(part: Part, files: list[Attachment], defects: set[str]) -> None:
    content = part.content()
    if part.content_type.startswith("multipart/") and not content.strip():
        return
    if len(files) >= MAX_ATTACHMENTS:
        defects.add("too_many_attachments")
        return
    name = safe_filename(_name(part), content_type=part.content_type, index=len(files) + 1)
    cid = text_of(part.first("content-id")).strip().strip("<>").strip()[:300]
    files.append(Attachment(name, part.content_type[:100], content, cid))


def _extract_data_images(html: str, files: list[Attachment]) -> str:
    """Pasted pictures that the mail carries inside its HTML become attachments: the sanitiser would drop them."""

    def replace(match: re.Match[str]) -> str:
        if len(files) >= MAX_ATTACHMENTS:
            return match[0]
        try:
            content = binascii.a2b_base64(match["data"])
        except binascii.Error:
            return match[0]
        kind = match["type"].lower()
        cid = f"{hashlib.sha256(content).hexdigest()[:24]}@data"
        if all(file.cid != cid for file in files):
            name = safe_filename("", content_type=kind, index=len(files) + 1)
            files.append(Attachment(name, kind, content, cid, True))
        return f"{match['before']}cid:{cid}{match['after']}"

    return _DATA_IMAGE.sub(replace, html)


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs of a format=flowed text (RFC 3676) put back on one line each."""
    paragraphs: list[list[str]] = []
    open_quote: str | None = None
    for line in text.split("\n"):
        body = line.lstrip(">")
        quote = line[: len(line) - len(body)]
        body = body.removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        piece = body[:-1] if soft and delete_space else body
        if open_quote == quote and body != "-- ":
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([f"{quote} {piece}" if quote else piece])
        open_quote = quote if soft else None
    return "\n".join("".join(pieces) for pieces in paragraphs)
