"""What differs between two replays of the same customer: the numbers, and the rows behind each (`simulate`)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from vigente.rules.coverage import Outcome
from vigente.rules.quota import Source
from vigente.rules.simulate import Replayed
from vigente.rules.simulate_fates import Fate, State
from vigente.rules.simulate_history import How

Month = Callable[[datetime], str]
ELSE = (Source.PACK, Source.GOODWILL)  # what comes from no contract's own terms
LET_IN = (How.AT_ONCE, How.LATER)


class Listed(StrEnum):
    """The lists behind the numbers."""

    REFUSED = "refused"  # accepted before, refused after
    ACCEPTED = "accepted"  # refused before, accepted after
    DELAYED = "delayed"  # accepted both times, later after
    SOONER = "sooner"  # accepted both times, sooner after
    OTHERWISE = "otherwise"  # accepted both times, paid by something else or by nothing
    UNHELD = "unheld"  # waited in vain under only one of the two, and got in under neither
    EXPIRED = "expired"  # cases nobody used
    MONEY = "money"
    MOVED = "moved"  # another place in line
    FAVOURS = "favours"  # beyond the limit of who gave it
    REALITY = "reality"  # the rules in force give another answer than the one that was given


class Why(StrEnum):
    """Why the rules in force, lived through again, say otherwise than what happened."""

    OVERRIDE = "override"  # a supervisor let it in (row 15)
    CLOCK = "clock"  # it was let in before the clock got to closing it
    FOLLOWS = "follows"  # an earlier difference of this customer's left other cases
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `ref`: `ticket:7`, `held:3`, `sold:2`, `pack:4` or `goodwill:1`; values are for JSON."""

    listed: Listed
    customer: int
    at: datetime
    ref: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Totals:
    """Numbers under one set of rules; they add up over customers. Money is by currency, in minor units."""

    requests: int = 0
    accepted: int = 0
    overrides: int = 0
    refused: int = 0
    drawn: int = 0
    expired: int = 0
    waited_in_vain: int = 0
    money: Counter[str] = field(default_factory=Counter)
    discounts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted_by_month: Counter[str] = field(default_factory=Counter)
    money_by_month: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, replayed: Replayed, month: Month) -> None:
        """Count one customer's replay."""
        for fate in counted(replayed.fates):
            self._count(fate, month)
        for account in replayed.accounts:
            self.expired += account.expired - account.carried
            self.drawn += account.drawn
        for charge in replayed.charges:
            self.money[charge.currency] += charge.total_minor
            self.discounts[charge.currency] += charge.discount_minor
            self.money_by_month[charge.currency][month(charge.at)] += charge.total_minor

    def _count(self, fate: Fate, month: Month) -> None:
        self.requests += 1
        if fate.how in LET_IN:
            self.accepted += 1
            self.accepted_by_month[month(fate.asked.at)] += 1
        elif fate.how is How.OVERRIDE:
            self.overrides += 1
        else:
            self.refused += 1
        self.waited_in_vain += fate.state is State.EXPIRED
        self.outcomes[outcome_of(fate)] += 1

    def to_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "accepted": self.accepted,
            "overrides": self.overrides,
            "refused": self.refused,
            "drawn": self.drawn,
            "expired": self.expired,
            "waited_in_vain": self.waited_in_vain,
            "money": dict(sorted(self.money.items())),
            "discounts": dict(sorted(self.discounts.items())),
            "outcomes": dict(sorted(self.outcomes.items())),
            "accepted_by_month": dict(sorted(self.accepted_by_month.items())),
            "money_by_month": {
                code: dict(sorted(months.items())) for code, months in sorted(self.money_by_month.items())
            },
        }


def counted(fates: Iterable[Fate]) -> Iterator[Fate]:
    """The requests that a trial counts: not the cases that were accepted before it begins."""
    return (fate for fate in fates if not fate.asked.earlier)


def outcome_of(fate: Fate) -> str:
    """How it came out, as one word: what paid, why it was free, or that it was not let in."""
    if fate.how is How.OVERRIDE:
        return How.OVERRIDE.value
    if fate.how is How.NOT or fate.decision is None:
        return Outcome.NOT_COVERED.value
    if fate.decision.outcome is Outcome.COVERED and fate.source is not None:
        return fate.source.value
    return fate.decision.outcome.value


def compare(before: Replayed, after: Replayed) -> list[Row]:
    """The rows in which two replays of one customer differ, and what both cost and lost."""
    rows = [row for pair in zip(before.fates, after.fates, strict=True) for row in _request(before, *pair)]
    rows += _reality(before)
    rows += _expired(before, after)
    rows += _money(before, after)
    return rows


