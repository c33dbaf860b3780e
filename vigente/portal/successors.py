"""What is on sale, asked for what comes again after a contract ended (row 24)."""

from collections.abc import Sequence
from dataclasses import dataclass

from vigente.billing.models import PlanVersion, Subscription


@dataclass(frozen=True, slots=True)
class Sold:
    """What is on sale now."""

    versions: Sequence[PlanVersion]

    def again(self, ended: Subscription) -> PlanVersion | None:
        """The plan of a contract that ended, in the version that is sold now; None if it is not sold any more."""
        return next((one for one in self.versions if one.plan_id == ended.version.plan_id), None)
