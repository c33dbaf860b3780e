"""Runs one trial: slice after slice of customers, each lived through twice, then the line, then the lists."""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from vigente.accounts.models import Organization
from vigente.rules.periods import Span, day_start
from vigente.rules.rulebook import Rulebook
from vigente.rules.simulate import Replayed, replay
from vigente.rules.simulate_ahead import ahead
from vigente.rules.simulate_compare import Listed, Row, Totals, compare
from vigente.rules.simulate_favours import beyond
from vigente.rules.simulate_history import Books, Customer, Favour
from vigente.rules.simulate_line import InLine, Promises, attended, in_line
from vigente.trials import catalogue
from vigente.trials.catalogue import Catalogue
from vigente.trials.history import Past
from vigente.trials.loading import load
from vigente.trials.models import Trial, TrialRow

SLICE = 50  # organizations read at once
LISTS = TrialRow.List
GAINS = (Listed.ACCEPTED, Listed.SOONER)
LOSES = (Listed.REFUSED, Listed.DELAYED)


@dataclass(frozen=True, slots=True)
class Question:
    """What is tried: `past` is lived through again, or its demand comes again in `window`."""

    draft: Books
    in_force: Books
    past: Span
    window: Span
    zone_month: Callable[[datetime], str]

    @property
    def is_ahead(self) -> bool:
        return self.window != self.past


def question(trial: Trial, known: Catalogue, *, now: datetime) -> Question:
    """The months of a trial, whole local days of the rules in force, up to `now` or from it."""
    book = known.books.at(now)
    past = Span(months_back(trial.months, book, now=now), now)
    draft = Rulebook.from_json(trial.draft)
    is_ahead = trial.direction == Trial.Direction.AHEAD
    return Question(
        draft=Books.always(draft),
        in_force=Books.always(book) if is_ahead else known.books,
        past=past,
        window=Span(now, now + (past.end - past.start)) if is_ahead else past,
        zone_month=lambda at: at.astimezone(book.zone).strftime("%Y-%m"),
    )


def months_back(months: int, book: Rulebook, *, now: datetime) -> datetime:
    """The first instant of the local day so many months ago; of a shorter month, its last day."""
    today = now.astimezone(book.zone).date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    return day_start(today.replace(year=year, month=month + 1, day=day), book.billing_zone)


