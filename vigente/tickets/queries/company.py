"""Who else is at a case: has it open, writes in it, has a draft lying there, has just answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigente.accounts.models import User
from vigente.tickets.models import Draft, Message, Presence, Ticket

PRESENT = timedelta(seconds=45)  # longer than a beat (services/drafts) and a poll together
TYPING = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else of the desk. `typing`: now; `draft_at`: when they last wrote what they have not sent."""

    name: str
    here: bool
    typing: bool
    draft_at: datetime | None


def company(ticket: Ticket, user: User, *, now: datetime) -> list[Colleague]:
    """The others, whoever is here first. Two queries."""
    here = Presence.objects.filter(ticket=ticket, seen_at__gt=now - PRESENT).exclude(user=user)
    drafts = Draft.objects.filter(ticket=ticket).exclude(author=user)
    return together(here.select_related("user"), drafts.select_related("author"), now=now)


def together(here: Iterable[Presence], drafts: Iterable[Draft], *, now: datetime) -> list[Colleague]:
    """Of what was read already."""
    names = {row.user_id: str(row.user) for row in here}
    written = {draft.author_id: draft for draft in drafts}
    everybody = names | {pk: str(draft.author) for pk, draft in written.items()}
    found = []
    for pk, name in everybody.items():
        draft = written.get(pk)
        typing = draft is not None and now - draft.updated_at < TYPING
        found.append(Colleague(name, pk in names or typing, typing, draft.updated_at if draft else None))
    return sorted(found, key=lambda one: (not one.typing, not one.here, one.name))


def replied_since(ticket: Ticket, user: User, seen: int) -> Message | None:
    """The latest reply that somebody else wrote after the message `seen`, or None."""
    later = ticket.messages.filter(pk__gt=seen, kind=Message.Kind.REPLY, deleted_at=None).exclude(author=user)
    return later.select_related("author").order_by("-pk").first()
