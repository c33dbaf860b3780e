"""Files of messages and held requests. What a file is and where it lies: `installation.files`."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from vigente.billing.models import Payment
from vigente.installation.files import (
    PROGRAMS,
    SAFE_IMAGES,
    File,
    check_file,
    digest_of,
    safe_name,
    sniff,
    store,
    stored,
)
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Attachment, HeldRequest, Message

__all__ = ["PROGRAMS", "SAFE_IMAGES", "File", "attach", "check", "forget", "path_of", "safe_name", "sniff"]


def check(files: "tuple[File, ...]") -> None:
    """Raise Refused for what is not kept: too many, too large, empty, a program."""
    if len(files) > settings.ATTACHMENT_MAX_PER_MESSAGE:
        raise Refused(RefusalCode.TOO_MANY_FILES, field="files", limit=settings.ATTACHMENT_MAX_PER_MESSAGE)
    for file in files:
        check_file(file, max_bytes=settings.ATTACHMENT_MAX_BYTES, field="files")


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
            sha256=digest_of(file.content),
            path=store(file.content),
            cid=file.cid[:200],
            is_inline=file.is_inline and sniff(file) in SAFE_IMAGES,
            created_at=now,
        )
        for file in files
    ]


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return stored(attachment.path)


def forget(paths: Iterable[str]) -> None:
    """Remove bytes from the disk that nothing leads to any more. The same bytes may have been sent by somebody else."""
    for path in set(paths):
        used = Attachment.objects.filter(path=path).exists() or Payment.objects.filter(proof=path).exists()
        if not used:
            stored(path).unlink(missing_ok=True)
