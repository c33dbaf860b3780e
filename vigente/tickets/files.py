"""Files people send: measured, sniffed, stored outside the web root under names of our own."""

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filetype
from django.conf import settings

from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Attachment, HeldRequest, Message

# Shown in the page when asked for; everything else is downloaded. Never SVG or HTML, which can run.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
TEXT_TYPES = {
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".log": "text/plain",
    ".sql": "text/plain",
    ".md": "text/plain",
}
OFFICE_ZIPS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
PROGRAMS = frozenset({"application/x-msdownload", "application/x-executable", "application/x-elf"})
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it arrived. `content` is kept in memory: its size was limited before."""

    filename: str
    content: bytes
    cid: str = ""
    is_inline: bool = False


def check(files: "tuple[File, ...]") -> None:
    """Raise Refused for what is not kept: too many, too large, empty, a program."""
    if len(files) > settings.ATTACHMENT_MAX_PER_MESSAGE:
        raise Refused(RefusalCode.TOO_MANY_FILES, field="files", limit=settings.ATTACHMENT_MAX_PER_MESSAGE)
    for file in files:
        name = safe_name(file.filename)
        if not file.content:
            raise Refused(RefusalCode.FILE_EMPTY, field="files", name=name)
        if len(file.content) > settings.ATTACHMENT_MAX_BYTES:
            limit = settings.ATTACHMENT_MAX_BYTES // (1024 * 1024)
            raise Refused(RefusalCode.FILE_TOO_LARGE, field="files", name=name, limit=limit)
        kind = sniff(file)
        if kind in PROGRAMS:
            raise Refused(RefusalCode.FILE_TYPE, field="files", name=name, type=kind)


def sniff(file: File) -> str:
    """The type the bytes show, never the one that was claimed. Archives are never opened."""
    extension = Path(file.filename).suffix.lower()
    guessed = filetype.guess_mime(file.content[:8192])
    if guessed == "application/zip":
        return OFFICE_ZIPS.get(extension, "application/zip")
    if guessed:
        return str(guessed)
    if file.content[:4096].isascii() or _is_utf8(file.content):
        return TEXT_TYPES.get(extension, "text/plain") if b"\0" not in file.content[:4096] else UNKNOWN
    return UNKNOWN


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def safe_name(name: str) -> str:
    """A name that can be shown and offered for download: no path, no control or direction characters, at most 120
    long.
    """
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*]+', "_", plain).strip(" .")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > 120:
        plain = stem[: 118 - len(extension[:12])] + dot + extension[:12] if dot else plain[:120]
    return plain or "archivo"


def attach(
    files: "tuple[File, ...]",
    *,
    now: datetime,
    message: Message | None = None,
    held: HeldRequest | None = None,
) -> list[Attachment]:
    """Store files that `check` let pass and tie them to a message or a held request."""
    return [
        Attachment.objects.create(
            message=message,
            held=held,
            token=secrets.token_urlsafe(18),
            filename=safe_name(file.filename),
            content_type=sniff(file),
            size=len(file.content),
            sha256=(digest := hashlib.sha256(file.content).hexdigest()),
            path=_write(digest, file.content),
            cid=file.cid[:200],
            is_inline=file.is_inline and sniff(file) in SAFE_IMAGES,
            created_at=now,
        )
        for file in files
    ]


def _write(digest: str, content: bytes) -> str:
    """Write the bytes once, under their own hash; a file is complete or not there at all."""
    relative = f"{digest[:2]}/{digest}"
    path = Path(settings.MEDIA_ROOT) / relative
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{digest}.{secrets.token_hex(6)}.part")
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    return relative


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return Path(settings.MEDIA_ROOT) / attachment.path
