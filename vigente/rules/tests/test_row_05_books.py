"""Row 5 and the books: months of asking, releasing, buying and ending, in any order, and every balance still adds up.

The machine keeps an append-only list of entries and gives the rules only what the entries say, so a balance that the
rules and the entries see differently, a draw outside its grant, or a refusal that somebody could have paid, fails.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vigente.rules.coverage import Asking, Contract, Decision, Outcome, Status, Work, decide
from vigente.rules.periods import Interval, Months
from vigente.rules.quota import GrantFacts, Source
from vigente.rules.rulebook import Rulebook
from vigente.rules.subscriptions import End, OpenPeriod, Running, advance, give_notice
from vigente.rules.tests.cast import COMPANY, DEPOT, SHOP, grant
from vigente.rules.tests.strategies import MANAGUA, utc

TRAINING = Work("training", units=2)
WORKS = (Work("error"), TRAINING)
ONLY_ERRORS = frozenset({"error"})


@dataclass
class Case:
    """An accepted case and what it drew."""

    grant: int
    units: int
    at: datetime
    released: bool = False


@dataclass
class Books:
    """Grants as made, and entries: (grant, kind, cases). Nothing is ever changed or removed."""

    made: dict[int, GrantFacts] = field(default_factory=dict)
    entries: list[tuple[int, str, int]] = field(default_factory=list)

    def make(
        self, source: Source, licence: int | None, cases: int | None, start: datetime, end: datetime
    ) -> None:
        work = ONLY_ERRORS if source is Source.GOODWILL else None
        facts = grant(
            len(self.made) + 1, cases, source=source, licence=licence, start=start, end=end, work=work
        )
        self.made[facts.id] = replace(facts, created_at=start)

    def moved(self, grant: int, *kinds: str) -> int:
        return sum(cases for which, kind, cases in self.entries if which == grant and kind in kinds)

    def remaining(self, grant: int) -> int | None:
        granted = self.made[grant].remaining
        if granted is None:
            return None
        return granted - self.moved(grant, "draw", "expiry") + self.moved(grant, "release")

    def now(self) -> tuple[GrantFacts, ...]:
        return tuple(replace(facts, remaining=self.remaining(facts.id)) for facts in self.made.values())


class CompanyBooks(RuleBasedStateMachine):
    """One organization with two licences; the shop has a monthly plan, the depot a yearly one."""

    def __init__(self) -> None:
        super().__init__()
        self.at = utc("2026-01-31 15:00")
        self.books, self.cases = Books(), list[Case]()
        month = Running(self.at, MANAGUA, Interval.MONTH, Months.ANNIVERSARY, 0, None)
        self.plans = {SHOP: month, DEPOT: replace(month, interval=Interval.YEAR)}
        self.ended: set[int] = set()
        self.catch_up()

    @rule(hours=st.integers(1, 24 * 70))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.catch_up()

    def catch_up(self) -> None:
        for licence, plan in self.plans.items():
            for step in advance(plan, now=self.at) if licence not in self.ended else ():
                if isinstance(step, OpenPeriod):
                    self.books.make(Source.PERIOD, licence, 3, step.span.start, step.span.end)
                    self.plans[licence] = replace(self.plans[licence], periods_opened=step.index + 1)
                elif isinstance(step, End):
                    self.ended.add(licence)
        for facts in self.books.now():
            if facts.end <= self.at and facts.remaining:
                self.books.entries.append((facts.id, "expiry", facts.remaining))

    @rule(licence=st.sampled_from([SHOP, DEPOT]), days_before=st.integers(0, 9))
    def somebody_gives_notice(self, licence: int, days_before: int) -> None:
        if licence not in self.ended:
            notice = give_notice(self.plans[licence], notice_days=days_before, now=self.at)
            self.plans[licence] = replace(self.plans[licence], ends_at=notice.effective)

    @rule(
        licence=st.sampled_from([SHOP, DEPOT, COMPANY]),
        cases=st.none() | st.integers(1, 4),
        days=st.integers(1, 40),
    )
    def a_pack_is_bought(self, licence: int | None, cases: int | None, days: int) -> None:
        self.books.make(Source.PACK, licence, cases, self.at, self.at + timedelta(days=days))

    @rule(licence=st.sampled_from([SHOP, DEPOT]), work=st.sampled_from(WORKS), times=st.integers(1, 4))
    def people_ask(self, licence: int, work: Work, times: int) -> None:
        for _ in range(times):  # row 5: with one case left, exactly one gets it
            got = self.decide(licence, work)
            if got.outcome is Outcome.COVERED:
                assert got.grant is not None
                self.books.entries.append((got.grant, "draw", got.units))
                self.cases.append(Case(got.grant, got.units, self.at))
            able = self.able(licence, work)
            if got.accepted:  # what was said to be left is what the books then show
                balances = [g.remaining for g in able]
                assert got.left == (None if None in balances else sum(cases or 0 for cases in balances))
            else:
                assert not [g for g in able if g.can_pay(work.units)]

    def able(self, licence: int, work: Work) -> list[GrantFacts]:
        return [
            g for g in self.books.now() if g.in_force(self.at) and g.serves(licence) and g.covers(work.code)
        ]

    @precondition(lambda self: any(not case.released for case in self.cases))
    @rule(data=st.data())
    def a_draw_is_released(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from([case for case in self.cases if not case.released]))
        case.released = True
        self.books.entries.append((case.grant, "release", case.units))
        facts = self.books.made[case.grant]
        if facts.end <= self.at:  # row 13: it expires at once, and a goodwill grant stands in
            if facts.remaining is not None:
                self.books.entries.append((case.grant, "expiry", case.units))
            self.books.make(Source.GOODWILL, facts.licence, case.units, self.at, self.at + timedelta(days=10))

    def decide(self, licence: int, work: Work) -> Decision:
        contracts = tuple(
            Contract(of, of, Status.ACTIVE, 2, plan.anchor, plan.ends_at, None)
            for of, plan in self.plans.items()
            if of not in self.ended
        )
        who = Asking(organization=7, licence=licence)
        return decide(
            who, work, contracts=contracts, grants=self.books.now(), rulebook=Rulebook(), now=self.at
        )

    @invariant()
    def no_balance_is_below_zero_or_above_what_was_granted(self) -> None:
        for facts in self.books.now():
            granted = self.books.made[facts.id].remaining
            assert facts.remaining is None or 0 <= facts.remaining <= (granted or 0)
            assert facts.end > self.at or not facts.remaining

    @invariant()
    def every_draw_lies_within_its_grant(self) -> None:
        assert all(self.books.made[case.grant].in_force(case.at) for case in self.cases)

    @invariant()
    def a_running_plan_has_exactly_one_allotment_in_force_and_an_ended_one_none(self) -> None:
        for licence in self.plans:
            own = [g for g in self.books.made.values() if g.source is Source.PERIOD and g.licence == licence]
            assert sum(g.in_force(self.at) for g in own) == (licence not in self.ended)


CompanyBooks.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCompanyBooks = CompanyBooks.TestCase
