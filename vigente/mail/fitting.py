"""A mail cut to what a case may hold. What does not fit goes along as a file; programs are left out, and named."""

import io
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from vigente.mail.parsed import Attachment, ParsedMail
from vigente.tickets.files import PROGRAMS, File, safe_name, sniff

HTML_CHARS = 4  # times MESSAGE_MAX_CHARS


@dataclass(frozen=True, slots=True)
class Fitted:
    """What the services are given. `left_out` names the files that are only in the original."""

    text: str
    html: str
    quoted_html: str
    files: tuple[File, ...]
    left_out: tuple[str, ...]


def fit(mail: ParsedMail) -> Fitted:
    """The mail within the limits of the settings. A text too long is cut, and its whole kept as a file."""
    limit = settings.MESSAGE_MAX_CHARS
    files, left_out = _sorted_out(mail.attachments)
    text, html = mail.text, mail.html
    if len(html) > HTML_CHARS * limit:
        html = ""
    if len(text) > limit:
        files.insert(0, File(_("mensaje-completo.txt"), text.encode()))
        text, html = text[:limit], ""
    if not text.strip() and not html and not files:
        text = _("(sin texto)")
    quoted = mail.quoted_html if len(mail.quoted_html) <= HTML_CHARS * limit else ""
    return Fitted(text, html, quoted, tuple(_bundled(files)), tuple(left_out))


def _sorted_out(attachments: tuple[Attachment, ...]) -> tuple[list[File], list[str]]:
    """(files to keep, names of those left out). Empty files are nothing."""
    kept: list[File] = []
    left_out: list[str] = []
    for attachment in attachments:
        file = File(attachment.filename, attachment.content, attachment.cid[:200], attachment.inline)
        if not file.content:
            continue
        if sniff(file) in PROGRAMS or len(file.content) > settings.ATTACHMENT_MAX_BYTES:
            left_out.append(safe_name(file.filename))
        else:
            kept.append(file)
    return kept, left_out


def _bundled(files: list[File]) -> list[File]:
    """At most as many files as a message may have: pictures of the text first, the last ones in one archive."""
    most = settings.ATTACHMENT_MAX_PER_MESSAGE
    if len(files) <= most:
        return files
    ordered = sorted(files, key=lambda file: not file.is_inline)
    kept, rest = ordered[: most - 1], ordered[most - 1 :]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, file in enumerate(rest, start=1):
            archive.writestr(f"{number:02d}-{safe_name(file.filename)}", file.content)
    return [*kept, File(_("otros-archivos.zip"), content.getvalue())]
