"""A file name that is safe to keep, show and offer for download, whatever the sender wrote."""

import mimetypes
import re
import unicodedata

from vigente.mail.charsets import clean_line
from vigente.mail.limits import MAX_FILENAME

_FORBIDDEN = re.compile(r'[\\/:*?"<>|%\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_TYPES = mimetypes.MimeTypes()  # the built-in table only: the same on every machine
_MAIL_TYPES = {"message/rfc822": ".eml", "text/calendar": ".ics", "application/ms-tnef": ".dat"}
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def safe_filename(name: str, *, content_type: str = "", index: int = 1) -> str:
    """The last path component, without controls, direction overrides, reserved names or leading dots; never empty."""
    name = unicodedata.normalize("NFC", clean_line(name, 1000))
    name = "".join(char for char in name if unicodedata.category(char) not in _INVISIBLE)
    name = _FORBIDDEN.sub("_", re.split(r"[\\/]", name)[-1]).strip(" .")
    if not name.strip("_"):
        name = f"adjunto-{index}{_extension(content_type)}"
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shorten(name)


def _extension(content_type: str) -> str:
    if content_type in _MAIL_TYPES:
        return _MAIL_TYPES[content_type]
    return _TYPES.guess_extension(content_type) or ".bin"


def _shorten(name: str) -> str:
    if len(name) <= MAX_FILENAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        return name[:MAX_FILENAME].rstrip(" .")
    return f"{stem[: MAX_FILENAME - len(extension) - 1].rstrip(' .')}.{extension}"
