"""What the author of a held request writes later, in answer to what we wrote: it belongs to that request (row 50)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.files import File, attach
from vigente.tickets.models import HeldRequest
from vigente.tickets.services.conversation import written

PENDING = (HeldRequest.Status.WAITING, HeldRequest.Status.CHOOSE, HeldRequest.Status.APPROVAL)


@transaction.atomic
def add_to(
    *, held: HeldRequest, now: datetime, html: str = "", text: str = "", files: tuple[File, ...] = ()
) -> HeldRequest:
    """Add a text and files to a request that still waits. Raises Refused when it no longer does, or grows too large."""
    html, text = written(html, text, files)
    fresh = HeldRequest.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if fresh.status not in PENDING:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    limit = settings.ATTACHMENT_MAX_PER_MESSAGE
    if fresh.attachments.count() + len(files) > limit:
        raise Refused(RefusalCode.TOO_MANY_FILES, field="files", limit=limit)
    longer = f"{fresh.text}\n\n{text}".strip()
    if len(longer) > settings.MESSAGE_MAX_CHARS:
        raise Refused(RefusalCode.TOO_LONG, field="text", limit=settings.MESSAGE_MAX_CHARS)
    HeldRequest.objects.filter(pk=fresh.pk, status=fresh.status).update(
        html=f"{fresh.html}<hr>{html}" if fresh.html else html, text=longer
    )
    attach(files, now=now, held=fresh)
    fresh.refresh_from_db()
    return fresh