def _request(replayed: Replayed, before: Fate, after: Fate) -> Iterator[Row]:
    asked = before.asked
    listed = _listed(before, after)
    if listed is not None and not asked.earlier:
        yield Row(listed, replayed.customer.id, asked.at, asked.ref, told(before), told(after))


def _listed(before: Fate, after: Fate) -> Listed | None:
    was, becomes = before.how in LET_IN, after.how in LET_IN
    if was and not becomes:
        return Listed.REFUSED
    if becomes and not was:
        return Listed.ACCEPTED
    if not was:
        return Listed.UNHELD if (before.state is State.EXPIRED) != (after.state is State.EXPIRED) else None
    assert before.accepted_at is not None
    assert after.accepted_at is not None
    if before.accepted_at != after.accepted_at:
        return Listed.DELAYED if before.accepted_at < after.accepted_at else Listed.SOONER
    return Listed.OTHERWISE if outcome_of(before) != outcome_of(after) else None


def told(fate: Fate) -> dict[str, Any]:
    """One side of a request's row: how it came out, when, and the decision with its reasons."""
    decision = fate.first if fate.how is How.NOT else fate.decision
    return {
        "how": fate.how.value,
        "state": fate.state.value,
        "outcome": outcome_of(fate),
        "at": fate.accepted_at.isoformat() if fate.accepted_at else None,
        "decision": decision.to_json() if decision else None,
    }


def _reality(replayed: Replayed) -> Iterator[Row]:
    """Where people did otherwise than the rules in force say: overrides, favours, and what follows from them."""
    differs = False
    for fate in sorted(counted(replayed.fates), key=lambda one: (one.asked.at, one.asked.ref)):
        asked = fate.asked
        why = _why_otherwise(fate, differs=differs)
        if why is not None:
            differs = differs or why is not Why.OVERRIDE
            really = {"how": asked.how.value, "why": why.value}
            yield Row(Listed.REALITY, replayed.customer.id, asked.at, asked.ref, really, told(fate))


def _why_otherwise(fate: Fate, *, differs: bool) -> Why | None:
    asked = fate.asked
    if asked.how is How.OVERRIDE:
        return Why.OVERRIDE
    if (asked.how in LET_IN) == (fate.how in LET_IN):
        return None
    if fate.state is State.EXPIRED and asked.how is How.LATER:
        return Why.CLOCK
    return Why.FOLLOWS if differs else Why.UNKNOWN


def _expired(before: Replayed, after: Replayed) -> Iterator[Row]:
    """What was lost of every contract, pack and favour, where anything was."""
    sides = [_lost(before), _lost(after)]
    for ref in sorted(sides[0].keys() | sides[1].keys()):
        (at, was), (at_after, becomes) = (side.get(ref, (None, _NOTHING)) for side in sides)
        if was["expired"] or becomes["expired"]:
            yield Row(Listed.EXPIRED, before.customer.id, at or at_after or _never(), ref, was, becomes)


_NOTHING: dict[str, int] = {"granted": 0, "drawn": 0, "expired": 0}


def _lost(replayed: Replayed) -> dict[str, tuple[datetime | None, dict[str, int]]]:
    found: dict[str, tuple[datetime | None, dict[str, int]]] = {}
    for account in replayed.accounts:
        kind = account.source.value if account.source in ELSE else "sold"
        ref = f"{kind}:{account.origin or account.id}"
        at, sums = found.get(ref, (None, _NOTHING))
        more = {
            "granted": sums["granted"] + (account.granted or 0),
            "drawn": sums["drawn"] + account.drawn,
            "expired": sums["expired"] + account.expired - account.carried,
        }
        found[ref] = (max(at, account.end) if at else account.end, more)
    return found


def _money(before: Replayed, after: Replayed) -> Iterator[Row]:
    """What every contract and pack costs, under both."""
    sides = [_costs(before), _costs(after)]
    for ref, currency in sorted(sides[0].keys() | sides[1].keys()):
        was, becomes = (side.get((ref, currency), (None, 0, 0, 0)) for side in sides)
        at = was[0] or becomes[0] or _never()
        values = [
            {"currency": currency, "times": times, "minor": total, "discount": discount}
            for _, times, total, discount in (was, becomes)
        ]
        yield Row(Listed.MONEY, before.customer.id, at, ref, values[0], values[1])


def _costs(replayed: Replayed) -> dict[tuple[str, str], tuple[datetime | None, int, int, int]]:
    found: dict[tuple[str, str], tuple[datetime | None, int, int, int]] = {}
    for charge in replayed.charges:
        at, times, total, discount = found.get((charge.origin, charge.currency), (None, 0, 0, 0))
        found[charge.origin, charge.currency] = (
            at or charge.at,
            times + 1,
            total + charge.total_minor,
            discount + charge.discount_minor,
        )
    return found


def _never() -> datetime:
    raise AssertionError("a row stands for something that happened")
