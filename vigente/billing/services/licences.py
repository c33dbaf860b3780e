"""Installations: registering one, where it runs, and who has it (rows 27, 31, 34)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from vigente.accounts.models import Organization, User
from vigente.billing.models import Edition, Grant, Licence, Order, Plan, Subscription
from vigente.billing.queries import current_version
from vigente.billing.services.hosting import credit_unused_days
from vigente.billing.services.subscriptions import subscribe
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.refusal import RefusalCode, Refused

STATUS = Subscription.Status


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
    note_hosting(licence=licence, hosting=hosting, now=now, actor=actor)


def note_hosting(*, licence: Licence, hosting: str, now: datetime, actor: User | None) -> None:
    """Write where it runs, as those say who know; in our cloud its discount counts from now on (row 27)."""
    before = licence.hosting
    if Licence.objects.filter(pk=licence.pk).exclude(hosting=hosting).update(hosting=hosting):
        licence.hosting = hosting
        _tell(Kind.LICENCE_HOSTING_CHANGED, licence, now=now, actor=actor, before=before, after=hosting)
        if hosting == Licence.Hosting.VENDOR_CLOUD:
            credit_unused_days(licence=licence, now=now, actor=actor)


@transaction.atomic
def transfer_licence(*, licence: Licence, organization: Organization, now: datetime, actor: User) -> None:
    """Give an installation to another organization (row 34): its contracts and what is left of their cases follow it.

    Cases, people, invoices and payments stay with who had them. A supervisor; Refused while anything of it is unpaid or
    on order.
    """
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    before = licence.organization
    if organization.pk == before.pk:
        raise Refused(RefusalCode.INVALID_VALUE, field="organization")
    if organization.is_blocked or before.is_blocked:
        raise Refused(RefusalCode.BLOCKED)
    contracts = Subscription.objects.select_for_update(no_key=True).filter(
        licence=licence, ended_at__isnull=True
    )
    waiting = [c for c in contracts if c.status not in (STATUS.ACTIVE, STATUS.SCHEDULED)]
    if (
        waiting
        or Order.objects.filter(
            Q(licence=licence) | Q(subscription__licence=licence), status__in=["prepared", "open"]
        ).exists()
    ):
        raise Refused(RefusalCode.UNPAID)
    contracts.update(organization=organization)
    Grant.objects.filter(licence=licence, organization=before, end__gt=now).update(
        organization=organization, moved_from=before, moved_at=now
    )
    Licence.objects.filter(pk=licence.pk).update(organization=organization)
    licence.refresh_from_db()
    _tell(Kind.LICENCE_TRANSFERRED, licence, now=now, actor=actor, before=before.pk, after=organization.pk)


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
