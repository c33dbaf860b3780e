"""The coverage decision: is this request accepted, which grant pays, and why.

R1, R8, R9, R11; rows 1 to 5, 7, 28 to 30, 36, 40, 44, 46, 48. Not here: writing the draw (`billing.services.ledger`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigente.rules import precedence
from vigente.rules.precedence import LAST_RANK
from vigente.rules.quota import GrantFacts, Source, left, payers
from vigente.rules.reasons import Code, Reason
from vigente.rules.rulebook import DrawBy, Rulebook


class Outcome(StrEnum):
    """What becomes of a request."""

    COVERED = "covered"  # accepted, a grant pays
    FREE = "free"  # accepted, draws nothing (row 44)
    EXEMPT = "exempt"  # accepted, plans are not yet required (row 30)
    QUOTATION = "quotation"  # accepted into the quotation queue, draws nothing (R9, row 36)
    NOT_COVERED = "not_covered"  # held


ACCEPTED = frozenset({Outcome.COVERED, Outcome.FREE, Outcome.EXEMPT, Outcome.QUOTATION})
NO_RANK = LAST_RANK


class Status(StrEnum):
    """States of a subscription."""

    SCHEDULED = "scheduled"
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    GRACE = "grace"  # its running term is unpaid, it still covers (row 25)
    SUSPENDED = "suspended"  # unpaid for too long: it covers nothing until it is paid
    ENDED = "ended"
    REPLACED = "replaced"
    CANCELLED = "cancelled"  # it never began


IN_FORCE = frozenset({Status.ACTIVE, Status.GRACE})


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked for.

    `always`: accepted whatever the coverage; `development`: quoted apart; `units`: cases it weighs.
    """

    code: str
    units: int = 1
    always: bool = False
    development: bool = False

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ValueError(f"work {self.code!r} weighs at least one case, not {self.units}")


