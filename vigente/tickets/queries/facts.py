"""What conditions can ask about a case: each field with its type, where it is read, and what may be chosen.

One catalogue for both ways of asking: `facts_of` loads the facts for `rules.conditions.holds`, `conditions.where` asks
the database. Both read the same columns, so they agree.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat

from vigente.accounts.models import Membership, User
from vigente.billing.models import Subscription
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.conditions import Fact, Type
from vigente.rules.coverage import IN_FORCE
from vigente.tickets.models import Attachment, Draft, FollowUp, Message, Participant, Ticket, TicketTag, Watch
from vigente.tickets.queries.own import Own, own, own_facts


@dataclass(frozen=True, slots=True)
class Column:
    """A field with one value: `path` from the case, as the ORM names it."""

    type: Type
    path: str
    by_id: bool = False  # its choices are primary keys


@dataclass(frozen=True, slots=True)
class Many:
    """A field with any number of values. `rows(now)`: those of the outer case; `value`: what of a row; `case`: the way
    from a row to its case.
    """

    rows: Callable[[datetime], QuerySet[Any]]
    value: str
    case: str
    by_id: bool = True
    only: Q = slot(default_factory=Q)  # which of its rows
    type: Type = Type.CHOICES


@dataclass(frozen=True, slots=True)
class Existing:
    """A flag: whether there is such a row."""

    rows: Callable[[datetime], QuerySet[Any]]
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class Texts:
    """A field with any number of texts, of which any is meant. `rows`, `value`, `case`: as of `Many`."""

    rows: Callable[[datetime], QuerySet[Any]]
    value: str
    case: str
    only: Q = slot(default_factory=Q)
    type: Type = Type.TEXT


@dataclass(frozen=True, slots=True)
class Computed:
    """A field with one value that no column holds."""

    type: Type
    expression: Callable[[], Combinable]


Field = Column | Many | Existing | Texts | Computed | Own
REPLIES, NOTES = Q(kind=Message.Kind.REPLY), Q(kind=Message.Kind.NOTE)
WRITTEN = Q(deleted_at__isnull=True) & ~Q(text="")
BY_AGENTS = Q(by_staff=True, author__isnull=False)


def _messages(only: Q) -> QuerySet[Message]:
    return Message.objects.filter(only, ticket=OuterRef("pk")).order_by()


def _count(only: Q) -> Combinable:
    counted = _messages(only).values("ticket").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _last_reply(value: str) -> Combinable:
    return Subquery(
        _messages(REPLIES & Q(deleted_at__isnull=True)).order_by("-created_at", "-id").values(value)[:1]
    )


def _reopened() -> Combinable:
    subject = Concat(Value("ticket:"), Cast(OuterRef("pk"), CharField()))
    found = Event.objects.filter(kind=Kind.TICKET_REOPENED.value, subject=subject).order_by("-id")
    return Subquery(found.values("occurred_at")[:1])


def contracts_in_force(now: datetime) -> QuerySet[Subscription]:
    """The contracts that serve the outer case at `now`: its licence's and the organization's (rows 28, 37)."""
    return _in_force(now).filter(
        Q(licence__isnull=True) | Q(licence=OuterRef("licence")), organization=OuterRef("organization")
    )


def _in_force(now: datetime) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        Q(unpaid_until__isnull=True) | Q(unpaid_until__gt=now),
        status__in=[status.value for status in IN_FORCE],
        anchor__lte=now,
    )


FIELDS: dict[str, Field] = {
    "number": Column(Type.NUMBER, "number"),
    "subject": Column(Type.TEXT, "subject"),
    "status": Column(Type.CHOICE, "status"),
    "label": Column(Type.CHOICE, "label_id", by_id=True),
    "queue": Column(Type.CHOICE, "queue"),
    "channel": Column(Type.CHOICE, "channel"),
    "severity": Column(Type.CHOICE, "severity", by_id=True),
    "department": Column(Type.CHOICE, "department_id", by_id=True),
    "assignee": Column(Type.CHOICE, "assignee_id", by_id=True),
    "work_type": Column(Type.CHOICE, "work_type_id", by_id=True),
    "sla_policy": Column(Type.CHOICE, "sla_policy_id", by_id=True),
    "edition": Column(Type.CHOICE, "licence__edition_id", by_id=True),
    "hosting": Column(Type.CHOICE, "licence__hosting"),
    "vendor_fault": Column(Type.FLAG, "vendor_fault"),
    "used_a_case": Column(Type.FLAG, "drawn"),
    "last_reply_by": Column(Type.CHOICE, "last_reply_by"),
    "accepted_at": Column(Type.INSTANT, "accepted_at"),
    "last_activity_at": Column(Type.INSTANT, "last_activity_at"),
    "first_replied_at": Column(Type.INSTANT, "first_replied_at"),
    "first_reply_due_at": Column(Type.INSTANT, "first_reply_due_at"),
    "due_at": Column(Type.INSTANT, "due_at"),
    "solved_at": Column(Type.INSTANT, "solved_at"),
    "closed_at": Column(Type.INSTANT, "closed_at"),
    "has_attachments": Existing(lambda now: Attachment.objects.filter(message__ticket=OuterRef("pk"))),
    "locked_at": Column(Type.INSTANT, "locked_at"),
    "watchers": Many(lambda now: Watch.objects.filter(ticket=OuterRef("pk")), "user_id", "ticket_id"),
    "has_follow_up": Existing(lambda now: FollowUp.objects.open().filter(ticket=OuterRef("pk"))),
    "has_draft": Existing(lambda now: Draft.objects.filter(ticket=OuterRef("pk"))),
    "is_merged": Existing(lambda now: Ticket.objects.filter(pk=OuterRef("merged_into"))),
    "absorbed_others": Existing(lambda now: Ticket.objects.filter(merged_into=OuterRef("pk"))),
    "message_text": Texts(lambda now: _messages(REPLIES & WRITTEN), "text", "ticket_id", REPLIES & WRITTEN),
    "note_text": Texts(lambda now: _messages(NOTES & WRITTEN), "text", "ticket_id", NOTES & WRITTEN),
    "last_message_text": Computed(Type.TEXT, lambda: _last_reply("text")),
    "message_count": Computed(Type.NUMBER, lambda: _count(Q())),
    "reply_count": Computed(Type.NUMBER, lambda: _count(REPLIES)),
    "note_count": Computed(Type.NUMBER, lambda: _count(NOTES)),
    "last_reply_at": Computed(Type.INSTANT, lambda: _last_reply("created_at")),
    "reopened_at": Computed(Type.INSTANT, _reopened),
    "involved": Many(lambda now: _messages(BY_AGENTS), "author_id", "ticket_id", only=BY_AGENTS),
    "tags": Many(lambda now: TicketTag.objects.filter(ticket=OuterRef("pk")), "tag_id", "ticket_id"),
    "participants": Many(
        lambda now: Participant.objects.filter(ticket=OuterRef("pk")), "user_id", "ticket_id"
    ),
    "requester": Column(Type.CHOICE, "requester_id", by_id=True),
    "requester_name": Column(Type.TEXT, "requester__name"),
    "requester_email": Column(Type.TEXT, "requester__email"),
    "requester_language": Column(Type.CHOICE, "requester__language"),
    "requester_is_active": Column(Type.FLAG, "requester__is_active"),
    "requester_is_registered": Existing(
        lambda now: User.objects.filter(pk=OuterRef("requester"), password__gt="").exclude(
            password__startswith=UNUSABLE_PASSWORD_PREFIX
        )
    ),
    "requester_zone": Column(Type.TEXT, "requester__time_zone"),
    "requester_is_manager": Existing(
        lambda now: Membership.objects.filter(
            user=OuterRef("requester"), organization=OuterRef("organization"), role=Membership.Role.MANAGER
        )
    ),
    "organization": Column(Type.CHOICE, "organization_id", by_id=True),
    "organization_name": Column(Type.TEXT, "organization__name"),
    "organization_language": Column(Type.CHOICE, "organization__language"),
    "organization_notes": Column(Type.TEXT, "organization__notes"),
    "organization_blocked_at": Column(Type.INSTANT, "organization__blocked_at"),
    "plan": Many(contracts_in_force, "version__plan_id", "organization__tickets"),
    "plan_status": Many(contracts_in_force, "status", "organization__tickets", by_id=False),
    "is_covered": Existing(contracts_in_force),
    "minutes_spent": Column(Type.NUMBER, "minutes_spent"),
    "rank": Column(Type.NUMBER, "rank"),
}


class _Types(Mapping[str, Type]):
    """Those of all fields; the vendor's own are looked up when they are asked for, and not counted among the others."""

    def __getitem__(self, name: str) -> Type:
        return field_of(name).type

    def __iter__(self) -> Iterator[str]:
        return iter(FIELDS)

    def __len__(self) -> int:
        return len(FIELDS)


