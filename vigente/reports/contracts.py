"""Bought contracts as flows of recurring revenue: what each came to a month, term by term (docs/reports.md).

A term costs what its invoice says before tax; one that was not invoiced here, the version's price under the rulebook in
force as the term began, with the hosting of that day (row 27).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from vigente.billing.models import Invoice, Licence, MissedTerm, PriceList, Subscription, TaxRate
from vigente.billing.models.rulebooks import RulebookVersion
from vigente.events.kinds import Kind
from vigente.events.models import Event
from vigente.rules.money import WHOLE, divide
from vigente.rules.periods import Interval, Months, boundary, day_of, period_index
from vigente.rules.pricing import Buying, price
from vigente.rules.recurring import Flow, monthly
from vigente.rules.rulebook import Rulebook

STATUS = Subscription.Status
LIVE = (STATUS.ACTIVE, STATUS.GRACE, STATUS.SUSPENDED)


class Contract(NamedTuple):
    """A row of a bought contract that has begun."""

    id: int
    organization: int
    licence: int | None
    list_minor: int
    currency: str
    interval: str
    edition: str
    plan: str
    family: str
    anchor: datetime
    zone: str
    months: str
    opened: int
    status: str
    ended_at: datetime | None
    blocked_at: datetime | None
    coupon: str
    tax: int | None

    def term(self, number: int) -> datetime:
        """When term `number` begins."""
        periods = Interval(self.interval).periods
        return boundary(self.anchor, self.zone, number * periods, Months(self.months))

    def term_at(self, at: datetime) -> int:
        index = period_index(self.anchor, self.zone, at, Months(self.months))
        return index // Interval(self.interval).periods

    @property
    def last_term(self) -> int:
        return (self.opened - 1) // Interval(self.interval).periods

    @property
    def end(self) -> datetime | None:
        """Where it stopped. One of a blocked organization stops with its last term, until that is opened again."""
        if self.status in LIVE and self.blocked_at is None:
            return None
        return self.ended_at or self.term(self.last_term + 1)


FIELDS = (
    "pk", "organization", "licence", "version__price_minor", "version__currency", "version__plan__interval",
    "version__plan__edition__code", "version__plan__code", "version__plan__family", "anchor", "time_zone", "months",
    "periods_opened", "status", "ended_at", "organization__blocked_at", "coupon",
    "version__plan__tax_category",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanFlow:
    """A flow with the plan family it pays for."""

    flow: Flow
    family: str
    contract: int


def flows(*, since: datetime, until: datetime) -> list[PlanFlow]:
    """What every bought contract came to in `[since, until)`. Of those that ended before, one flow: that they were."""
    found: list[PlanFlow] = []
    rows = Subscription.objects.filter(
        source=Subscription.Source.BOUGHT, periods_opened__gt=0, anchor__lt=until
    )
    prices = Prices(since)
    for row in rows.order_by("pk").values_list(*FIELDS).iterator(chunk_size=2000):
        contract = Contract(*row)
        found += (
            PlanFlow(flow, contract.family, contract.id) for flow in _flows(contract, prices, since, until)
        )
    return found


def _flows(contract: Contract, prices: "Prices", since: datetime, until: datetime) -> Iterator[Flow]:
    """Terms one after the other, those that cost the same as one flow."""
    end = contract.end
    if end is not None and end < since:
        yield Flow(contract.organization, contract.currency, contract.list_minor, contract.anchor, end)
        return
    number = contract.term_at(max(since, contract.anchor))
    number = max(min(number, contract.last_term) - 1, 0)  # the one just before `since` counts as of `since`
    begins, seen = contract.anchor, False
    price: tuple[str, int] | None = None
    while number <= contract.last_term:
        at = contract.term(number)
        if at >= until or (end is not None and at >= end):
            break
        costs = prices.of(contract, number, at)
        if costs != price:
            if price is not None:
                yield Flow(contract.organization, *price, begins, at)
            begins, price = at if seen else contract.anchor, costs
            seen = seen or costs is not None
        number += 1
    if price is not None:
        yield Flow(contract.organization, *price, begins, end)


class Prices:
    """What terms cost: invoices, rulebooks, hostings and missed terms, read once."""

    def __init__(self, since: datetime) -> None:
        self.books = [(None, Rulebook())] + [
            (version.effective_from, Rulebook.from_json(version.data))
            for version in RulebookVersion.objects.order_by("effective_from")
        ]
        # An annual term that runs at `since` was invoiced up to a year before it, or later.
        issued = Invoice.objects.filter(
            purpose=Invoice.Purpose.TERM,
            corrects__isnull=True,
            subscription__isnull=False,
            term__isnull=False,
        )
        running = issued.filter(due_at__gte=since.replace(year=since.year - 2, day=1))
        self.invoices: dict[tuple[int | None, int | None], tuple[str, int]] = {
            (subscription, term): (currency, net)
            for subscription, term, currency, net in running.order_by().values_list(
                "subscription", "term", "currency", "net_minor"
            )
        }
        self.missed = set(MissedTerm.objects.values_list("subscription", "number"))
        self.licences: dict[int, list[tuple[int, str, str, datetime]]] = defaultdict(list)
        self.hosting: dict[int, tuple[int, str]] = {}
        for pk, organization, edition, hosting, at in Licence.objects.order_by().values_list(
            "pk", "organization", "edition__code", "hosting", "registered_at"
        ):
            self.licences[organization].append((pk, edition, hosting, at))
            self.hosting[pk] = (organization, hosting)
        self.moves = _hosting_moves()
        # The base list may hold prices with tax: what comes in is what is left of them.
        self.includes_tax = PriceList.objects.filter(is_base=True, includes_tax=True).exists()
        self.rates: dict[int | None, list[tuple[date, int]]] = defaultdict(list)
        for rate in TaxRate.objects.select_related("category").order_by("valid_from"):
            for category in {rate.category_id, None if rate.category.is_default else rate.category_id}:
                self.rates[category].append((rate.valid_from, rate.basis_points))

    def of(self, contract: Contract, number: int, at: datetime) -> tuple[str, int] | None:
        """Currency and amount a month of the term that begins at `at`; None for one that was missed (row 20)."""
        if (contract.id, number) in self.missed:
            return None
        currency, total = self.invoices.get((contract.id, number)) or (contract.currency, None)
        is_part = (
            number == 0 and contract.months == Months.CALENDAR
        )  # a month's revenue is that of a whole one
        if total is None or is_part:
            currency, total = contract.currency, self._listed(contract, number, at)
        return currency, monthly(total, Interval(contract.interval))

    def next_term(self, contract: Contract, number: int, *, now: datetime) -> tuple[str, int]:
        """What term `number` would cost if it began now, before tax. In another list: what the last one cost."""
        last = self.invoices.get((contract.id, number - 1))
        if last is not None and last[0] != contract.currency:
            return last
        return contract.currency, self._listed(contract, number, now)

    def _listed(self, contract: Contract, number: int, at: datetime) -> int:
        pairs: tuple[tuple[str, str], ...] = ()
        if contract.licence is None:
            owned = self.licences.get(contract.organization, ())
            pairs = tuple((edition, self._hosted(pk, at)) for pk, edition, _, since in owned if since <= at)
        buying = Buying(
            currency=contract.currency,
            plan=contract.plan,
            family=contract.family,
            organization=contract.organization,
            on=day_of(at, contract.zone),
            term=number,
            coupon=contract.coupon or None,
        )
        total = price(
            list_minor=contract.list_minor,
            edition=contract.edition,
            hosting=self._hosted(contract.licence, at) if contract.licence else None,
            discounts=self._book(at).discounts,
            licences=pairs,
            buying=buying,
        ).total_minor
        return divide(total * WHOLE, WHOLE + self._tax(contract, at)) if self.includes_tax else total

    def _tax(self, contract: Contract, at: datetime) -> int:
        """Basis points of the day."""
        on = day_of(at, contract.zone)
        return next((points for since, points in reversed(self.rates[contract.tax]) if since <= on), 0)

    def _book(self, at: datetime) -> Rulebook:
        return next(book for since, book in reversed(self.books) if since is None or since <= at)

    def _hosted(self, licence: int, at: datetime) -> str:
        """Where the licence ran at `at`: what the next move found, or where it runs today."""
        for moved_at, before in self.moves.get(licence, ()):
            if at < moved_at:
                return before
        return self.hosting[licence][1]


def _hosting_moves() -> dict[int, list[tuple[datetime, str]]]:
    """Each licence's moves, oldest first: when, and from where."""
    subjects = Licence.objects.annotate(
        subject=Concat(Value("licence:"), Cast("pk", CharField()), output_field=CharField())
    )
    events = Event.objects.filter(
        kind=Kind.LICENCE_HOSTING_CHANGED.value, subject__in=subjects.values("subject")
    )
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for data, at in events.order_by("id").values_list("data", "occurred_at"):
        found[data["licence"]].append((at, data["before"]))
    return found
