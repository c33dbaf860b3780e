"""The books, recomputed: every balance from its entries alone, every contract's stamps from its anchor.

Memory stays flat: grants and contracts are read in slices of their ids, with the entries of one slice at a time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, QuerySet

from vigente.billing.models import Grant, LedgerEntry, Subscription
from vigente.rules import subscriptions as rules
from vigente.rules.periods import boundary, period

SLICE = 1000
SIGNS = {"grant": 1, "draw": -1, "release": 1, "expiry": -1, "revoke": -1}
RUNNING = (Subscription.Status.ACTIVE, Subscription.Status.GRACE, Subscription.Status.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored otherwise than it is recomputed. `subject`: "grant:12", "ticket:1042", "subscription:3"."""

    subject: str
    what: str
    stored: Any
    expected: Any

    def __str__(self) -> str:
        return f"{self.subject}: {self.what} is {self.stored}, should be {self.expected}"

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "what": self.what,
            "stored": str(self.stored),
            "expected": str(self.expected),
        }


def compare(subject: str, **pairs: tuple[Any, Any]) -> Iterator[Difference]:
    """A Difference for each pair (stored, expected) that is not equal."""
    for what, (stored, expected) in pairs.items():
        if stored != expected:
            yield Difference(subject, what, stored, expected)


def slices(rows: QuerySet, size: int = SLICE) -> Iterator[list[Any]]:
    """All rows by id, a slice at a time."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield batch
        last = batch[-1].pk


def verify_books(*, now: datetime) -> Iterator[Difference]:
    """Every grant and every contract."""
    for grants in slices(Grant.objects.all()):
        entries: dict[int, list[tuple[str, int | None, datetime]]] = defaultdict(list)
        # As they were written: a clock that was set back must not make a balance seem to have been below zero.
        rows = LedgerEntry.objects.filter(grant__in=[grant.pk for grant in grants]).order_by("id")
        for grant_id, kind, cases, at in rows.values_list("grant_id", "kind", "cases", "at"):
            entries[grant_id].append((kind, cases, at))
        for grant in grants:
            yield from _grant(grant, entries[grant.pk])
    for contracts in slices(Subscription.objects.select_related("version__plan")):
        yield from _contracts(contracts, now=now)


def _grant(grant: Grant, entries: list[tuple[str, int | None, datetime]]) -> Iterator[Difference]:
    subject = f"grant:{grant.pk}"
    granted = [cases for kind, cases, _ in entries if kind == "grant"]
    drawn = sum(cases or 0 for kind, cases, _ in entries if kind == "draw")
    drawn -= sum(cases or 0 for kind, cases, _ in entries if kind == "release")
    yield from compare(subject, granted=([grant.granted], granted), drawn=(grant.drawn, drawn))
    if grant.granted is None:
        yield from compare(subject, remaining=(grant.remaining, None))
    else:
        balance = lowest = 0
        for kind, cases, _ in entries:
            balance += SIGNS[kind] * (cases or 0)
            lowest = min(lowest, balance)
        yield from compare(subject, remaining=(grant.remaining, balance), lowest_balance_ever=(lowest, 0))
        if grant.expired_at is not None:
            yield from compare(subject, left_after_expiry=(grant.remaining, 0))
    outside = [at for kind, _, at in entries if kind == "draw" and not grant.start <= at < grant.end]
    yield from compare(subject, draws_outside_its_time=(outside, []))


def _contracts(contracts: list[Subscription], *, now: datetime) -> Iterator[Difference]:
    opened: dict[int, dict[str, Any]] = {
        row["subscription"]: dict(row)
        for row in Grant.objects.filter(subscription__in=contracts, period__isnull=False)
        .values("subscription")
        .annotate(grants=Count("pk"), periods=Count("period", distinct=True), last=Max("period"))
    }
    for contract in contracts:
        yield from _contract(contract, opened.get(contract.pk), now=now)
    by_id = {contract.pk: contract for contract in contracts}
    spans = Grant.objects.filter(subscription__in=contracts, period__isnull=False)
    for grant in spans.only("subscription", "period", "start", "end").iterator(chunk_size=SLICE):
        assert grant.subscription_id is not None, "asked for by subscription"
        yield from _span(grant, by_id[grant.subscription_id])


def _contract(
    contract: Subscription, opened: dict[str, Any] | None, *, now: datetime
) -> Iterator[Difference]:
    subject, running = f"subscription:{contract.pk}", contract.running()
    due = None
    if contract.status in RUNNING:
        due = rules.next_due(running)
    elif contract.status == Subscription.Status.SCHEDULED:
        due = contract.anchor
    yield from compare(subject, next_due_at=(contract.next_due_at, due))
    if contract.periods_opened:
        begun = boundary(running.anchor, running.zone, contract.periods_opened - 1, running.months)
        if begun > now:
            yield Difference(
                subject, "periods_opened", contract.periods_opened, f"fewer: one begins at {begun}"
            )
    if opened:
        yield from compare(subject, grants_for_its_periods=(opened["grants"], opened["periods"]))
        if opened["last"] >= contract.periods_opened:
            yield Difference(subject, "periods_opened", contract.periods_opened, opened["last"] + 1)
    if contract.source != Subscription.Source.INCLUDED:  # an included one sleeps while a bought one runs
        yield from compare(
            subject, periods_with_a_grant=(opened["periods"] if opened else 0, contract.periods_opened)
        )


def _span(grant: Grant, contract: Subscription) -> Iterator[Difference]:
    """A period's grant lasts as long as the period, or to the end of the contract; one woken later begins within it,
    one without limit ends when it is refunded.
    """
    running, subject = contract.running(), f"grant:{grant.pk}"
    whole = period(running.anchor, running.zone, grant.period or 0, running.months)
    refunded = (
        grant.granted is None and contract.ended_at is not None and grant.start < grant.end <= whole.end
    )
    if grant.end not in (whole.end, contract.ends_at) and not refunded:
        yield Difference(subject, "end", grant.end, whole.end)
    woken = contract.source == Subscription.Source.INCLUDED and whole.contains(grant.start)
    if grant.start != whole.start and not woken:
        yield Difference(subject, "start", grant.start, whole.start)


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as the ledger has it."""

    units: int
    released: bool


def draws_of(sources: list[str]) -> dict[str, Draw]:
    """The draws with these names."""
    released = set(
        LedgerEntry.objects.filter(source__in=sources, kind="release").values_list("source", flat=True)
    )
    found = LedgerEntry.objects.filter(source__in=sources, kind="draw").values_list("source", "cases")
    return {source: Draw(cases or 0, source in released) for source, cases in found}


def draw_sources(size: int = SLICE) -> Iterator[list[str]]:
    """The names of all draws, a slice at a time."""
    for entries in slices(LedgerEntry.objects.filter(kind="draw").only("pk", "source"), size):
        yield [entry.source for entry in entries]