def field_of(name: str) -> Field:
    """The field of this name. Raises KeyError where there is none (any more)."""
    field = FIELDS.get(name) or own(name)
    if field is None:
        raise KeyError(name)
    return field


def is_instant(name: str) -> bool:
    """Whether time can be counted from it: an instant of the case itself."""
    field = FIELDS.get(name)
    return isinstance(field, Column) and field.type is Type.INSTANT


def types() -> Mapping[str, Type]:
    """What `rules.conditions.read` needs to know."""
    return _Types()


def facts_of(tickets: Collection[int], names: Iterable[str], *, now: datetime) -> dict[int, dict[str, Fact]]:
    """The named facts of these cases (primary keys): one query, one for each field with several values, and those of
    the vendor's own fields.
    """
    wanted = {name: field_of(name) for name in dict.fromkeys(names)}
    paths = {name: field.path for name, field in wanted.items() if isinstance(field, Column)}
    asked = {
        f"asked_{name}": Exists(field.rows(now))
        for name, field in wanted.items()
        if isinstance(field, Existing)
    } | {f"asked_{name}": field.expression() for name, field in wanted.items() if isinstance(field, Computed)}
    found: dict[int, dict[str, Fact]] = {}
    for row in (
        Ticket.objects.filter(pk__in=tickets).annotate(**asked).values("pk", *set(paths.values()), *asked)
    ):
        facts = {name: _fact(wanted[name], row[path]) for name, path in paths.items()}
        facts |= {name.removeprefix("asked_"): row[name] for name in asked}
        found[row["pk"]] = facts
    for name, field in wanted.items():
        if isinstance(field, Many | Texts):
            several = _several(found, field, now=now)
            for pk, facts in found.items():
                facts[name] = frozenset(several.get(pk, ()))
    vendors = [field for field in wanted.values() if isinstance(field, Own)]
    if vendors:
        for pk, facts in own_facts(list(found), vendors, now=now).items():
            found[pk] |= facts
    return found


def _fact(field: Field, value: Any) -> Fact:
    """A choice is a text, whatever the column holds; an empty one is none."""
    if field.type is Type.CHOICE:
        return None if value in (None, "") else str(value)
    fact: Fact = value
    return fact


def _several(tickets: Collection[int], field: Many | Texts, *, now: datetime) -> dict[int, set[str]]:
    if field.case == "organization__tickets":
        rows = _in_force(now).filter(
            Q(licence__isnull=True) | Q(licence=F("organization__tickets__licence")),
            organization__tickets__in=tickets,
        )
    else:
        rows = field.rows(now).model.objects.filter(field.only, **{f"{field.case}__in": tickets})
    found: dict[int, set[str]] = {}
    for pk, value in rows.values_list(field.case, field.value):
        found.setdefault(pk, set()).add(str(value))
    return found
