"""The same replay, written to be obvious and slow: day by day, entry by entry, every balance summed anew.

Shares nothing with `rules.simulate` but the history it reads and `coverage.decide`. Only for Managua, where a local day
always begins at 06:00 UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vigente.rules.coverage import Asking, Contract, Decision, Outcome, Status, decide
from vigente.rules.quota import GrantFacts, Source
from vigente.rules.simulate_history import Asked, Did, How, Kind
from vigente.rules.tests.recount_contracts import DAY, Books, Line, local_day, midnight

ELSE = {"portal_only", "mail_refused", "requester_unknown", "draw_not_allowed", "split_unanswered"}


@dataclass
class Recount(Books):
    """One customer counted again under one rulebook."""

    how: dict[str, How] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    holds: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_good: set[str] = field(default_factory=set)
    accepted_at: dict[str, datetime] = field(default_factory=dict)

    def run(self) -> "Recount":
        for one in self.customer.opening:
            facts = one.facts
            name = f"{facts.subscription}:{one.period}" if one.period is not None else f"opening {facts.id}"
            self._pot(name, facts.source, facts.licence, facts.start, facts.end, facts.created_at, facts.rank,
                      facts.work, None if facts.remaining is None else facts.remaining + one.drawn)  # fmt: skip
            if one.drawn:
                self.entries.append((name, "draw", one.drawn, facts.start))
            for asked in self.customer.asked:
                if asked.earlier and asked.standing == facts.id:
                    self.how[asked.ref], self.paid[asked.ref] = How.AT_ONCE, name
                    self.accepted_at[asked.ref] = asked.at
        self._make_lines()
        day = local_day(self.window.start)
        while midnight(day) < self.window.end:
            self._day(max(midnight(day), self.window.start), min(midnight(day) + DAY, self.window.end))
            day += DAY
        self._expire(self.window.end)
        return self

    # Days

    def _day(self, begins: datetime, ends: datetime) -> None:  # noqa: C901
        """Everything that happens in `[begins, ends)`, by its instant; at one instant, what time brings comes first."""
        happens: list[tuple[datetime, int, int, Any, Any]] = []

        def note(at: datetime | None, turn: int, act: Any, *what: Any) -> None:
            if at is not None and begins <= at < ends:
                happens.append((at, turn, len(happens), act, what))

        for line in self.lines:
            index = 0
            while line.start(index) < ends:
                if line.ends is None or line.start(index) < line.ends:
                    note(line.start(index), 0, self._period, line, index)
                index += 1
            if line.sold.kind is Kind.BOUGHT:
                for other in self.lines:
                    if other.sold.kind is Kind.INCLUDED and other.sold.licence == line.sold.licence:
                        note(line.ends, 1, self._wake, other)
        for _, until in self.customer.blocked:
            note(until, 3, self._let_in_who_waits)
        for pack in self.customer.packs:
            note(pack.at, 4, self._pack, pack)
            note(pack.returned_at, 8, self._return, pack)
        for gift in self.customer.gifts:
            note(gift.at, 4, self._gift, gift)
        for asked in self.customer.asked:
            for act in asked.acts:
                note(act.at, 5, self._give_back, asked, act)
            if not asked.earlier:
                note(asked.at, 6, self._ask, asked)
            for again in asked.tries:
                note(again.at, 7, self._again, asked, again)
            note(asked.accepted_at if asked.how is How.OVERRIDE else None, 8, self._override, asked)
            note(asked.settled_at, 8, self._withdraw, asked)
        for at, _, _, act, what in sorted(happens, key=lambda one: one[:3]):
            self._expire(at)
            self._give_up(at)
            act(at, *what)
        self._give_up(ends - timedelta(microseconds=1))

    # Packs and favours

    def _hangs_on(self, at: datetime, pack: Any) -> Line | None:
        for line in self.lines:
            if (
                line.sold.id == pack.contract
                and line.runs(at)
                and (line.gone_at is None or at < line.gone_at)
            ):
                return line
        return None

    def _pack(self, at: datetime, pack: Any) -> None:
        line = self._hangs_on(at, pack)
        if line is None and not self.book.sell_packs_without_plan:
            return
        if line is None or self.book.pack_validity == "days":
            end = midnight(local_day(at) + (self.book.pack_days + 1) * DAY)
        else:
            index = 0
            while line.start(index + 1) <= at:
                index += 1
            end = line.start(index + (2 if self.book.pack_validity == "next_period" else 1))
        rank, work = (line.sold.terms.rank, line.sold.terms.work) if line else (1000, None)
        self._pot(f"pack {pack.id}", Source.PACK, pack.licence, at, end, at, rank, work, pack.cases)
        self.charged[pack.terms.currency] += self._pack_price(pack)
        self._let_in_who_waits(at)

    def _pack_price(self, pack: Any) -> int:
        amount = pack.terms.pack_price_minor * pack.cases
        return amount - self._off(pack.licence, pack.at, amount, is_pack=True)

    def _return(self, at: datetime, pack: Any) -> None:
        name = f"pack {pack.id}"
        in_time = at <= pack.at + timedelta(hours=self.book.pack_return_hours)
        if name in self.pots and in_time and self._drawn(name) == 0 and not self.pots[name].gone:
            self.entries.append((name, "revoke", pack.cases, at))
            self.pots[name].gone = True
            self.charged[pack.terms.currency] -= self._pack_price(pack)

    def _gift(self, at: datetime, gift: Any) -> None:
        self._goodwill(f"gift {gift.id}", at, gift.licence, gift.rank, gift.cases)
        self._let_in_who_waits(at)

    def _goodwill(self, name: str, at: datetime, licence: int | None, rank: int, cases: int) -> None:
        end = midnight(local_day(at) + (self.book.goodwill_days + 1) * DAY)
        self._pot(name, Source.GOODWILL, licence, at, end, at, rank, None, cases)

    # Requests

    def _ask(self, at: datetime, asked: Asked) -> None:
        if asked.by_mail and self.book.intake_email == "refuse":
            self.how[asked.ref] = How.NOT
        elif asked.by_mail and self.book.intake_email == "portal_only":
            self._hold(asked, {"portal_only"}, at)
        else:
            decision = self._decide(asked, asked.licence, asked.work, at)
            if decision.accepted:
                self._accept(asked, decision, at, How.AT_ONCE)
            else:
                self._hold(asked, {reason.code.value for reason in decision.reasons}, at)

    def _hold(self, asked: Asked, codes: set[str], at: datetime) -> None:
        before = self.holds.get(asked.ref)
        until = at + self.book.hold_days * DAY
        if before is not None:
            until = max(until, before["until"])
        state = "approval" if "needs_approval" in codes else "waiting"
        self.holds[asked.ref] = {"asked": asked, "codes": codes, "state": state, "until": until}
        self.how[asked.ref] = How.NOT

    def _accept(self, asked: Asked, decision: Decision, at: datetime, how: How) -> None:
        self.how[asked.ref], self.accepted_at[asked.ref] = how, at
        self.holds.pop(asked.ref, None)
        self.source[asked.ref] = decision.outcome.value
        if decision.outcome is Outcome.COVERED:
            name = next(pot.name for pot in self.pots.values() if pot.number == decision.grant)
            self.entries.append((name, "draw", decision.units, at))
            self.paid[asked.ref], self.source[asked.ref] = name, self.pots[name].source.value

    def _decide(
        self, asked: Asked, licence: int | None, work: Any, at: datetime, approved: bool = False
    ) -> Decision:
        draw_by = self.customer.draw_by or self.book.draw_by
        running = [pot for pot in self.pots.values() if pot.start <= at < pot.end]
        asking = Asking(
            self.customer.id, licence, self._blocked(at), asked.may_draw, asked.is_manager, draw_by,
            self.customer.approve_beyond, sum(self._drawn(pot.name) for pot in running), approved,
        )  # fmt: skip
        grants = [
            GrantFacts(pot.number, pot.source, pot.licence, None if pot.unlimited else self._left(pot.name),
                       pot.start, pot.end, pot.made, pot.rank, pot.work)
            for pot in running
        ]  # fmt: skip
        contracts = [
            Contract(line.sold.id, line.sold.licence, Status.ACTIVE,
                     1000 if self._sleeps(line, at) else line.sold.terms.rank, line.begins, line.ends, None)
            for line in self.lines
        ]  # fmt: skip
        return decide(
            asking, work, contracts=tuple(contracts), grants=tuple(grants), rulebook=self.book, now=at
        )

    def _let_in_who_waits(self, at: datetime) -> None:
        waiting = [
            hold for hold in self.holds.values() if hold["state"] == "waiting" and not hold["codes"] & ELSE
        ]
        for hold in sorted(waiting, key=lambda one: (one["asked"].at, one["asked"].ref)):
            asked = hold["asked"]
            decision = self._decide(asked, asked.licence, asked.work, at)
            if decision.accepted:
                self._accept(asked, decision, at, How.LATER)

    def _choose(self, at: datetime, licence: int | None) -> None:
        for hold in self.holds.values():
            mine = licence is None or hold["asked"].licence == licence
            if hold["state"] == "waiting" and mine and not hold["codes"] & ELSE:
                hold["state"], hold["until"] = "choose", max(hold["until"], at + self.book.hold_days * DAY)

    def _again(self, at: datetime, asked: Asked, again: Any) -> None:
        hold = self.holds.get(asked.ref)
        if hold is None:
            return
        decision = self._decide(asked, again.licence, again.work, at, again.approved)
        if decision.accepted:
            self._accept(asked, decision, at, How.LATER)
            return
        if hold["state"] == "expired":
            hold["until"] = at
        self._hold(asked, {reason.code.value for reason in decision.reasons}, at)

    def _override(self, at: datetime, asked: Asked) -> None:
        if asked.ref in self.holds:
            del self.holds[asked.ref]
            self.how[asked.ref] = How.OVERRIDE

    def _withdraw(self, at: datetime, asked: Asked) -> None:
        if asked.ref in self.holds and self.holds[asked.ref]["state"] != "expired":
            del self.holds[asked.ref]

    def _give_back(self, at: datetime, asked: Asked, act: Any) -> None:
        assert act.did is Did.GAVE_BACK, "the recount knows no other act"
        if self.how.get(asked.ref) not in (How.AT_ONCE, How.LATER):
            return
        name = self.paid.pop(asked.ref, None)
        if name is not None:
            units = asked.work.units
            self.entries.append((name, "back", units, at))
            pot = self.pots[name]
            if not pot.unlimited and pot.end <= at:
                self.entries.append((name, "expiry", units, at))
                if self.book.goodwill_on_late_release and asked.ref not in self.made_good:
                    self.made_good.add(asked.ref)
                    self._goodwill(f"back {asked.ref}", at, pot.licence, pot.rank, units)
        self._let_in_who_waits(at)

    def _give_up(self, at: datetime) -> None:
        for hold in self.holds.values():
            if hold["until"] <= at and hold["state"] != "expired":
                hold["state"] = "expired"

    # What comes out

    def lost(self) -> int:
        return sum(cases for _, kind, cases, _ in self.entries if kind == "expiry") - self.carried

    def drawn(self) -> int:
        return sum(self._drawn(name) for name in self.pots)
