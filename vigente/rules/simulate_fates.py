"""Where each request stands in a replay (`simulate`)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigente.rules.coverage import Decision
from vigente.rules.quota import Source
from vigente.rules.simulate_books import Account
from vigente.rules.simulate_history import Asked, How, Terms


class Turn(StrEnum):
    """What comes first at one instant: time, then the vendor, then customers."""

    CONTRACT = "0"
    PAYMENT = "1"
    EXPIRY = "2"
    RULES = "3"
    CASES = "4"
    ACT = "5"
    ASKED = "6"
    AGAIN = "7"
    SETTLED = "8"


class State(StrEnum):
    """Where a request stands."""

    COMING = "coming"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    CHOOSE = "choose"  # renewed while waiting (row 45)
    APPROVAL = "approval"  # a manager decides (row 46)
    EXPIRED = "expired"  # waited too long (row 41)
    WITHDRAWN = "withdrawn"
    OVERRIDE = "override"  # a supervisor let it in (row 15)
    REFUSED = "refused"  # not even held (row 17)


@dataclass(slots=True)
class Fate:
    """What became of one request. `first`: the decision when it came; `decision`: the one that holds at the end.

    `accepted_at`: when it got in, by the rules or by a supervisor. `paid_by`: the grant it drew on and holds.
    """

    asked: Asked
    state: State = State.COMING
    first: Decision | None = None
    decision: Decision | None = None
    accepted_at: datetime | None = None
    paid_by: Account | None = None
    source: Source | None = None
    terms: Terms | None = None
    units: int = 0
    hold_until: datetime | None = None
    goodwill_made: bool = False

    @property
    def how(self) -> How:
        """How it got in, as a person would count it."""
        if self.state is State.OVERRIDE:
            return How.OVERRIDE
        if self.state is not State.ACCEPTED:
            return How.NOT
        return How.AT_ONCE if self.accepted_at == self.asked.at else How.LATER
