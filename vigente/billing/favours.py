"""Favours of the running month: releases, goodwill and overrides that people made, each with its reason (row 39).
Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vigente.accounts.models import STAFF_ROLES, User
from vigente.billing.models import LedgerEntry
from vigente.billing.models.rulebooks import rulebook_at
from vigente.rules.periods import day_start


@dataclass(frozen=True, slots=True)
class Favour:
    """One favour. `organization`: its name. `ticket`: the case's number, None for goodwill given apart."""

    at: datetime
    organization: str
    organization_id: int
    cases: int | None
    reason: str
    note: str
    ticket: int | None


@dataclass(frozen=True, slots=True)
class PersonFavours:
    """What one person has given this month, against the limit of their role; None: without limit."""

    user: User
    limit: int | None
    favours: Sequence[Favour]

    @property
    def made(self) -> int:
        return sum(favour.cases or 0 for favour in self.favours)

    @property
    def is_spent(self) -> bool:
        return self.limit is not None and self.made >= self.limit


def favours_by_person(*, now: datetime) -> list[PersonFavours]:
    """Everybody on the staff who made a favour in the calendar month of the billing zone, most favours first."""
    book = rulebook_at(now)
    month = day_start(now.astimezone(book.zone).date().replace(day=1), book.billing_zone)
    entries = (
        LedgerEntry.objects.filter(is_favour=True, actor__role__in=STAFF_ROLES, at__gte=month, at__lte=now)
        .select_related("actor", "grant__organization")
        .order_by("-at", "-id")
    )
    people: dict[int, User] = {}
    given: dict[int, list[Favour]] = {}
    for entry in entries:
        assert entry.actor is not None
        people[entry.actor.pk] = entry.actor
        parts = entry.source.split(":")
        number = int(parts[1]) if parts[0] == "ticket" and len(parts) > 1 and parts[1].isdigit() else None
        favour = Favour(
            at=entry.at,
            organization=entry.grant.organization.name,
            organization_id=entry.grant.organization_id,
            cases=entry.cases,
            reason=entry.reason,
            note=entry.note,
            ticket=number,
        )
        given.setdefault(entry.actor.pk, []).append(favour)
    found = [
        PersonFavours(user=person, limit=book.favour_limits.get(person.role), favours=given[pk])
        for pk, person in people.items()
    ]
    return sorted(found, key=lambda one: (-one.made, one.user.name))
