"""The audit log: what people did, from the events and the entries beside them, in one order of time.

Newest first. A page is read by its cursor from two indexes, however long the log is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from vigente.accounts.models import AuditEntry, Organization, User
from vigente.events.models import Event

Cursor = tuple[datetime, str, int]


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing somebody did. `key`: where it stands in the log."""

    key: Cursor
    kind: str
    actor: User | None
    subject: str
    label: str
    address: str
    channel: str
    organization: Organization | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the log is narrowed to. `kind`: a noun (`ticket`) or a whole kind; `since` ≤ at < `until`."""

    person: int | None = None
    kind: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def trail(
    user: User, asked: Asked, *, cursor: Cursor | None = None, limit: int = 50
) -> tuple[list[Trace], Cursor | None]:
    """A page of the log for owners, and where the next one begins; nothing for anybody else."""
    if not (user.is_authenticated and user.is_active and user.is_owner):
        return [], None
    some = [*_events(asked, cursor, limit + 1), *_entries(asked, cursor, limit + 1)]
    some.sort(key=lambda trace: trace.key, reverse=True)
    return some[:limit], some[limit - 1].key if len(some) > limit else None


def whole_trail(user: User, asked: Asked, *, most: int) -> Iterator[Trace]:
    """All of it, a thousand at a time, at most so many."""
    cursor: Cursor | None = None
    while most > 0:
        some, cursor = trail(user, asked, cursor=cursor, limit=min(1000, most))
        yield from some
        most -= len(some)
        if cursor is None:
            return


def _events(asked: Asked, cursor: Cursor | None, limit: int) -> list[Trace]:
    rows = _narrowed(Event.objects.filter(actor__isnull=False), asked)
    rows = _after(rows, cursor, "event").select_related("actor", "organization")
    return [_of_event(row) for row in rows[:limit]]


def _of_event(row: Event) -> Trace:
    data = dict(row.data)
    sides = {side: {"": data.pop(side)} for side in ("before", "after") if side in data}
    return Trace(
        (row.occurred_at, "event", row.pk), row.kind, row.actor, row.subject, "", row.address, row.channel,
        row.organization, data=data, **sides,
    )  # fmt: skip


def _entries(asked: Asked, cursor: Cursor | None, limit: int) -> list[Trace]:
    rows = _after(_narrowed(AuditEntry.objects.all(), asked), cursor, "entry").select_related("actor")
    return [
        Trace(
            (row.occurred_at, "entry", row.pk), row.kind, row.actor, row.subject, row.label, row.address,
            row.channel, None, row.before, row.after, row.data,
        )
        for row in rows[:limit]
    ]  # fmt: skip


def _narrowed(rows: "QuerySet[Any]", asked: Asked) -> "QuerySet[Any]":
    if asked.person is not None:
        rows = rows.filter(actor=asked.person)
    if asked.kind:
        rows = rows.filter(Q(kind=asked.kind) if "." in asked.kind else Q(kind__startswith=f"{asked.kind}."))
    if asked.subject:
        rows = rows.filter(subject=asked.subject)
    if asked.since is not None:
        rows = rows.filter(occurred_at__gte=asked.since)
    if asked.until is not None:
        rows = rows.filter(occurred_at__lt=asked.until)
    return rows


def _after(rows: "QuerySet[Any]", cursor: Cursor | None, source: str) -> "QuerySet[Any]":
    """What stands after the cursor; at one instant, events before entries, the later written first."""
    rows = rows.order_by(F("occurred_at").desc(), F("id").desc())
    if cursor is None:
        return rows
    at, of, pk = cursor
    same = Q(pk__lt=pk) if of == source else Q(pk__isnull=source > of)
    return rows.filter(occurred_at__lte=at).filter(Q(occurred_at__lt=at) | same)