@dataclass(frozen=True, slots=True)
class Contract:
    """A subscription as the decision sees it, in force in `[starts, ends)` if its status says so.

    `licence` None: the whole organization's. `next_period`: when more cases come.
    """

    id: int
    licence: int | None
    status: Status
    rank: int
    starts: datetime
    ends: datetime | None
    next_period: datetime | None

    def serves(self, licence: int | None) -> bool:
        return self.licence is None or self.licence == licence

    def in_force(self, now: datetime) -> bool:
        """By status and by time: a clock that runs late keeps nothing alive."""
        return self.status in IN_FORCE and self.starts <= now and (self.ends is None or now < self.ends)

    def is_kept_unpaid(self, now: datetime) -> bool:
        """Its unpaid term is over, and it has not ended: its money is being looked for (row 25)."""
        return self.status is Status.GRACE and self.ends is not None and self.ends <= now

    def begins_later(self, now: datetime) -> bool:
        return self.status is Status.SCHEDULED or (self.status in IN_FORCE and self.starts > now)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks. `licence` None: none named; `organization` None: a stranger.

    `drawn_in_period`: cases this organization has already drawn from running grants.
    """

    organization: int | None
    licence: int | None
    blocked: bool = False
    may_draw: bool = True
    is_manager: bool = False
    draw_by: DrawBy = DrawBy.ANYONE
    approve_beyond: int = 0
    drawn_in_period: int = 0
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with its reasons. `left` remains after this request's own units; None with COVERED: unlimited."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    units: int = 0
    grant: int | None = None
    left: int | None = None
    until: datetime | None = None
    rank: int = NO_RANK

    @property
    def accepted(self) -> bool:
        return self.outcome in ACCEPTED

    def to_json(self) -> dict[str, object]:
        return {
            "outcome": self.outcome.value,
            "reasons": [reason.to_json() for reason in self.reasons],
            "units": self.units,
            "grant": self.grant,
            "left": self.left,
            "until": self.until.isoformat() if self.until else None,
            "rank": self.rank,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Decision":
        reasons, until = data.get("reasons") or (), data.get("until")
        assert isinstance(reasons, list | tuple)
        return cls(
            outcome=Outcome(str(data["outcome"])),
            reasons=tuple(Reason.from_json(reason) for reason in reasons),
            units=_int(data.get("units")) or 0,
            grant=_int(data.get("grant")),
            left=_int(data.get("left")),
            until=datetime.fromisoformat(str(until)) if until else None,
            rank=NO_RANK if (rank := _int(data.get("rank"))) is None else rank,
        )


def decide(
    asking: Asking,
    work: Work,
    *,
    contracts: tuple[Contract, ...],
    grants: tuple[GrantFacts, ...],
    rulebook: Rulebook,
    now: datetime,
) -> Decision:
    """Decide one request at the instant `now` (UTC) at which the server accepted it (row 4).

    Who asks comes first: a blocked organization (row 40) and a stranger (row 18) get nothing in, whatever they call it.
    """
    rank = best_rank(contracts, licence=asking.licence, now=now)
    if asking.blocked:
        return _held(Code.ORGANIZATION_BLOCKED)
    if asking.organization is None:
        return _held(Code.REQUESTER_UNKNOWN)
    if work.development:
        return Decision(Outcome.QUOTATION, (Reason(Code.QUOTED_APART),), rank=rank)
    if work.always:
        return Decision(Outcome.FREE, (Reason(Code.ALWAYS_ACCEPTED),), rank=rank)
    if rulebook.plans_required_from is not None and now < rulebook.plans_required_from:
        begins = rulebook.plans_required_from.isoformat()
        return Decision(Outcome.EXEMPT, (Reason(Code.PLANS_NOT_YET_REQUIRED, {"from": begins}),), rank=rank)
    paying = payers(grants, licence=asking.licence, work=work.code, units=work.units, now=now)
    if not paying:
        return Decision(Outcome.NOT_COVERED, _why_not(asking, work, contracts, grants, now))
    grant = paying[0]
    remaining = left(grants, licence=asking.licence, work=work.code, now=now)
    obstacle = _may_spend(asking, remaining)
    if obstacle is not None:
        return Decision(Outcome.NOT_COVERED, (obstacle,))
    left_after = None if remaining is None else remaining - work.units
    return Decision(
        Outcome.COVERED,
        (_pays(grant, work.units, left_after),),
        units=work.units,
        grant=grant.id,
        left=left_after,
        until=grant.end,
        rank=min(rank, grant.rank),
    )


def best_rank(contracts: tuple[Contract, ...], *, licence: int | None, now: datetime) -> int:
    """The best (lowest) rank in force for a licence, whichever grant pays (row 29); NO_RANK without any.

    Plans count, unspent grants do not: a pack kept from a better plan lifts the case it pays, and no other.
    """
    return precedence.best_rank(c.rank for c in contracts if c.in_force(now) and c.serves(licence))


def _held(code: Code) -> Decision:
    return Decision(Outcome.NOT_COVERED, (Reason(code),))


def _pays(grant: GrantFacts, units: int, left_after: int | None) -> Reason:
    params = {
        "left": left_after,
        "until": grant.end.isoformat(),
        "units": units,
        "source": grant.source.value,
    }
    if grant.remaining is None:
        return Reason(Code.UNLIMITED, {"until": grant.end.isoformat()})
    codes = {
        Source.PACK: Code.PACK_PAYS,
        Source.LEGACY: Code.LEGACY_PAYS,
        Source.GOODWILL: Code.GOODWILL_PAYS,
    }
    return Reason(codes.get(grant.source, Code.GRANT_PAYS), params)


def _may_spend(asking: Asking, remaining: int | None) -> Reason | None:
    if asking.is_manager or asking.approved:
        return None
    if asking.draw_by is DrawBy.NAMED and not asking.may_draw:
        return Reason(Code.DRAW_NOT_ALLOWED)
    if asking.draw_by is DrawBy.APPROVE and asking.drawn_in_period >= asking.approve_beyond:
        return Reason(Code.NEEDS_APPROVAL, {"left": remaining})
    return None


def _why_not(
    asking: Asking,
    work: Work,
    contracts: tuple[Contract, ...],
    grants: tuple[GrantFacts, ...],
    now: datetime,
) -> tuple[Reason, ...]:
    """The most useful reason first, then what else is true."""
    running = [g for g in grants if g.in_force(now)]
    elsewhere = any(
        g.covers(work.code) and g.can_pay(work.units) for g in running
    )  # of this licence none can
    mine = [c for c in contracts if c.serves(asking.licence)]
    why = _lacking_cases(asking, work, running, now) or _lacking_plan(mine, now)
    if not elsewhere:
        return (why,)
    if asking.licence is None:
        return (Reason(Code.LICENCE_UNKNOWN), why)
    return (why, Reason(Code.OTHER_LICENCE_COVERED))


def _lacking_cases(asking: Asking, work: Work, running: list[GrantFacts], now: datetime) -> Reason | None:
    """What is wrong with the grants there are. A plan that does not cover the work is no matter of cases (R8)."""
    usable = [g for g in running if g.serves(asking.licence)]
    covering = [g for g in usable if g.covers(work.code)]
    if usable and not covering:
        return Reason(Code.WORK_NOT_COVERED, {"work": work.code})
    if any(g.can_pay(1) for g in covering):
        remaining = left(covering, licence=asking.licence, now=now)
        return Reason(Code.NOT_ENOUGH_UNITS, {"units": work.units, "left": remaining})
    return None


def _lacking_plan(mine: list[Contract], now: datetime) -> Reason:
    in_force = [c for c in mine if c.in_force(now)]
    if any(c.status is Status.SUSPENDED or c.is_kept_unpaid(now) for c in mine):
        return Reason(Code.PAYMENT_OVERDUE)
    if any(c.status is Status.GRACE for c in in_force):
        return Reason(Code.GRACE_SPENT)
    if in_force:
        renews = min((c.next_period for c in in_force if c.next_period), default=None)
        return Reason(Code.NO_CASES_LEFT, {"renews": renews.isoformat() if renews else None})
    if any(c.status is Status.AWAITING_PAYMENT for c in mine):
        return Reason(Code.AWAITING_ACTIVATION)
    starts = min((c.starts for c in mine if c.begins_later(now)), default=None)
    if starts is not None:
        return Reason(Code.PLAN_NOT_STARTED, {"at": starts.isoformat()})
    mine = [c for c in mine if c.status is not Status.CANCELLED]
    if not mine:
        return Reason(Code.NO_PLAN)
    ends = max((c.ends for c in mine if c.ends), default=None)
    return Reason(Code.PLAN_ENDED, {"at": ends.isoformat() if ends else None})


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None
