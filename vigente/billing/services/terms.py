"""New terms for who renews (row 38): announced in time, or the old ones hold one term more."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from vigente.billing.models import PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.queries import current_version
from vigente.billing.services.course import locked, tell
from vigente.events.kinds import Kind

BATCH = 500


def announce(*, now: datetime) -> int:
    """Announce to each contract on a version that gives way (`on_renewal: successor`) what it renews on; once each."""
    giving_way = Subscription.objects.filter(
        Q(announced_version__isnull=True) | Q(announced_version__sold_until__lte=now),
        version__sold_until__lte=now,
        version__on_renewal=PlanVersion.OnRenewal.SUCCESSOR,
        status__in=[Subscription.Status.ACTIVE, Subscription.Status.GRACE],
        source=Subscription.Source.BOUGHT,
        auto_renew=True,
        ends_at__isnull=True,
        organization__blocked_at__isnull=True,
    )
    successors: dict[int, PlanVersion | None] = {}
    said = 0
    for subscription in giving_way.select_related("version__plan").order_by("id")[:BATCH]:
        plan = subscription.version.plan
        if plan.pk not in successors:
            successors[plan.pk] = current_version(plan, now=now)
        version = successors[plan.pk]
        if version is not None and version.pk != subscription.version_id:
            said += _announce(subscription.pk, version, now=now)
    return said


@transaction.atomic
def _announce(pk: int, version: PlanVersion, *, now: datetime) -> int:
    subscription = locked(pk)
    if subscription is None:
        return 0
    waiting = Subscription.objects.filter(pk=pk).exclude(announced_version=version)
    changed = waiting.update(announced_version=version, announced_at=now)
    if changed:
        tell(
            Kind.SUBSCRIPTION_TERMS_ANNOUNCED,
            subscription,
            now=now,
            before=subscription.version_id,
            after=version.pk,
            days=rulebook_at(now).announce_days,
        )
    return changed
