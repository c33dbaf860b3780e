"""What may follow a plan: the one on sale after an earlier one (R11), the same again after it ended (row 24)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vigente.billing.models import PlanVersion, Subscription


@dataclass(frozen=True, slots=True)
class Sold:
    """What is on sale now."""

    versions: Sequence[PlanVersion]

    def again(self, ended: Subscription) -> PlanVersion | None:
        """The plan of a contract that ended, in the version that is sold now; None if it is not sold any more."""
        return next((one for one in self.versions if one.plan_id == ended.version.plan_id), None)


def successor_of(legacy: PlanVersion, sold: Iterable[PlanVersion]) -> PlanVersion | None:
    """The plan on sale that follows an earlier one: same edition, at least its cases, cheapest; else the largest
    (R11).
    """
    same = [v for v in sold if v.plan.edition_id == legacy.plan.edition_id and v.plan.interval == "month"]
    enough = [v for v in same if v.cases is None or (legacy.cases is not None and v.cases >= legacy.cases)]
    if enough:
        return min(enough, key=lambda v: v.price_minor)
    return max(same, key=lambda v: v.cases or 0, default=None)
