"""Everything a case page shows, read at once; the portal and the workspace show different parts of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from vigente.accounts.models import User
from vigente.billing.facts import load
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import Meter, meter_of
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.coverage import Decision
from vigente.rules.sla import Clocks
from vigente.tickets.models import (
    Attachment,
    ComposerHabit,
    Copy,
    CustomField,
    DrawDispute,
    FieldValue,
    FollowUp,
    Message,
    Participant,
    Quotation,
    SplitProposal,
    Tag,
    Ticket,
    TicketLink,
    TicketTag,
    Watch,
)
from vigente.tickets.queries.line import Standing, why_here
from vigente.tickets.stamps import STAMPED_BY, judge, standing_of

MESSAGES_SHOWN = 200
HISTORY_SHOWN = 300
OTHERS_SHOWN = 5
# What a customer may read of a case's history; everything else is for staff.
FOR_CUSTOMERS = frozenset(
    kind.value
    for kind in Kind
    if kind.value.startswith(("ticket.", "quotation.", "split.", "draw."))
    and not kind.value.startswith(("ticket.message_", "ticket.file_", "ticket.send_"))
    and kind
    not in {
        Kind.TICKET_NOTED,
        Kind.TICKET_WATCHED,
        Kind.TICKET_TIME_ADDED,
        Kind.TICKET_TIME_CORRECTED,
        Kind.TICKET_COPY_ADDED,
        Kind.TICKET_COPY_REMOVED,
        Kind.TICKET_UNWATCHED,
        Kind.TICKET_SEVERITY_CHANGED,
        Kind.TICKET_RANK_CHANGED,
        Kind.TICKET_TAGGED,
        Kind.TICKET_UNTAGGED,
        Kind.TICKET_FIELDS_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Link:
    """A case that belongs to this one. `kind`: follows, followed_by, merged_into, absorbed, or a TicketLink kind."""

    kind: str
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with its conversation, history and neighbours, as far as `user` may see them. `meter`: coverage now."""

    ticket: Ticket
    decision: Decision
    meter: Meter | None
    messages: Sequence[Message]
    earlier_messages: bool
    history: Sequence[Event]
    standing: Standing | None
    clocks: Clocks
    links: Sequence[Link]
    others: Sequence[Ticket]
    splits: Sequence[SplitProposal] = field(default=())
    participants: Sequence[User] = field(default=())
    tags: Sequence[Tag] = field(default=())
    values: Sequence[FieldValue] = field(default=())
    watchers: Sequence[User] = field(default=())
    is_watched: bool = False  # by the reader
    copies: Sequence[Copy] = field(default=())
    follow_ups: Sequence[FollowUp] = field(default=())

    @property
    def has_fields(self) -> bool:
        """Whether the vendor asks for anything of its own."""
        return bool(self.ticket.has_fields)  # type: ignore[attr-defined]

    @property
    def habit(self) -> str:
        """Where the reader went after their last reply (`ComposerHabit.Go`); empty before the first."""
        return self.ticket.habit or ""  # type: ignore[attr-defined]

    @property
    def quotation(self) -> Quotation | None:
        return getattr(self.ticket, "quotation", None)

    @property
    def dispute(self) -> DrawDispute | None:
        return getattr(self.ticket, "dispute", None)


def case_page(number: int, user: User, *, now: datetime, every_message: bool = False) -> CasePage:
    """The case with this number, or Ticket.DoesNotExist when there is none that `user` may see."""
    ticket = _ticket(number, user)
    messages = _messages(ticket, user, most=None if every_message else MESSAGES_SHOWN, now=now)
    rulebook = rulebook_at(now)
    watchers = _watchers(ticket, user)
    meter = None
    if ticket.organization is not None:
        facts = load(ticket.organization, now=now, rulebook=rulebook)
        meter = meter_of(organization=ticket.organization, licence=ticket.licence, now=now, facts=facts)
    history = _history(ticket, user, now=now)
    return CasePage(
        ticket=ticket,
        decision=ticket.decision_value(),
        meter=meter,
        messages=messages if every_message else messages[-MESSAGES_SHOWN:],
        earlier_messages=not every_message and len(messages) > MESSAGES_SHOWN,
        history=history,
        standing=why_here(ticket, now=now, rulebook=rulebook),
        clocks=_clocks(ticket, user, history),
        links=_links(ticket, user),
        others=other_cases(ticket, user),
        splits=_splits(ticket),
        participants=_participants(ticket),
        tags=_tags(ticket, user),
        values=_values(ticket, user),
        watchers=watchers,
        is_watched=user in watchers,
        copies=list(Copy.objects.visible_to(user).filter(ticket=ticket)) if ticket.has_copies else [],  # type: ignore[attr-defined]
        follow_ups=_follow_ups(ticket, user),
    )


def _ticket(number: int, user: User) -> Ticket:
    """The case, and whether it has neighbours and splits: what most cases lack costs no query of its own."""
    pairs = TicketLink.objects.filter(Q(ticket=OuterRef("pk")) | Q(other=OuterRef("pk")))
    children = Ticket.objects.filter(Q(follows=OuterRef("pk")) | Q(merged_into=OuterRef("pk")))
    return (
        Ticket.objects.visible_to(user)
        .select_related(
            "organization",
            "licence__edition__product",
            "requester",
            "opened_by",
            "assignee",
            "department",
            "work_type",
            "sla_policy",
            "follows",
            "merged_into",
            "quotation",
            "dispute",
            "held_request",
        )
        .annotate(
            has_links=Exists(pairs) | Exists(children),
            has_splits=Exists(SplitProposal.objects.filter(ticket=OuterRef("pk"))),
            has_participants=Exists(Participant.objects.filter(ticket=OuterRef("pk"))),
            has_values=Exists(FieldValue.objects.filter(ticket=OuterRef("pk"))),
            has_fields=Exists(CustomField.objects.offered().visible_to(user)),
            habit=Subquery(ComposerHabit.objects.filter(user=user).values("go")[:1]),
            has_copies=Exists(Copy.objects.filter(ticket=OuterRef("pk"))),
            has_watches=Exists(Watch.objects.filter(ticket=OuterRef("pk"))),
            has_follow_ups=Exists(FollowUp.objects.open().filter(ticket=OuterRef("pk"))),
            has_tags=Exists(TicketTag.objects.filter(ticket=OuterRef("pk"))),
        )
        .get(number=number)
    )


