"""The vendor's side of the slow recount: contracts, allotments, prices and the books (`recount`).

Only for Managua, where a local day always begins at 06:00 UTC.
"""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from vigente.rules.periods import Interval, Months, Span
from vigente.rules.quota import Source
from vigente.rules.rulebook import Rulebook
from vigente.rules.simulate_history import Customer, Kind, Sold

SIX, DAY = timedelta(hours=6), timedelta(days=1)
SIGN = {"grant": 1, "draw": -1, "back": 1, "expiry": -1, "revoke": -1}


def local_day(at: datetime) -> date:
    return (at - SIX).date()


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + SIX


def month_start(anchor: datetime, index: int, months: Months) -> datetime:
    if index == 0:
        return anchor
    day = local_day(anchor)
    year, month = day.year, day.month
    for _ in range(index):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    if months is Months.CALENDAR:
        return midnight(date(year, month, 1))
    return midnight(date(year, month, min(day.day, monthrange(year, month)[1])))


@dataclass
class Line:
    """A contract with what the rules made of it."""

    sold: Sold
    begins: datetime
    months: Months
    ends: datetime | None = None
    gone_at: datetime | None = None  # replaced
    renews: bool = False

    @property
    def step(self) -> int:
        return 12 if self.sold.terms.interval is Interval.YEAR else 1

    def start(self, index: int) -> datetime:
        return month_start(self.begins, index, self.months)

    def runs(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass
class Pot:
    """A grant."""

    name: str
    source: Source
    licence: int | None
    start: datetime
    end: datetime
    made: datetime
    rank: int
    work: frozenset[str] | None
    unlimited: bool
    number: int
    gone: bool = False


@dataclass
class Books:
    """`entries`: (grant, kind, cases, when)."""

    customer: Customer
    book: Rulebook
    window: Span
    entries: list[tuple[str, str, int, datetime]] = field(default_factory=list)
    pots: dict[str, Pot] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    charged: Counter[str] = field(default_factory=Counter)
    carried: int = 0

    # Contracts

    def _make_lines(self) -> None:
        known: dict[int, Line] = {}
        for sold in sorted(self.customer.sold, key=lambda one: (one.anchor, one.created_at, one.id)):
            begins, renews = sold.anchor, sold.follows is not None
            if sold.follows in known:
                if known[sold.follows].ends is None:
                    continue
                begins = known[sold.follows].ends
            elif sold.kind is Kind.BOUGHT and begins >= self.window.start:
                mine = [line for line in known.values()
                        if line.sold.kind is Kind.BOUGHT and line.sold.licence == sold.licence]  # fmt: skip
                if any(line.ends is None for line in mine):
                    continue
                begins = max([begins, *[line.ends for line in mine]])
            if begins >= self.window.end:
                continue
            new = begins >= self.window.start
            line = Line(sold, begins, self.book.months if new else sold.months, renews=renews)
            line.ends = self._end(line, new)
            if sold.follows in known:
                known[sold.follows].gone_at = begins
            known[sold.id] = line
        self.lines = list(known.values())

    def _end(self, line: Line, new: bool) -> datetime | None:
        sold = line.sold
        if sold.kind is Kind.BOUGHT and not sold.auto_renew:
            return line.start(line.step) if new or sold.ends is None else sold.ends
        if sold.notice_at is None or sold.notice_at < self.window.start:
            return sold.ends
        at, number = max(sold.notice_at, line.begins), 0
        while line.start((number + 1) * line.step) <= at:
            number += 1
        over = line.start((number + 1) * line.step)
        cut = midnight(local_day(over) - self.book.notice_days * DAY) if self.book.notice_days else over
        return over if sold.notice_at < cut else line.start((number + 1) * line.step + 1)

    def _sleeps(self, line: Line, at: datetime) -> bool:
        return line.sold.kind is Kind.INCLUDED and any(
            other.sold.kind is Kind.BOUGHT and other.sold.licence == line.sold.licence and other.runs(at)
            for other in self.lines
        )

    def _blocked(self, at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in self.customer.blocked)

    def _period(self, at: datetime, line: Line, index: int) -> None:
        sold, terms = line.sold, line.sold.terms
        end = line.start(index + 1) if line.ends is None else min(line.start(index + 1), line.ends)
        if sold.kind is Kind.BOUGHT and index % line.step == 0:
            self._charge_term(at, line, index // line.step)
        if not self._sleeps(line, at):
            self._open(at, line, index, at, end)
            if index == 0 and not line.renews:
                self._let_in_who_waits(at)
            else:
                self._choose(at, sold.licence)
        assert terms is sold.terms

    def _open(self, at: datetime, line: Line, index: int, start: datetime, end: datetime) -> None:
        name = f"{line.sold.id}:{index}"
        if name in self.pots:
            return
        cases = line.sold.terms.cases
        if cases is not None:
            if index == 0 and line.months is Months.CALENDAR:
                first = local_day(start).replace(day=1)
                whole = monthrange(first.year, first.month)[1]
                part = (local_day(end) - local_day(start)).days
                cases = max(cases * part // whole, min(cases, 1))
            cases += self._carry(f"{line.sold.id}:{index - 1}")
        kinds = {Kind.BOUGHT: Source.PERIOD, Kind.LEGACY: Source.LEGACY, Kind.INCLUDED: Source.LICENCE}
        self._pot(name, kinds[line.sold.kind], line.sold.licence, start, end, at, line.sold.terms.rank,
                  line.sold.terms.work, cases)  # fmt: skip

    def _carry(self, before: str) -> int:
        if before not in self.pots or self.pots[before].unlimited:
            return 0
        lost = [cases for name, kind, cases, _ in self.entries if name == before and kind == "expiry"]
        carried = min(lost[0] if self.pots[before].gone else self._left(before), self.book.rollover_max)
        self.carried += carried
        return carried

    def _wake(self, at: datetime, line: Line) -> None:
        if at < line.begins or self._sleeps(line, at) or not line.runs(at):
            return
        index = 0
        while line.start(index + 1) <= at:
            index += 1
        fresh = f"{line.sold.id}:{index}" not in self.pots
        end = line.start(index + 1) if line.ends is None else min(line.start(index + 1), line.ends)
        self._open(at, line, index, max(at, line.start(index)), end)
        if fresh and index:
            self._choose(at, line.sold.licence)
        self._let_in_who_waits(at)

    # Money: the cloud discount only

    def _off(self, licence: int | None, at: datetime, amount: int, is_pack: bool) -> int:
        best = 0
        for rule in self.book.discounts:
            homes = [one for one in self.customer.installations if licence in (None, one.id)]
            if licence is None:
                homes = [one for one in homes if one.is_active and one.registered_at <= at]
            fits = all(
                rule.edition in (None, one.edition) and rule.hosting in (None, one.hosting(at))
                for one in homes
            )
            if fits and homes and (rule.applies_to_packs or not is_pack):
                best = max(best, rule.basis_points)
        hundred, rest = divmod(amount * best, 10_000)
        up = rest * 2 > 10_000 or (rest * 2 == 10_000 and hundred % 2)
        return hundred + bool(up)

    def _charge_term(self, at: datetime, line: Line, number: int) -> None:
        terms, first = line.sold.terms, number * line.step
        over = (
            line.start(first + line.step)
            if line.ends is None
            else min(line.start(first + line.step), line.ends)
        )
        for since, until in self.customer.blocked:
            if since <= at and (until is None or over <= until):
                return
        amount = terms.price_minor
        if number == 0 and line.months is Months.CALENDAR and line.step == 1:
            whole = monthrange(local_day(at).year, local_day(at).month)[1]
            part = (local_day(over) - local_day(at)).days
            share, rest = divmod(amount * part, whole)
            amount = share + (rest * 2 > whole or (rest * 2 == whole and share % 2 == 1))
            if terms.cases:
                brings = max(terms.cases * part // whole, min(terms.cases, 1))
                amount = max(amount, -(-terms.price_minor * brings // terms.cases))
        self.charged[terms.currency] += amount - self._off(line.sold.licence, at, amount, is_pack=False)

    # Books

    def _pot(self, name: str, source: Source, licence: int | None, start: datetime, end: datetime, made: datetime,
             rank: int, work: frozenset[str] | None, cases: int | None) -> None:  # fmt: skip
        self.pots[name] = Pot(
            name, source, licence, start, end, made, rank, work, cases is None, len(self.pots) + 1
        )
        self.entries.append((name, "grant", cases or 0, made))

    def _left(self, name: str) -> int:
        return sum(SIGN[kind] * cases for one, kind, cases, _ in self.entries if one == name)

    def _drawn(self, name: str) -> int:
        took = sum(cases for one, kind, cases, _ in self.entries if one == name and kind == "draw")
        return took - sum(cases for one, kind, cases, _ in self.entries if one == name and kind == "back")

    def _expire(self, at: datetime) -> None:
        for pot in self.pots.values():
            if pot.end <= at and not pot.gone:
                pot.gone = True
                if not pot.unlimited:
                    self.entries.append((pot.name, "expiry", self._left(pot.name), pot.end))

    def _let_in_who_waits(self, at: datetime) -> None:
        raise NotImplementedError

    def _choose(self, at: datetime, licence: int | None) -> None:
        raise NotImplementedError
