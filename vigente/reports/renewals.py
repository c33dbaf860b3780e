"""Renewals due: when, for how much, who gave notice, who may be lost (row 20). Each contract once: its next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vigente.billing.models import Invoice, Subscription
from vigente.billing.numbers import Running, running_allotments
from vigente.reports.contracts import FIELDS, LIVE, Contract, Prices

WINDOWS = (30, 60, 90)  # days


class Risk(StrEnum):
    """Why a customer may not renew."""

    UNPAID = "unpaid"  # the running term, or another invoice past its date
    EXHAUSTED = "exhausted"  # no cases left in the running period
    UNUSED = "unused"  # none used of it, and more than half of it has passed


class Says(StrEnum):
    """What the customer said."""

    RENEWS = "renews"
    LEAVES = "leaves"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract's next term: `amount_minor` before tax, in `currency`, at today's price and discount."""

    contract: int
    organization: int
    name: str
    plan: str
    at: datetime
    currency: str
    amount_minor: int
    says: Says
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The renewals of the next `days`; `amounts` of those who said nothing else, per currency."""

    days: int
    rows: Sequence[Renewal]

    @property
    def amounts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in self.rows:
            if row.says is not Says.LEAVES:
                found[row.currency] = found.get(row.currency, 0) + row.amount_minor
        return dict(sorted(found.items()))

    @property
    def leaving(self) -> int:
        return sum(row.says is Says.LEAVES for row in self.rows)

    @property
    def at_risk(self) -> int:
        return sum(bool(row.risks) and row.says is not Says.LEAVES for row in self.rows)


def windows(rows: Sequence[Renewal], *, now: datetime) -> list[Window]:
    """The next 30, 60 and 90 days."""
    return [Window(days, [row for row in rows if row.at <= now + timedelta(days=days)]) for days in WINDOWS]


def renewals(*, now: datetime, days: int = max(WINDOWS)) -> list[Renewal]:
    """Every bought contract whose running term ends within `days`, soonest first."""
    until = now + timedelta(days=days)
    rows = Subscription.objects.filter(
        source=Subscription.Source.BOUGHT, status__in=LIVE, periods_opened__gt=0, auto_renew=True,
        organization__blocked_at__isnull=True,
    )  # fmt: skip
    extra = ("organization__name", "version__plan__name", "ends_at", "change_to", "unpaid_until")
    found = []
    for row in rows.order_by("pk").values_list(*FIELDS, *extra):
        contract = Contract(*row[: len(FIELDS)])
        number = contract.last_term + 1
        name, plan, ends_at, change_to, unpaid_until = row[len(FIELDS) :]
        at = contract.term(number)
        if ends_at is not None and ends_at > at:
            ends_at = change_to = None  # notice for a later term: this one it still renews
        at = min(at, ends_at or at)
        if at <= until:
            found.append((at, number, contract, name, plan, ends_at, change_to, unpaid_until))
    prices = Prices(now)
    allotments = running_allotments([one[2].id for one in found], now=now)
    owing = set(
        Invoice.objects.filter(balance_minor__gt=0, due_at__lt=now)
        .order_by()
        .values_list("organization", flat=True)
    )
    answer = []
    for at, number, contract, name, plan, ends_at, change_to, unpaid_until in found:
        currency, minor = prices.next_term(contract, number, now=now)
        says = Says.CHANGES if change_to else Says.LEAVES if ends_at else Says.RENEWS
        unpaid = unpaid_until is not None or contract.organization in owing
        risks = tuple(_risks(unpaid, allotments.get(contract.id), now))
        answer.append(
            Renewal(contract.id, contract.organization, name, plan, at, currency, minor, says, risks)
        )
    return sorted(answer, key=lambda one: (one.at, one.contract))


def _risks(unpaid: bool, running: Running | None, now: datetime) -> list[Risk]:
    found = [Risk.UNPAID] if unpaid else []
    if running is None:
        return found
    if running.left == 0:
        found.append(Risk.EXHAUSTED)
    if running.drawn == 0 and now - running.span.start > (running.span.end - running.span.start) / 2:
        found.append(Risk.UNUSED)
    return found
