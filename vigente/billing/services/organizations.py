"""Blocking an organization for fraud or abuse, and letting it back (row 40)."""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import Organization, User
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules.refusal import RefusalCode, Refused


@transaction.atomic
def block(*, organization: Organization, reason: str, now: datetime, actor: User) -> None:
    """Accept nothing new from it. Grants keep their dates, renewals stop; the reason is for staff only."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not reason.strip():
        raise Refused(RefusalCode.NEEDS_REASON, field="reason")
    if Organization.objects.filter(pk=organization.pk, blocked_at__isnull=True).update(
        blocked_at=now, blocked_reason=reason.strip()
    ):
        _tell(Kind.ORGANIZATION_BLOCKED, organization, now=now, actor=actor)
    organization.refresh_from_db()


@transaction.atomic
def unblock(*, organization: Organization, now: datetime, actor: User) -> None:
    """Accept requests again; the clock catches up with what stood still."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if Organization.objects.filter(pk=organization.pk, blocked_at__isnull=False).update(
        blocked_at=None, blocked_reason=""
    ):
        _tell(Kind.ORGANIZATION_UNBLOCKED, organization, now=now, actor=actor)
    organization.refresh_from_db()


def _tell(kind: Kind, organization: Organization, *, now: datetime, actor: User) -> None:
    record(kind, subject=f"organization:{organization.pk}", organization=organization, actor=actor, now=now)
