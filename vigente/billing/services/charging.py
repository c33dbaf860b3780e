"""Decide and draw, in one step that no race can split (rows 4, 5)."""

from collections.abc import Callable
from datetime import datetime

from vigente.accounts.models import Organization, User
from vigente.billing.facts import Facts, asking_of, load
from vigente.billing.models import Licence, WorkType
from vigente.billing.services.ledger import draw
from vigente.billing.services.subscriptions import roll_over
from vigente.rules.coverage import Decision, Outcome

RACES = 50  # how often a draw is tried against others before giving up; each loss means somebody else won


def charge(
    *,
    organization: Organization | None,
    licence: Licence | None,
    work: WorkType,
    user: User | None,
    source: Callable[[], str],
    now: datetime,
    approved: bool = False,
    known: Facts | None = None,
) -> Decision:
    """Decide one request and, if a grant pays, draw on it. Exactly one of several at once gets the last case (row 5).

    `source` names the draw and is asked only once the request is known to be covered. What is not covered draws
    nothing.
    An allotment that is due is opened first, so a customer never waits for a late clock (row 4). `known`: what
    `current_facts` gave a moment ago.
    """
    named: str | None = None
    for _ in range(RACES):
        facts, known = known or current_facts(organization, now=now), None
        asking = asking_of(
            organization=organization, licence=licence, user=user, facts=facts, approved=approved
        )
        decision = facts.decide(asking, work.value(), now=now)
        if decision.outcome is not Outcome.COVERED:
            return decision
        assert decision.grant is not None
        named = named or source()
        if draw(grant_id=decision.grant, units=decision.units, source=named, now=now):
            return decision
    raise RuntimeError("a draw lost every race; the books are unchanged")


def current_facts(organization: Organization | None, *, now: datetime, read: Facts | None = None) -> Facts:
    """What bears on a decision about `organization`, with every allotment opened that is due. `read`: what was read
    a moment ago.
    """
    facts = read or load(organization, now=now)
    behind = [s.pk for s in facts.subscriptions if s.next_due_at is not None and s.next_due_at <= now]
    moved = [roll_over(subscription_id=pk, now=now) for pk in behind]
    return load(organization, now=now) if any(moved) else facts
