"""How the owner arranges the staff's words, and how the staff puts them on cases."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.events.kinds import Kind
from vigente.installation.ordering import last_position, put_in_order
from vigente.rules.folding import fold
from vigente.rules.refusal import RefusalCode, Refused
from vigente.tickets.models import Tag, Ticket, TicketTag
from vigente.tickets.services.labels import checked_colour, checked_names
from vigente.tickets.services.state import locked, tell


@transaction.atomic
def add_tag(*, names: Mapping[str, str], colour: str = Tag.Colour.PLAIN) -> Tag:
    """A new tag, after all others. Its name, in any language, is no other tag's."""
    names = checked_names(names, Tag.objects.all())
    tag = Tag(names=names, colour=checked_colour(colour), position=last_position(Tag.objects.all()))
    tag.save()
    return tag


@transaction.atomic
def change_tag(*, tag: Tag, names: Mapping[str, str], colour: str) -> Tag:
    """Another name or colour, on every case that has it."""
    others = Tag.objects.exclude(pk=tag.pk)
    tag.names, tag.colour = checked_names(names, others), checked_colour(colour)
    tag.save(update_fields=["names", "colour"])
    return tag


def order_tags(keys: Sequence[int]) -> None:
    """Put them in this order, by primary key."""
    put_in_order(Tag.objects.all(), keys)


def retire_tag(*, tag: Tag, now: datetime) -> None:
    """Offer it no more; cases that have it keep it."""
    Tag.objects.filter(pk=tag.pk, retired_at__isnull=True).update(retired_at=now)


def restore_tag(*, tag: Tag) -> None:
    """Offer it again."""
    Tag.objects.filter(pk=tag.pk).update(retired_at=None)


@transaction.atomic
def delete_tag(*, tag: Tag) -> None:
    """Only one that is on no case: what happened keeps its words."""
    if TicketTag.objects.filter(tag=tag).exists():
        raise Refused(RefusalCode.STILL_USED)
    tag.delete()


@transaction.atomic
def tag_case(*, ticket: Ticket, tags: Collection[Tag], actor: User | None, now: datetime) -> list[Tag]:
    """Put tags on a case; those it has already are passed over. Gives those that are new. `actor` None: a rule."""
    ticket = locked(ticket.pk)
    had = set(TicketTag.objects.filter(ticket=ticket, tag__in=tags).values_list("tag", flat=True))
    new = [tag for tag in dict.fromkeys(tags) if tag.pk not in had]
    if any(tag.retired_at is not None for tag in new):
        raise Refused(RefusalCode.INVALID_VALUE, field="tag")
    TicketTag.objects.bulk_create(
        TicketTag(ticket=ticket, tag=tag, added_by=actor, added_at=now) for tag in new
    )
    if new:
        tell(Kind.TICKET_TAGGED, ticket, now=now, actor=actor, tags=[tag.pk for tag in new])
    return new


@transaction.atomic
def untag_case(*, ticket: Ticket, tags: Collection[Tag], actor: User | None, now: datetime) -> list[Tag]:
    """Take tags off a case; gives those it had."""
    ticket = locked(ticket.pk)
    found = TicketTag.objects.filter(ticket=ticket, tag__in=tags)
    had = set(found.values_list("tag", flat=True))
    gone = [tag for tag in dict.fromkeys(tags) if tag.pk in had]
    found.delete()
    if gone:
        tell(Kind.TICKET_UNTAGGED, ticket, now=now, actor=actor, tags=[tag.pk for tag in gone])
    return gone


def tag_named(name: str) -> Tag | None:
    """The tag that is offered under this name, in any language, without accents and capitals."""
    wanted = fold(" ".join(name.split()))
    for tag in Tag.objects.offered():
        if wanted in {fold(text) for text in tag.names.values()}:
            return tag
    return None
