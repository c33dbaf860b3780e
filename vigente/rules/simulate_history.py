"""What really happened at a vendor, frozen, for trying other rules on it (`simulate`).

Everything here is fact: who asked what and when, what people did, what was contracted. What a rule decided is not,
except how a request really got in, to compare with. Instants are UTC; money is in minor units.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vigente.rules.coverage import NO_RANK, Work
from vigente.rules.periods import Interval, Months
from vigente.rules.quota import GrantFacts
from vigente.rules.reasons import Code
from vigente.rules.rulebook import DrawBy, Rulebook


@dataclass(frozen=True, slots=True)
class Books:
    """Which rulebook binds when: `begins[i]` is the instant of `books[i]`; before the first, the defaults."""

    begins: tuple[datetime, ...] = ()
    books: tuple[Rulebook, ...] = ()
    default: Rulebook = Rulebook()

    @classmethod
    def always(cls, book: Rulebook) -> "Books":
        """The same rules all the time."""
        return cls(default=book)

    def at(self, now: datetime) -> Rulebook:
        index = bisect_right(self.begins, now)
        return self.books[index - 1] if index else self.default


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a plan version. `pack_price_minor` is for `pack_cases`; None: it sells none."""

    id: int
    plan: str
    family: str
    edition: str
    interval: Interval
    cases: int | None
    price_minor: int
    currency: str
    rank: int
    work: frozenset[str]
    pack_price_minor: int | None = None
    pack_cases: int = 1
    allowance: timedelta = timedelta(0)
    policy: int | None = None


class Kind(StrEnum):
    """How a contract came to be."""

    BOUGHT = "bought"
    INCLUDED = "included"
    LEGACY = "legacy"


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A renewal that was not paid when its term began: `paid_at` None, never (row 25)."""

    term: int
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Other terms for a running contract. `wished`: the customer asked for them; else they came with a renewal."""

    at: datetime
    to: Terms
    wished: bool = True


@dataclass(frozen=True, slots=True)
class Sold:
    """A contract as people made it. `ends`: where it really ended or will, None while nobody knows.

    `notice_at`: when the notice that ends it was given; `bounced_at` as in `subscriptions.give_notice`. `follows`: the
    contract whose end it waits for. `ordered_at`: when it was asked for, if it then waited for its payment. `terms`:
    those it began with; `changes`: what they became while it ran; `wish`: what its notice asked for instead.
    """

    id: int
    licence: int | None
    kind: Kind
    terms: Terms
    anchor: datetime
    zone: str
    months: Months
    created_at: datetime
    auto_renew: bool = True
    ends: datetime | None = None
    notice_at: datetime | None = None
    bounced_at: datetime | None = None
    follows: int | None = None
    ordered_at: datetime | None = None
    unpaid: tuple[Unpaid, ...] = ()
    coupon: str = ""
    changes: tuple[Changed, ...] = ()
    wish: Changed | None = None
    is_billed: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """A grant as it stood when the history begins. `drawn`: net of what was given back. `period`: of its contract."""

    facts: GrantFacts
    drawn: int
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was bought and confirmed (R6). `terms`: whose price it has; None: nobody knows."""

    id: int
    at: datetime
    licence: int | None
    contract: int | None
    cases: int
    terms: Terms | None
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """Goodwill that a person gave, not bound to a case. It lasts as the rules of its day say."""

    id: int
    at: datetime
    licence: int | None
    cases: int
    rank: int


class Did(StrEnum):
    """What people did with a case after it was accepted."""

    GAVE_BACK = "gave_back"  # its draw
    DECIDED = "decided"  # anew, as other work or as its own case
    REDREW = "redrew"  # given back and drawn anew in one, or not at all


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a case. `may_become_goodwill`: a draw given back late may (row 13)."""

    at: datetime
    did: Did
    work: Work
    licence: int | None
    may_become_goodwill: bool = True
    disputed_at: datetime | None = None  # when the customer objected to the draw, if that is why (row 15)


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody asked again for a request that waited: chose it, completed it, or a manager approved it."""

    at: datetime
    work: Work
    licence: int | None
    approved: bool = False


class How(StrEnum):
    """How a request really got in."""

    AT_ONCE = "at_once"
    LATER = "later"
    OVERRIDE = "override"  # a supervisor let it in (row 15)
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, by whatever door. `held_as`: held whatever the coverage, and not by a rule of intake.

    `by_mail`: a new request by mail, which `intake_email` speaks of. `earlier`: a case accepted before the history
    begins, with the rank and terms it got, `in_line` if it still waits; `standing`: the opening grant it has drawn on.
    `waits_until`: for a request that waited when the history begins, `chooses` if its customer had been asked about it.
    `fixed`: accepted by no rule (the same problem in a case of its own). `attended_at`: the first answer of an agent.
    """

    ref: str
    at: datetime
    licence: int | None
    work: Work
    how: How = How.AT_ONCE
    accepted_at: datetime | None = None
    by_mail: bool = False
    held_as: Code | None = None
    fixed: bool = False
    may_draw: bool = True
    is_manager: bool = False
    tries: tuple[Try, ...] = ()
    acts: tuple[Act, ...] = ()
    settled_at: datetime | None = None
    earlier: bool = False
    standing: int | None = None
    rank: int = NO_RANK
    terms: Terms | None = None
    in_line: bool = True
    waits_until: datetime | None = None
    chooses: bool = False
    department: int = 0
    severity: int = 0
    attended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """A licence through time. `hosted`: (since, hosting), oldest first; the first holds from ever."""

    id: int
    edition: str
    hosted: tuple[tuple[datetime, str], ...]
    registered_at: datetime
    is_active: bool = True

    def hosting(self, at: datetime) -> str:
        found = self.hosted[0][1]
        for since, hosting in self.hosted[1:]:
            if since <= at:
                found = hosting
        return found


@dataclass(frozen=True, slots=True)
class Favour:
    """A case that somebody of the vendor's gave (row 39). `by`: who; `role`: what limit they have."""

    at: datetime
    by: int
    role: str
    cases: int
    ref: str


@dataclass(frozen=True, slots=True)
class Customer:
    """One organization. `draw_by` None: as the rulebook says. `blocked`: (from, until or None), in order (row 40)."""

    id: int
    asked: tuple[Asked, ...] = ()
    sold: tuple[Sold, ...] = ()
    opening: tuple[Opening, ...] = ()
    packs: tuple[Pack, ...] = ()
    gifts: tuple[Gift, ...] = ()
    installations: tuple[Installation, ...] = ()
    draw_by: DrawBy | None = None
    approve_beyond: int = 0
    blocked: tuple[tuple[datetime, datetime | None], ...] = ()

    def is_blocked(self, at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in self.blocked)
