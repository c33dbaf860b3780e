"""A small cast for the rules: licence 1 (SHOP) and licence 2 (DEPOT) of one organization, at noon on 10 July 2026."""

from datetime import datetime, timedelta
from typing import Any

from vigente.rules.coverage import Asking, Contract, Decision, Status, Work, decide
from vigente.rules.quota import GrantFacts, Source
from vigente.rules.rulebook import Rulebook
from vigente.rules.tests.strategies import utc

SHOP, DEPOT, COMPANY = 1, 2, None
NOW = utc("2026-07-10 12:00")
DAY = timedelta(days=1)
ERROR = Work("error")
ALICE = Asking(organization=7, licence=SHOP)


def grant(id: int = 1, remaining: int | None = 4, **facts: Any) -> GrantFacts:
    """A July allotment of the shop's, unless said otherwise."""
    defaults: dict[str, Any] = {
        "source": Source.PERIOD,
        "licence": SHOP,
        "start": NOW - 9 * DAY,
        "end": NOW + 21 * DAY,
        "created_at": NOW - 9 * DAY,
        "rank": 2,
        "work": None,
    }
    return GrantFacts(id=id, remaining=remaining, **defaults | facts)


def contract(id: int = 1, **facts: Any) -> Contract:
    """The shop's running plan, unless said otherwise."""
    defaults: dict[str, Any] = {
        "licence": SHOP,
        "status": Status.ACTIVE,
        "rank": 2,
        "starts": NOW - 9 * DAY,
        "ends": None,
        "next_period": NOW + 21 * DAY,
    }
    return Contract(id=id, **defaults | facts)


def ask(
    *rows: GrantFacts | Contract,
    who: Asking = ALICE,
    work: Work = ERROR,
    rulebook: Rulebook | None = None,
    now: datetime = NOW,
) -> Decision:
    """The decision about one request, given what exists."""
    return decide(
        who,
        work,
        contracts=tuple(row for row in rows if isinstance(row, Contract)),
        grants=tuple(row for row in rows if isinstance(row, GrantFacts)),
        rulebook=rulebook or Rulebook(),
        now=now,
    )


def codes(decision: Decision) -> list[str]:
    return [reason.code.value for reason in decision.reasons]
