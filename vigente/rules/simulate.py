"""Replays what happened to one customer under rules that are tried out (`docs/trials.md`).

History in (`simulate_history`), what would have become of it out. Every decision is `coverage.decide`, every boundary
`subscriptions`, every payer `quota`, every price `pricing`: nothing here knows a rule of its own. The same history and
rules give the same outcome. Not here: the line (`simulate_line`), differences (`simulate_compare`).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop

from vigente.rules.coverage import NO_RANK, Asking, Decision, Outcome, Work, decide
from vigente.rules.periods import Span
from vigente.rules.reasons import NOT_BY_ITSELF, Code, Reason
from vigente.rules.rulebook import DrawBy, EmailIntake, Rulebook
from vigente.rules.simulate_books import Account
from vigente.rules.simulate_course import Course
from vigente.rules.simulate_fates import Fate, State, Turn
from vigente.rules.simulate_history import Act, Asked, Books, Customer, Did, How, Terms, Try
from vigente.rules.simulate_money import Charge
from vigente.rules.simulate_stage import Stage

PENDING = (State.WAITING, State.CHOOSE, State.APPROVAL, State.EXPIRED)


@dataclass(slots=True)
class Replayed:
    """What would have become of one customer."""

    customer: Customer
    fates: list[Fate]
    accounts: list[Account]
    charges: list[Charge]
    courses: list[Course]


def replay(customer: Customer, books: Books, window: Span) -> Replayed:
    """Live through `window` again under `books`. Requests from before it only matter for what is done to them in it."""
    run = _Run(customer, books, window)
    run.run()
    return Replayed(
        customer,
        [run.fates[asked.ref] for asked in customer.asked],
        run.purse.all(),
        sorted(run.charges, key=lambda charge: (charge.at, charge.origin)),
        list(run.courses.values()),
    )


@dataclass(slots=True)
class _Run(Stage):
    """The customers' side: what is asked, what waits, what people do with it."""

    fates: dict[str, Fate] = field(default_factory=dict)
    waiting: dict[str, Fate] = field(default_factory=dict)

    def run(self) -> None:
        self.begin()
        for asked in self.customer.asked:
            self._plan_request(asked)
        while self.heap and self.heap[0][0] < self.window.end:
            at, _, _, act = heappop(self.heap)
            self.purse.expire(at)
            act(at)
        self.purse.expire(self.window.end)

    def _plan_request(self, asked: Asked) -> None:
        fate = self.fates[asked.ref] = Fate(asked)
        if asked.earlier:
            fate.state, fate.units, fate.terms = State.ACCEPTED, asked.work.units, asked.terms
            fate.accepted_at, fate.paid_by = asked.at, self.purse.by_id.get(asked.standing or 0)
        elif asked.at < self.window.start:
            self._hold(fate, _held(asked.held_as or Code.NO_PLAN), self.window.start, asked.waits_until)
            fate.state = State.CHOOSE if asked.chooses else fate.state
        else:
            self.plan(asked.at, Turn.ASKED, partial(self._ask, fate))
        for act in asked.acts:
            turn = Turn.ACT if act.at > asked.at else Turn.SETTLED  # never before it was asked
            self.plan(act.at, turn, partial(self._act, fate, act))
        for again in asked.tries:
            self.plan(again.at, Turn.AGAIN, partial(self._try, fate, again))
        if asked.how is How.OVERRIDE and asked.accepted_at is not None:
            self.plan(asked.accepted_at, Turn.SETTLED, partial(self._override, fate))
        elif asked.settled_at is not None:
            self.plan(asked.settled_at, Turn.SETTLED, partial(self._withdraw, fate))

    def _ask(self, fate: Fate, at: datetime) -> None:
        asked, book = fate.asked, self.books.at(at)
        intake = book.intake_email if asked.by_mail else EmailIntake.ACCEPT
        if asked.fixed:
            fate.first = fate.decision = Decision(Outcome.FREE, (Reason(Code.FOLLOW_UP_SAME_PROBLEM),))
            fate.state, fate.accepted_at = State.ACCEPTED, at
        elif asked.held_as is not None:
            self._hold(fate, _held(asked.held_as), at)
        elif intake is EmailIntake.REFUSE:
            fate.first = fate.decision = _held(Code.MAIL_REFUSED)
            fate.state = State.REFUSED
        elif intake is EmailIntake.PORTAL_ONLY:
            self._hold(fate, _held(Code.PORTAL_ONLY), at)
        else:
            decision = self._decide(fate, asked.work, asked.licence, at, book)
            if not self._let_in(fate, decision, at):
                self._hold(fate, decision, at)

    def _decide(
        self,
        fate: Fate,
        work: Work,
        licence: int | None,
        at: datetime,
        book: Rulebook,
        *,
        approved: bool = False,
        as_manager: bool = False,
    ) -> Decision:
        customer = self.customer
        asking = Asking(
            customer.id,
            licence,
            customer.is_blocked(at),
            fate.asked.may_draw,
            fate.asked.is_manager or as_manager,
            customer.draw_by or book.draw_by,
            customer.approve_beyond,
            self.purse.drawn(at) if (customer.draw_by or book.draw_by) is DrawBy.APPROVE else 0,
            approved,
        )
        return decide(
            asking, work, contracts=self.contracts(at), grants=self.purse.facts(), rulebook=book, now=at
        )

    def _let_in(self, fate: Fate, decision: Decision, at: datetime) -> bool:
        fate.decision = decision
        fate.first = fate.first or decision
        if not decision.accepted:
            return False
        fate.state = State.ACCEPTED
        fate.accepted_at = at
        self.waiting.pop(fate.asked.ref, None)
        self._pay(fate, decision)
        fate.terms = self._best_terms(fate.asked.licence, at) if decision.rank < NO_RANK else None
        return True

    def _pay(self, fate: Fate, decision: Decision) -> None:
        if decision.outcome is Outcome.COVERED and decision.grant is not None:
            fate.paid_by, fate.units = self.purse.draw(decision.grant, decision.units), decision.units
            fate.source = fate.paid_by.source

    def _best_terms(self, licence: int | None, at: datetime) -> Terms | None:
        """As `billing.facts.Facts.best_version`: the terms of the best rank in force for a licence (row 29)."""
        serving = [
            self.courses[one.id].terms(at)
            for one in self.contracts(at)
            if one.in_force(at) and one.serves(licence) and one.rank < NO_RANK
        ]
        return min(serving, key=lambda terms: terms.rank, default=None)

    def _hold(self, fate: Fate, decision: Decision, at: datetime, until: datetime | None = None) -> None:
        fate.first = fate.first or decision
        fate.decision = decision
        needs = any(reason.code is Code.NEEDS_APPROVAL for reason in decision.reasons)
        fate.state = State.APPROVAL if needs else State.WAITING
        self.waiting[fate.asked.ref] = fate
        self._wait(fate, until or at + timedelta(days=self.books.at(at).hold_days))

    def _wait(self, fate: Fate, until: datetime) -> None:
        fate.hold_until = max(fate.hold_until or until, until)
        self.plan(fate.hold_until, Turn.EXPIRY, partial(self._give_up, fate))

    def _give_up(self, fate: Fate, at: datetime) -> None:
        if fate.asked.ref in self.waiting and fate.hold_until is not None and fate.hold_until <= at:
            fate.state = State.EXPIRED
            del self.waiting[fate.asked.ref]

    def release_waiting(self, at: datetime) -> None:
        """Coverage may have appeared: let in what waits for nothing else, oldest first."""
        if not self.waiting:
            return
        for fate in sorted(self.waiting.values(), key=lambda one: (one.asked.at, one.asked.ref)):
            if fate.state is State.WAITING and not _waits_for_else(fate.decision) and fate.asked.at <= at:
                asked = fate.asked
                decision = self._decide(fate, asked.work, asked.licence, at, self.books.at(at))
                if decision.accepted:
                    self._let_in(fate, decision, at)

    def ask_to_choose(self, licence: int | None, at: datetime) -> None:
        """A renewal brought cases: what waits does not burn them by itself (row 45)."""
        for fate in list(self.waiting.values()):
            mine = licence is None or fate.asked.licence == licence
            if fate.state is State.WAITING and mine and not _waits_for_else(fate.decision):
                fate.state, fate.decision = State.CHOOSE, _held(Code.RENEWED_CHOOSE)
                self._wait(fate, at + timedelta(days=self.books.at(at).hold_days))

    def _try(self, fate: Fate, again: Try, at: datetime) -> None:
        if fate.state not in PENDING:
            return
        book = self.books.at(at)
        decision = self._decide(fate, again.work, again.licence, at, book, approved=again.approved)
        if not self._let_in(fate, decision, at):
            fate.hold_until = fate.hold_until if fate.asked.ref in self.waiting else None
            self._hold(fate, decision, at)

    def _override(self, fate: Fate, at: datetime) -> None:
        if fate.state in PENDING:
            fate.state, fate.accepted_at = State.OVERRIDE, at
            fate.terms = self._best_terms(fate.asked.licence, at)
            self.waiting.pop(fate.asked.ref, None)

    def _withdraw(self, fate: Fate, at: datetime) -> None:
        if fate.asked.ref in self.waiting:
            fate.state = State.WITHDRAWN
            del self.waiting[fate.asked.ref]

    def _act(self, fate: Fate, act: Act, at: datetime) -> None:
        if fate.state is not State.ACCEPTED:
            return
        if act.did is Did.GAVE_BACK:
            self._give_back(fate, act, at)
        elif act.did is Did.REDREW:
            self._redraw(fate, act, at)
        elif fate.paid_by is None:
            decision = self._decide(
                fate, act.work, act.licence, at, self.books.at(at), approved=True, as_manager=True
            )
            if decision.accepted:
                fate.decision = decision
                self._pay(fate, decision)
            else:
                self._hold(fate, decision, at)
        self.release_waiting(at)

    def _give_back(self, fate: Fate, act: Act, at: datetime) -> None:
        account, book = fate.paid_by, self.books.at(at)
        if account is None or self._objected_too_late(fate, act):
            return
        fate.paid_by = None
        if self.purse.give_back(account, fate.units, now=at) or not act.may_become_goodwill:
            return
        if book.goodwill_on_late_release and not fate.goodwill_made:
            fate.goodwill_made = True
            self.goodwill(account.licence, fate.units, account.rank, at)

    def _objected_too_late(self, fate: Fate, act: Act) -> bool:
        if act.disputed_at is None or fate.accepted_at is None:
            return False
        days = timedelta(days=self.books.at(fate.accepted_at).dispute_days)
        return act.disputed_at >= fate.accepted_at + days

    def _redraw(self, fate: Fate, act: Act, at: datetime) -> None:
        """Given back and drawn anew, or everything stays as it was (rows 47, 48)."""
        before, units = fate.paid_by, fate.units
        if before is None:
            return
        gave = self.purse.give_back(before, units, now=at)
        decision = self._decide(
            fate, act.work, act.licence, at, self.books.at(at), approved=True, as_manager=True
        )
        fate.paid_by = None
        if decision.accepted:
            fate.decision = decision
            self._pay(fate, decision)
        elif gave:
            fate.paid_by = self.purse.draw(before.id, units)
        else:
            before.drawn, before.expired, fate.paid_by = before.drawn + units, before.expired - units, before


def _held(code: Code) -> Decision:
    return Decision(Outcome.NOT_COVERED, (Reason(code),))


def _waits_for_else(decision: Decision | None) -> bool:
    return decision is not None and any(reason.code in NOT_BY_ITSELF for reason in decision.reasons)
