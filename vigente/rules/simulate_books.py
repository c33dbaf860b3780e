"""The grants of a customer in a replay: what is left of each, who draws, what expires (`simulate`).

What a grant may pay is asked of `coverage` and `quota`; here balances are only kept, as `billing.services.ledger` does.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from vigente.rules.quota import GrantFacts, Source
from vigente.rules.simulate_history import Opening

FIRST_NEW = 1 << 40  # ids of grants that a replay makes come after all real ones


@dataclass(slots=True)
class Account:
    """One grant. `remaining` None: unlimited. `unused`: what was left at its end; `expired`: with what came back later;
    `carried`: the part that went on into the next period (row 19).

    `limit`: at most so many drawn while its term is unpaid (row 25). `origin`: the contract or pack it came from.
    """

    id: int
    source: Source
    licence: int | None
    granted: int | None
    remaining: int | None
    start: datetime
    end: datetime
    created_at: datetime
    rank: int
    work: frozenset[str] | None
    contract: int | None = None
    period: int | None = None
    origin: int | None = None
    drawn: int = 0
    expired: int = 0
    unused: int = 0
    carried: int = 0
    revoked: bool = False
    closed: bool = False
    limit: int | None = None

    @property
    def usable(self) -> int | None:
        """As `billing.models.Grant.usable`: what may be drawn now."""
        if self.limit is None:
            return self.remaining
        most = max(self.limit - self.drawn, 0)
        return most if self.remaining is None else min(self.remaining, most)

    def facts(self) -> GrantFacts:
        return GrantFacts(
            self.id,
            self.source,
            self.licence,
            self.usable,
            self.start,
            self.end,
            self.created_at,
            self.rank,
            self.work,
            self.contract,
        )


@dataclass(slots=True)
class Purse:
    """All grants of one customer: those that may still be used, and those that are over."""

    open: list[Account] = field(default_factory=list)
    over: list[Account] = field(default_factory=list)
    by_period: dict[tuple[int, int], Account] = field(default_factory=dict)
    by_id: dict[int, Account] = field(default_factory=dict)
    made: "count[int]" = field(default_factory=lambda: count(FIRST_NEW))
    _facts: tuple[GrantFacts, ...] | None = None

    def begin(self, opening: tuple[Opening, ...]) -> None:
        """Take over what there was when the history begins."""
        for one in opening:
            facts = one.facts
            account = Account(
                facts.id,
                facts.source,
                facts.licence,
                None if facts.remaining is None else facts.remaining + one.drawn,
                facts.remaining,
                facts.start,
                facts.end,
                facts.created_at,
                facts.rank,
                facts.work,
                facts.subscription,
                one.period,
                facts.subscription,
                one.drawn,
            )
            self._add(account)

    def grant(
        self,
        *,
        source: Source,
        licence: int | None,
        cases: int | None,
        start: datetime,
        end: datetime,
        at: datetime,
        rank: int,
        work: frozenset[str] | None,
        contract: int | None = None,
        period: int | None = None,
        origin: int | None = None,
        limit: int | None = None,
    ) -> Account:
        """Make a grant at `at`, usable in `[start, end)`."""
        account = Account(
            next(self.made),
            source,
            licence,
            cases,
            cases,
            start,
            end,
            at,
            rank,
            work,
            contract,
            period,
            origin,
        )
        account.limit = limit
        self._add(account)
        return account

    def _add(self, account: Account) -> None:
        self.open.append(account)
        self.by_id[account.id] = account
        if account.contract is not None and account.period is not None:
            self.by_period[account.contract, account.period] = account
        self._facts = None

    def facts(self) -> tuple[GrantFacts, ...]:
        """The frozen inputs of the rules, of every grant that is not over."""
        if self._facts is None:
            self._facts = tuple(account.facts() for account in self.open)
        return self._facts

    def drawn(self, now: datetime) -> int:
        """Cases drawn from grants that run at `now` (row 46)."""
        return sum(account.drawn for account in self.open if account.start <= now < account.end)

    def draw(self, grant: int, units: int) -> Account:
        """Draw what `coverage.decide` found payable."""
        account = self.by_id[grant]
        if account.remaining is not None:
            if account.remaining < units:
                raise ValueError(f"grant {grant} has {account.remaining} left, not {units}")
            account.remaining -= units
        account.drawn += units
        self._facts = None
        return account

    def give_back(self, account: Account, units: int, *, now: datetime) -> bool:
        """Undo a draw; False when the grant is over, so that it is of no use any more (row 13)."""
        account.drawn -= units
        self._facts = None
        if account.granted is None:
            return True
        if account.closed or account.end <= now:
            account.expired += units
            return False
        account.remaining = (account.remaining or 0) + units
        return True

    def expire(self, now: datetime) -> None:
        """What is left of grants that are over is lost (R2)."""
        if all(now < account.end for account in self.open):
            return
        for account in self.open:
            if account.end <= now:
                self._close(account)
        self.open = [account for account in self.open if not account.closed]
        self._facts = None

    def revoke(self, account: Account) -> bool:
        """Take back a grant nobody has drawn on; False if somebody has."""
        if account.drawn or account.closed or account.remaining != account.granted:
            return False
        account.remaining, account.revoked, account.closed = 0, True, True
        self.open.remove(account)
        self.over.append(account)
        self._facts = None
        return True

    def limit(self, contract: int, most: int | None, *, now: datetime) -> None:
        """How many of a contract's running allotment may be drawn while its term is unpaid; None: all."""
        for account in self.open:
            if account.contract == contract and account.period is not None and now < account.end:
                account.limit = most
        self._facts = None

    def _close(self, account: Account) -> None:
        account.closed = True
        if account.remaining is not None:
            account.unused = account.remaining
            account.expired += account.remaining
            account.remaining = 0
        self.over.append(account)

    def all(self) -> list[Account]:
        """Every grant there was, by id."""
        return [self.by_id[key] for key in sorted(self.by_id)]
