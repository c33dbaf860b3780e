"""Installations: registering one, and where it runs (rows 27, 31)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Edition, Licence, Plan, Subscription
from vigente.billing.queries import current_version
from vigente.billing.services.subscriptions import subscribe
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.refusal import RefusalCode, Refused


@transaction.atomic
def register_licence(
    *,
    key: str,
    organization: Organization,
    edition: Edition,
    now: datetime,
    hosting: str = Licence.Hosting.CUSTOMER,
    label: str = "",
    included_plan: Plan | None = None,
    actor: User | None = None,
) -> Licence:
    """Register an installation. A licence that includes a plan gets its subscription at once, without an invoice
    (row 31).
    """
    if included_plan is not None and included_plan.edition_id != edition.pk:
        raise Refused(RefusalCode.WRONG_EDITION, field="included_plan")
    licence = Licence.objects.create(
        key=key,
        organization=organization,
        edition=edition,
        hosting=hosting,
        label=label,
        included_plan=included_plan,
        registered_at=now,
    )
    _tell(Kind.LICENCE_REGISTERED, licence, now=now, actor=actor)
    version = current_version(included_plan, now=now) if included_plan else None
    if version is not None:
        subscribe(
            organization=organization,
            licence=licence,
            version=version,
            source=Subscription.Source.INCLUDED,
            now=now,
            actor=actor,
        )
    return licence


@transaction.atomic
def set_hosting(*, licence: Licence, hosting: str, now: datetime, actor: User) -> None:
    """Say where an installation runs: by staff or an integrator, never by the customer, since a discount hangs on
    it (row 27).
    """
    if not actor.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if hosting not in Licence.Hosting.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="hosting", value=hosting)
    before = licence.hosting
    if Licence.objects.filter(pk=licence.pk).exclude(hosting=hosting).update(hosting=hosting):
        licence.hosting = hosting
        _tell(Kind.LICENCE_HOSTING_CHANGED, licence, now=now, actor=actor, before=before, after=hosting)


def _tell(kind: Kind, licence: Licence, *, now: datetime, actor: User | None, **data: Any) -> None:
    record(
        kind,
        subject=f"licence:{licence.pk}",
        organization=licence.organization,
        actor=actor,
        now=now,
        licence=licence.pk,
        **data,
    )