def _follow_ups(ticket: Ticket, user: User) -> list[FollowUp]:
    """What the desk will come back for, soonest first."""
    if not (user.is_staff_member and ticket.has_follow_ups):  # type: ignore[attr-defined]
        return []
    return list(FollowUp.objects.open().filter(ticket=ticket))


def _messages(ticket: Ticket, user: User, *, most: int | None, now: datetime) -> list[Message]:
    """The conversation, oldest first; one more than `most` tells that there are earlier ones. A customer reads no
    note, and no reply that its author may still take back.
    """
    seen = ticket.messages.all()
    if not user.is_staff_member:
        said = Q(visible_at__isnull=True) | Q(visible_at__lte=now)
        seen = seen.filter(said).exclude(kind=Message.Kind.NOTE)
    newest = (
        seen.select_related("author")
        .prefetch_related(Prefetch("attachments", queryset=Attachment.objects.order_by("id")))
        .order_by("-created_at", "-id")
    )
    return list(newest[: None if most is None else most + 1])[::-1]


def _history(ticket: Ticket, user: User, *, now: datetime) -> list[Event]:
    events = Event.objects.filter(subject=ticket.event_subject).select_related("actor").order_by("-id")
    if not user.is_staff_member:
        waits = Q(dispatched_at__isnull=True, attempts=0, claimed_until__gt=now)  # with a reply held back
        events = events.filter(kind__in=FOR_CUSTOMERS).exclude(waits)
    return list(events[:HISTORY_SHOWN])[::-1]


def _clocks(ticket: Ticket, user: User, history: Sequence[Event]) -> Clocks:
    """From the history where that is all of it."""
    if user.is_staff_member and len(history) < HISTORY_SHOWN:
        return judge(ticket, [event for event in history if event.kind in STAMPED_BY]).clocks
    return standing_of(ticket).clocks


def _links(ticket: Ticket, user: User) -> list[Link]:
    """Related cases this person may see, from either end."""
    if not (ticket.has_links or ticket.follows_id or ticket.merged_into_id):  # type: ignore[attr-defined]
        return []
    pairs = TicketLink.objects.filter(
        Q(ticket=OuterRef("pk"), other=ticket) | Q(other=OuterRef("pk"), ticket=ticket)
    )
    near = (
        Q(follows=ticket)
        | Q(merged_into=ticket)
        | Q(pk__in=[ticket.follows_id or 0, ticket.merged_into_id or 0])
    )
    related = Ticket.objects.visible_to(user).annotate(pair=Subquery(pairs.values("kind")[:1]))
    return [
        Link(_kind(ticket, other), other)
        for other in related.filter(near | Q(pair__isnull=False)).order_by("id")
    ]


def _kind(ticket: Ticket, other: Ticket) -> str:
    if other.merged_into_id == ticket.pk:
        return "absorbed"
    if ticket.merged_into_id == other.pk:
        return "merged_into"
    if ticket.follows_id == other.pk:
        return "follows"
    return "followed_by" if other.follows_id == ticket.pk else str(other.pair)  # type: ignore[attr-defined]


def _splits(ticket: Ticket) -> list[SplitProposal]:
    if not ticket.has_splits:  # type: ignore[attr-defined]
        return []
    return list(ticket.split_proposals.select_related("proposed_by", "child").order_by("id"))


def _participants(ticket: Ticket) -> list[User]:
    """Who takes part besides the requester, and so is written to."""
    if not ticket.has_participants:  # type: ignore[attr-defined]
        return []
    return list(User.objects.filter(participations__ticket=ticket).order_by("participations__id"))


def _tags(ticket: Ticket, user: User) -> list[Tag]:
    """In the owner's order; a customer sees none."""
    if not ticket.has_tags:  # type: ignore[attr-defined]
        return []
    return list(Tag.objects.visible_to(user).filter(tickets=ticket))


def _values(ticket: Ticket, user: User) -> list[FieldValue]:
    """What stands in the vendor's own fields, in their order; a customer sees the public ones."""
    if not ticket.has_values:  # type: ignore[attr-defined]
        return []
    seen = ticket.field_values.filter(field__in=CustomField.objects.visible_to(user))
    return list(seen.select_related("field").order_by("field__position", "field_id"))


def _watchers(ticket: Ticket, user: User) -> list[User]:
    """Who of the desk is written what happens here; customers are told of nobody."""
    if not ticket.has_watches or not user.is_staff_member:  # type: ignore[attr-defined]
        return []
    return list(User.objects.filter(watches__ticket=ticket, is_active=True).order_by("name", "pk"))


def other_cases(ticket: Ticket, user: User) -> list[Ticket]:
    """The latest other cases of the same organization (or, without one, of the same person)."""
    same = (
        Q(organization=ticket.organization_id) if ticket.organization_id else Q(requester=ticket.requester_id)
    )
    others = (
        Ticket.objects.visible_to(user)
        .filter(same)
        .exclude(pk=ticket.pk)
        .select_related("assignee", "requester", "quotation")
    )
    return list(others.order_by("-accepted_at", "-id")[:OTHERS_SHOWN])
