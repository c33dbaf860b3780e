"""Files people send: measured, sniffed, stored outside the web root under their own hash, and served as no page.

Nothing here knows what a file belongs to: whoever keeps one (a message, a payment) keeps its path, name and type.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import filetype
from django.conf import settings
from django.http import FileResponse
from django.http.response import HttpResponseBase

from vigente.rules.refusal import RefusalCode, Refused

# Shown in the page when asked for; everything else is downloaded. Never SVG or HTML, which can run.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"
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


def check_file(file: File, *, max_bytes: int, field: str, types: frozenset[str] | None = None) -> None:
    """Raise Refused for what is not kept: empty, too large, a program, or not of one of `types`."""
    name = safe_name(file.filename)
    if not file.content:
        raise Refused(RefusalCode.FILE_EMPTY, field=field, name=name)
    if len(file.content) > max_bytes:
        limit = max_bytes // (1024 * 1024)
        raise Refused(RefusalCode.FILE_TOO_LARGE, field=field, name=name, limit=limit)
    kind = sniff(file)
    if kind in PROGRAMS:
        raise Refused(RefusalCode.FILE_TYPE, field=field, name=name, type=kind)
    if types is not None and kind not in types:
        raise Refused(RefusalCode.FILE_KIND, field=field, name=name, type=kind)


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


def digest_of(content: bytes) -> str:
    """The SHA-256 a file is stored under."""
    return hashlib.sha256(content).hexdigest()


def store(content: bytes) -> str:
    """Write the bytes once, under their own hash, and say where; a file is complete or not there at all."""
    digest = digest_of(content)
    relative = f"{digest[:2]}/{digest}"
    path = stored(relative)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{digest}.{secrets.token_hex(6)}.part")
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    return relative


def stored(relative: str) -> Path:
    """Where the bytes of what `store` kept lie."""
    return Path(settings.MEDIA_ROOT) / relative


def serve(path: Path, *, filename: str, content_type: str) -> FileResponse:
    """The bytes, never as something a browser would run: safe pictures and PDF are shown, all else is downloaded.

    Raises OSError when they are not there.
    """
    shown = content_type in SAFE_IMAGES or content_type == PDF
    kind = content_type if shown or content_type == "text/plain" else UNKNOWN
    return FileResponse(path.open("rb"), as_attachment=not shown, filename=filename, content_type=kind)


def never_a_page(response: HttpResponseBase, content_type: str) -> None:
    """Headers under which nothing in a file runs, and no cache shows it to anybody who was not asked for again."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A PDF opens in the browser's own viewer, which a sandbox would block; it is its type alone, never a page.
    response["Content-Security-Policy"] = "default-src 'none'" + ("" if content_type == PDF else "; sandbox")
