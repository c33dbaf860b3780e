"""Extra cases for when the month's are used up (R6, row 26)."""

from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Grant, Licence, Order, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.services.invoices import credit
from vigente.billing.services.ledger import grant_cases, revoke_undrawn
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.rules import allotments as rules
from vigente.rules.coverage import NO_RANK
from vigente.rules.quota import Source
from vigente.rules.reasons import Credit, Release
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Rulebook


def pack_end(subscription: Subscription | None, book: Rulebook, *, now: datetime) -> datetime:
    """Until when (exclusive, UTC) a pack confirmed now would last: the running period by default, 30 days or the
    next by setting.
    """
    return rules.pack_end(subscription.running() if subscription else None, book, now=now)


@transaction.atomic
def add_pack(
    *,
    organization: Organization,
    licence: Licence | None,
    subscription: Subscription | None,
    cases: int,
    key: str,
    now: datetime,
    actor: User | None = None,
) -> int:
    """Confirm a pack: usable from now (R6). Needs a plan in force unless the rulebook sells packs alone. Returns
    the grant's id.

    It takes the rank of the plan it hangs on, and outlives that plan's cancellation until its own expiry.
    """
    if organization.is_blocked:
        raise Refused(RefusalCode.BLOCKED)
    if subscription is not None and subscription.organization_id != organization.pk:
        raise Refused(RefusalCode.NOT_YOURS)
    if licence is not None and licence.organization_id != organization.pk:
        raise Refused(RefusalCode.NOT_YOURS, field="licence")
    if cases < 1:
        raise Refused(RefusalCode.INVALID_VALUE, field="cases", value=cases)
    book = rulebook_at(now)
    in_force = subscription is not None and subscription.contract().in_force(now)
    if not in_force and not book.sell_packs_without_plan:
        raise Refused(RefusalCode.PACK_NEEDS_PLAN)
    hangs_on = subscription if in_force else None
    grant, created = grant_cases(
        key=f"pack:{key}",
        organization=organization,
        licence=licence,
        subscription=hangs_on,
        source=Source.PACK,
        cases=cases,
        start=now,
        end=pack_end(hangs_on, book, now=now),
        rank=hangs_on.version.rank if hangs_on else NO_RANK,
        work=list(hangs_on.version.work) if hangs_on else None,
        now=now,
        actor=actor,
    )
    if created:
        _tell(Kind.PACK_ADDED, grant, now=now, actor=actor)
    return grant.pk


@transaction.atomic
def return_pack(*, grant_id: int, now: datetime, actor: User | None = None) -> None:
    """Give an undrawn pack back within the rulebook's hours, and its money as credit; Refused otherwise."""
    grant = Grant.objects.select_related("organization").get(pk=grant_id, source=Grant.Source.PACK)
    hours = rulebook_at(grant.created_at).pack_return_hours
    if now > grant.created_at + timedelta(hours=hours):
        raise Refused(RefusalCode.PACK_USED)
    revoked = revoke_undrawn(
        grant_id=grant_id, source=f"return:{grant_id}", reason=Release.PACK_RETURNED, now=now, actor=actor
    )
    if not revoked:
        raise Refused(RefusalCode.PACK_USED)
    order = Order.objects.select_related("invoice").filter(grant_id_given=grant_id).first()
    if order is not None and order.invoice is not None and order.invoice.total_minor:
        credit(
            invoice=order.invoice,
            reason=Credit.PACK_RETURNED,
            key=f"return:{grant_id}",
            actor=actor,
            now=now,
        )
    _tell(Kind.PACK_RETURNED, grant, now=now, actor=actor)


def _tell(kind: Kind, grant: Grant, *, now: datetime, actor: User | None) -> None:
    record(
        kind,
        subject=f"grant:{grant.pk}",
        organization=grant.organization,
        actor=actor,
        now=now,
        licence=grant.licence_id,
        cases=grant.granted,
    )
