"""The books of cases as numbers over time, for reports: sums per month, the entries behind a sum, who paid what.

Reads only. Sums are made by the database; months are given as `[start, end)` spans, so they are whose the caller says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When

from vigente.billing.models import Grant, LedgerEntry
from vigente.billing.queries import SIGNS
from vigente.rules.periods import Span

AT_ONCE = 500
LIMITED = Q(grant__granted__isnull=False)


@dataclass(frozen=True, slots=True)
class MonthSum:
    """Entries of one kind in one month, by where their grant came from. `cases` is 0 for an unlimited grant's own."""

    month: int
    kind: str
    source: str
    unlimited: bool
    cases: int
    entries: int


def sums_by_month(months: Sequence[Span]) -> list[MonthSum]:
    """What was granted, drawn, released, expired and revoked in each of these adjoining months; one query."""
    if not months:
        return []
    which = Case(
        *(When(at__lt=month.end, then=Value(number)) for number, month in enumerate(months)),
        output_field=IntegerField(),
    )
    unlimited = Case(When(grant__granted__isnull=True, then=Value(1)), default=Value(0))
    rows = (
        LedgerEntry.objects.filter(at__gte=months[0].start, at__lt=months[-1].end)
        .annotate(month=which, unlimited=unlimited)
        .order_by()
        .values_list("month", "kind", "grant__source", "unlimited")
        .annotate(total=Sum("cases", default=0), many=Count("pk"))
    )
    return [
        MonthSum(month, kind, source, bool(free), total, many)
        for month, kind, source, free, total, many in rows
    ]


def left_at(at: datetime) -> int:
    """Cases of limited grants that were there to be used just before `at`, from entries alone."""
    rows = LedgerEntry.objects.filter(LIMITED, at__lt=at).order_by().values_list("kind")
    return sum(SIGNS[kind] * total for kind, total in rows.annotate(total=Sum("cases", default=0)))


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as a list shows it. `ticket`: the number of the case it belongs to."""

    id: int
    at: datetime
    kind: str
    source: str
    cases: int | None
    reason: str
    organization: str
    organization_id: int
    ticket: int | None


def entries(
    *,
    kinds: Sequence[str],
    sources: Sequence[str],
    span: Span,
    unlimited: bool | None,
    after: int | None = None,
    limit: int = 50,
) -> list[EntryRow]:
    """The entries behind a sum, newest first; `after`: the id where the page before stopped."""
    rows = LedgerEntry.objects.filter(kind__in=kinds, at__gte=span.start, at__lt=span.end)
    if sources:
        rows = rows.filter(grant__source__in=sources)
    if unlimited is not None:
        rows = rows.filter(~LIMITED if unlimited else LIMITED)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = rows.select_related("grant__organization").order_by("-pk")[:limit]
    return [
        EntryRow(
            id=entry.pk,
            at=entry.at,
            kind=entry.kind,
            source=entry.grant.source,
            cases=entry.cases,
            reason=entry.reason,
            organization=entry.grant.organization.name,
            organization_id=entry.grant.organization_id,
            ticket=_ticket(entry.source),
        )
        for entry in found
    ]


def _ticket(source: str) -> int | None:
    parts = source.split(":")
    return int(parts[1]) if parts[0] == "ticket" and len(parts) > 1 and parts[1].isdigit() else None


@dataclass(frozen=True, slots=True)
class Payer:
    """A grant that paid for a case. `family`, `plan`: of the contract it came from, empty for goodwill apart."""

    source: str
    family: str
    plan: str
    created_at: datetime
    contract: int | None
    contract_since: datetime | None
    period: int | None


def payers(grants: Iterable[int]) -> dict[int, Payer]:
    """Who these grants are, by id."""
    wanted, found = sorted(set(grants)), {}
    for first in range(0, len(wanted), AT_ONCE):
        rows = Grant.objects.filter(pk__in=wanted[first : first + AT_ONCE]).values_list(
            "pk", "source", "subscription__version__plan__family", "subscription__version__plan__name", "created_at",
            "subscription", "subscription__created_at", "period",
        )  # fmt: skip
        for pk, source, family, plan, created_at, contract, since, period in rows:
            found[pk] = Payer(source, family or "", plan or "", created_at, contract, since, period)
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """The running allotment of a contract: cases drawn and left (None: without limit), and its span."""

    drawn: int
    left: int | None
    span: Span


def running_allotments(subscriptions: Sequence[int], *, now: datetime) -> dict[int, Running]:
    """By contract."""
    found: dict[int, Running] = {}
    for first in range(0, len(subscriptions), AT_ONCE):
        rows = Grant.objects.filter(
            subscription__in=subscriptions[first : first + AT_ONCE],
            period__isnull=False,
            start__lte=now,
            end__gt=now,
        )
        for pk, drawn, remaining, start, end in rows.order_by("period").values_list(
            "subscription", "drawn", "remaining", "start", "end"
        ):
            found[pk] = Running(drawn, remaining, Span(start, end))
    return found
