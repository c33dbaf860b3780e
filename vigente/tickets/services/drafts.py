"""Drafts as they are typed, and who has a case open. Small writes, and as few as will do."""

from datetime import datetime, timedelta

from django.conf import settings

from vigente.accounts.models import User
from vigente.installation.rows import insert_if_new
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import ComposerHabit, Draft, Message, Presence, Ticket

BEAT = timedelta(seconds=25)  # a presence is written anew when it is older than this


def save_draft(*, ticket: Ticket, author: User, kind: str, body: str, now: datetime) -> None:
    """Keep what an agent is writing; nothing written is no draft. The same again writes nothing."""
    if not author.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if len(body) > settings.MESSAGE_MAX_CHARS:
        raise Refused(RefusalCode.TOO_LONG, field="body", limit=settings.MESSAGE_MAX_CHARS)
    if "\0" in body or any(0xD800 <= ord(c) <= 0xDFFF for c in body):
        raise Refused(RefusalCode.BAD_CHARACTERS, field="body")
    if not body.strip():
        forget_draft(ticket=ticket, author=author)
        return
    kind = Message.Kind.NOTE if kind == Message.Kind.NOTE else Message.Kind.REPLY
    mine = Draft.objects.filter(ticket=ticket, author=author)
    if mine.exclude(kind=kind, body=body).update(kind=kind, body=body, updated_at=now) or mine.exists():
        return
    insert_if_new(Draft(ticket=ticket, author=author, kind=kind, body=body, updated_at=now))


def forget_draft(*, ticket: Ticket, author: User) -> None:
    """It was sent, or given up."""
    Draft.objects.filter(ticket=ticket, author=author).delete()


def be_present(*, ticket: Ticket, user: User, now: datetime) -> None:
    """Note that somebody has the case open. Mostly one read and no write."""
    mine = Presence.objects.filter(ticket=ticket, user=user)
    seen = mine.values_list("seen_at", flat=True).first()
    if seen is None:
        insert_if_new(Presence(ticket=ticket, user=user, seen_at=now))
    elif now - seen > BEAT:
        mine.update(seen_at=now)


def tidy_presence(*, now: datetime) -> int:
    """Take away what nobody will ask for; for the clock."""
    gone, _by_model = Presence.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    return gone


def keep_habit(*, user: User, go: str) -> None:
    """Remember where an agent goes after a reply (`ComposerHabit.Go`). The same again writes nothing."""
    if go in ComposerHabit.Go.values and not ComposerHabit.objects.filter(user=user, go=go).exists():
        ComposerHabit.objects.update_or_create(user=user, defaults={"go": go})