@dataclass(slots=True)
class Running:
    """What a trial has found so far. `rows()` gives away what is ready to be written."""

    asked: Question
    known: Catalogue
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    favours: list[Favour] = field(default_factory=list)
    cases: tuple[list[InLine], list[InLine]] = field(default_factory=lambda: ([], []))
    answers: list[tuple[datetime, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    gainers: int = 0
    losers: int = 0
    made: list[TrialRow] = field(default_factory=list)
    places: dict[str, "count[int]"] = field(default_factory=dict)

    def slice(self, ids: list[int], promises: Promises) -> None:
        """Live through the past of these organizations, twice each."""
        for past, customer in self._customers(ids):
            before = replay(customer, self.asked.in_force, self.asked.window)
            after = replay(customer, self.asked.draft, self.asked.window)
            self.before.add(before, self.asked.zone_month)
            self.after.add(after, self.asked.zone_month)
            self._add(customer, before, after)
            self._line_up(before, after, promises)
            self.favours += past.favours()

    def _customers(self, ids: list[int]) -> Iterator[tuple[Past, Customer]]:
        standing: dict[int, Customer] = {}
        if self.asked.is_ahead:
            begins = Span(self.asked.window.start, self.asked.window.start)
            for rows in load(ids, begins):
                standing[rows.organization["id"]] = Past(rows, self.known, begins).customer()
        for rows in load(ids, self.asked.past):
            past = Past(rows, self.known, self.asked.past)
            customer = past.customer()
            if self.asked.is_ahead:
                by = self.asked.window.start - self.asked.past.start
                customer = ahead(customer, standing[customer.id], by=by)
            yield past, customer

    def _add(self, customer: Customer, before: Replayed, after: Replayed) -> None:
        rows = compare(before, after)
        if self.asked.is_ahead:
            rows = [row for row in rows if row.listed is not Listed.REALITY]
        for row in rows:
            self.put(row.listed.value, customer.id, row.at, row.ref, row.before, row.after)
        summary = _summary(rows)
        if summary is None:
            return
        self.gainers += summary[0]["net"] > 0
        self.losers += summary[0]["net"] < 0
        self.put(LISTS.CUSTOMERS, customer.id, None, f"organization:{customer.id}", *summary)

    def _line_up(self, before: Replayed, after: Replayed, promises: Promises) -> None:
        for side, replayed in zip(self.cases, (before, after), strict=True):
            side += in_line(replayed, promises)
        window = self.asked.window
        for fate in before.fates:
            at = fate.asked.attended_at
            if at is not None and window.contains(at):
                self.answers.append((at, fate.asked.department))

    def put(
        self,
        listed: str,
        customer: int | None,
        at: datetime | None,
        ref: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        """Put a row at the end of its list."""
        place = next(self.places.setdefault(listed, count()))
        self.counts[listed] += 1
        self.made.append(
            TrialRow(
                listed=listed,
                position=place,
                organization_id=customer,
                at=at,
                ref=ref,
                before=before,
                after=after,
            )
        )

    def order(self) -> None:
        """Attend all cases again under both orders, and list those whose turn moves, the furthest first."""
        sides = [
            attended(cases, self.answers, books)
            for cases, books in zip(self.cases, (self.asked.in_force, self.asked.draft), strict=True)
        ]
        moved = []
        for case in self.cases[0]:
            if case.ref not in sides[1] or sides[0][case.ref] == sides[1][case.ref]:
                continue
            was, becomes = sides[0][case.ref], sides[1][case.ref]
            end = self.asked.window.end
            moved.append(((becomes or end) - (was or end), case, was, becomes))
        for _, case, was, becomes in sorted(moved, key=lambda one: (-abs(one[0]), one[1].ref)):
            sooner = becomes is not None and (was is None or becomes < was)
            self.counts["sooner_in_line" if sooner else "later_in_line"] += 1
            self.put(
                Listed.MOVED.value, case.customer, case.accepted_at, case.ref, _taken(was), _taken(becomes)
            )

    def favour(self) -> None:
        """List the favours that one of the two sets of limits would have sent to a supervisor."""
        sides = [
            {one.ref for one in beyond(self.favours, books)}
            for books in (self.asked.in_force, self.asked.draft)
        ]
        self.counts["favours_before"], self.counts["favours_after"] = map(len, sides)
        for one in sorted(self.favours, key=lambda one: (one.at, one.ref)):
            was, becomes = (one.ref in side for side in sides)
            if was != becomes:
                facts = {"by": one.by, "cases": one.cases}
                self.put(
                    Listed.FAVOURS.value, None, one.at, one.ref, {"beyond": was, **facts}, {"beyond": becomes}
                )

    def rows(self) -> list[TrialRow]:
        """What was listed since this was asked last."""
        made, self.made = self.made, []
        return made

    def result(self) -> dict[str, Any]:
        """The numbers of the trial."""
        return {
            "since": self.asked.window.start.isoformat(),
            "until": self.asked.window.end.isoformat(),
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "counts": dict(sorted(self.counts.items())),
            "gainers": self.gainers,
            "losers": self.losers,
        }


def _taken(at: datetime | None) -> dict[str, Any]:
    return {"at": at.isoformat() if at else None}


def _summary(rows: list[Row]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What changes for one customer: requests gained and lost, cases lost, money; None if nothing does."""
    gained = sum(row.listed in GAINS for row in rows)
    lost = sum(row.listed in LOSES for row in rows)
    expired = [sum(side["expired"] for side in sides) for sides in _sides(rows, Listed.EXPIRED)]
    money: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for total, sides in zip(money, _sides(rows, Listed.MONEY), strict=True):
        for side in sides:
            total[side["currency"]] += side["minor"]
    if not gained and not lost and expired[0] == expired[1] and money[0] == money[1]:
        return None
    before = {
        "gained": gained,
        "lost": lost,
        "net": gained - lost,
        "expired": expired[0],
        "money": dict(money[0]),
    }
    return before, {"expired": expired[1], "money": dict(money[1])}


def _sides(rows: list[Row], listed: Listed) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    mine = [row for row in rows if row.listed is listed]
    return [row.before for row in mine], [row.after for row in mine]


def organizations() -> list[list[int]]:
    """All customers in slices, by name, so that every list is in that order."""
    ids = list(Organization.objects.order_by("name", "id").values_list("pk", flat=True))
    return [ids[first : first + SLICE] for first in range(0, len(ids), SLICE)]


def begin(trial: Trial, *, now: datetime) -> tuple[Running, Promises]:
    """Read what all customers have in common."""
    known = catalogue.read()
    return Running(question(trial, known, now=now), known), Promises(known.policies, known.better)
