"""Who will be covered on a day to come: customers by what their licences have then (row 30). A handful of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from vigente.accounts.models import Organization
from vigente.billing.models import Licence, Subscription

STATUS = Subscription.Status
COVERING = (STATUS.ACTIVE, STATUS.GRACE, STATUS.SCHEDULED)


@dataclass(slots=True)
class Outlook:
    """One customer on that day. `ready_at`: since when what covers all of it stands in the books."""

    pk: int
    name: str
    licences: int = 0
    bare: list[int] = field(default_factory=list)  # licences that nothing covers then
    waiting: int = 0  # contracts that wait for payment
    ready_at: datetime | None = None

    @property
    def is_covered(self) -> bool:
        return self.ready_at is not None


def outlook(at: datetime, *, organizations: Iterable[int] | None = None) -> list[Outlook]:
    """Every customer that is not blocked, as it will stand at `at`, by name.

    Covered is who has a contract in force then for every active licence, or for the whole organization. A contract
    that renews by itself is taken to go on; one that waits for payment covers nothing yet.
    """
    chosen = Organization.objects.filter(blocked_at__isnull=True)
    wide = Q()
    if organizations is not None:
        chosen, wide = chosen.filter(pk__in=organizations), Q(organization__in=organizations)
    found = {pk: Outlook(pk, name) for pk, name in chosen.order_by("name", "pk").values_list("pk", "name")}
    everywhere, licences = _contracts(at, wide, found)
    _licences(wide, found, everywhere, licences)
    return list(found.values())


def _contracts(
    at: datetime, wide: Q, found: dict[int, Outlook]
) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """Since when each organization, and each licence, has something that covers it at `at`."""
    everywhere: dict[int, datetime] = {}
    licences: dict[int, datetime] = {}
    contracts = Subscription.objects.filter(wide, status__in=[*COVERING, STATUS.AWAITING_PAYMENT])
    columns = ("organization", "licence", "status", "anchor", "ends_at", "change_to", "created_at")
    for organization, licence, status, anchor, ends, change, made in contracts.values_list(*columns):
        if organization not in found:
            continue
        if status == STATUS.AWAITING_PAYMENT:
            found[organization].waiting += 1
        elif anchor <= at and (ends is None or ends > at or change is not None):
            known, key = (everywhere, organization) if licence is None else (licences, licence)
            known[key] = min(made, known.get(key, made))
    return everywhere, licences


def _licences(
    wide: Q, found: dict[int, Outlook], everywhere: dict[int, datetime], covered: dict[int, datetime]
) -> None:
    rows = Licence.objects.filter(wide, is_active=True).values_list("pk", "organization")
    ready: dict[int, datetime] = {}
    for licence, organization in rows:
        if (one := found.get(organization)) is None:
            continue
        one.licences += 1
        since = [at for at in (covered.get(licence), everywhere.get(organization)) if at is not None]
        if since:
            ready[organization] = max(min(since), ready.get(organization, min(since)))
        else:
            one.bare.append(licence)
    for pk, one in found.items():
        if one.licences and not one.bare:
            one.ready_at = ready[pk]
        elif not one.licences:
            one.ready_at = everywhere.get(pk)
