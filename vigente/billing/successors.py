"""What follows a plan that is no longer sold (R11): one rule, for the page and the mail alike. Reads nothing itself."""

from collections.abc import Iterable

from vigente.billing.models import PlanVersion


def successor_of(mine: PlanVersion, sold: Iterable[PlanVersion]) -> PlanVersion | None:
    """The same plan if it is still sold, or its family, or the cheapest that gives at least as many cases, or the
    largest: of the same edition, and of the same interval if there is one. `sold`: what is on sale, by price.
    """
    here = [one for one in sold if one.plan.edition_id == mine.plan.edition_id]
    same = [one for one in here if one.plan.interval == mine.plan.interval] or here
    for fits in (
        lambda one: one.plan_id == mine.plan_id,
        lambda one: one.plan.family == mine.plan.family,
        lambda one: one.cases is None or (mine.cases is not None and one.cases >= mine.cases),
    ):
        found = next((one for one in same if fits(one)), None)
        if found is not None:
            return found
    return max(same, key=lambda one: one.cases or 0, default=None)
