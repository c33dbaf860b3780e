"""Changing what was said: with its history, and never behind anybody's back. Pinning what matters."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Attachment, Message, MessageVersion
from vigente.tickets.services.conversation import written
from vigente.tickets.services.state import locked, tell


def may_edit(message: Message, actor: User) -> bool:
    """What staff wrote: its author, or a supervisor. Nobody puts words into a customer's mouth."""
    if message.deleted_at is not None or not message.by_staff:
        return False
    return message.author_id == actor.pk or actor.is_supervisor


def may_delete(message: Message, actor: User) -> bool:
    """One's own, and a supervisor any: also a customer's, who sent a password by mistake."""
    if message.deleted_at is not None:
        return False
    return (message.by_staff and message.author_id == actor.pk) or actor.is_supervisor


@transaction.atomic
def edit_message(
    *, message: Message, text: str, actor: User, now: datetime, without: Collection[int] = ()
) -> Message:
    """Change its text, and take out the files `without`. What it said before is kept; a mail that went out stays."""
    message = _fresh(message)
    if not may_edit(message, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    files = message.attachments.filter(deleted_at=None)
    gone = list(files.filter(pk__in=without))
    if not text.strip() and len(gone) == files.count():
        raise Refused(RefusalCode.EMPTY, field="text")
    if text.strip() != message.text.strip():
        html, text = written("", text, ()) if text.strip() else ("", "")
        _keep(message, deleted=False, actor=actor, now=now)
        message.html, message.text, message.edited_at = html, text, now
        message.save(update_fields=["html", "text", "edited_at"])
        files.filter(is_inline=True).update(is_inline=False)  # the new text shows none of its pictures
        tell(Kind.TICKET_MESSAGE_EDITED, message.ticket, now=now, actor=actor, message=message.pk)
    for file in gone:
        _delete_file(file, message, actor, now=now)
    return message


@transaction.atomic
def delete_message(*, message: Message, actor: User, now: datetime) -> None:
    """Take away what it says, with its files. An empty row stays in its place and says so."""
    message = _fresh(message)
    if not may_delete(message, actor):
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    _keep(message, deleted=True, actor=actor, now=now)
    message.html = message.text = message.quoted_html = ""
    message.deleted_at, message.pinned_at = now, None
    message.save(update_fields=["html", "text", "quoted_html", "deleted_at", "pinned_at"])
    message.attachments.filter(deleted_at=None).update(deleted_at=now)
    tell(Kind.TICKET_MESSAGE_DELETED, message.ticket, now=now, actor=actor, message=message.pk)


@transaction.atomic
def pin(*, message: Message, pinned: bool, actor: User, now: datetime) -> None:
    """Keep it in sight on top of its case, or no more. Staff only see it."""
    message = _fresh(message)
    if message.deleted_at is not None:
        raise Refused(RefusalCode.WRONG_STATE)
    if (message.pinned_at is not None) == pinned:
        return
    message.pinned_at = now if pinned else None
    message.save(update_fields=["pinned_at"])
    kind = Kind.TICKET_MESSAGE_PINNED if pinned else Kind.TICKET_MESSAGE_UNPINNED
    tell(kind, message.ticket, now=now, actor=actor, message=message.pk)


def _fresh(message: Message) -> Message:
    """As it stands now, its case locked, so that two who change it take turns."""
    ticket = locked(message.ticket_id)
    fresh = Message.objects.get(pk=message.pk)
    fresh.ticket = ticket
    return fresh


def _keep(message: Message, *, deleted: bool, actor: User, now: datetime) -> None:
    MessageVersion.objects.create(
        message=message,
        html=message.html,
        text=message.text,
        quoted_html=message.quoted_html,
        deleted=deleted,
        replaced_by=actor,
        replaced_at=now,
    )


def _delete_file(file: Attachment, message: Message, actor: User, *, now: datetime) -> None:
    file.deleted_at = now
    file.save(update_fields=["deleted_at"])
    tell(
        Kind.TICKET_FILE_DELETED,
        message.ticket,
        now=now,
        actor=actor,
        message=message.pk,
        file=file.filename,
    )
