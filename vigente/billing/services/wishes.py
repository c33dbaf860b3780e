"""What comes before an order: asking a manager to buy, with one click and one mail a day; what a newcomer wanted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from vigente.accounts.models import Membership, Organization, User
from vigente.billing.models import Licence, OrderDraft, PlanVersion, Subscription, Wish
from vigente.billing.models.rulebooks import rulebook_at
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.rows import insert_if_new
from vigente.rules.periods import day_of
from vigente.rules.refusal import RefusalCode, Refused

A_DAY = 5  # different wishes of one person; each is a mail to every manager
OPEN_DAYS = 14  # how long one is shown
DRAFT_DAYS = 30


@transaction.atomic
def ask(
    *,
    organization: Organization,
    user: User,
    kind: str,
    version: PlanVersion,
    now: datetime,
    licence: Licence | None = None,
    subscription: Subscription | None = None,
) -> Wish:
    """Ask every manager, once a local day for the same thing; asked again, gives the first one back."""
    if not Membership.objects.filter(organization=organization, user=user).exists():
        raise Refused(RefusalCode.NOT_YOURS)
    for owned in (licence, subscription):
        if owned is not None and owned.organization_id != organization.pk:
            raise Refused(RefusalCode.NOT_YOURS)
    day = day_of(now, rulebook_at(now).billing_zone)
    where = licence.pk if licence else 0
    key = f"{organization.pk}:{user.pk}:{kind}:{version.pk}:{where}:{day.isoformat()}"
    before = Wish.objects.filter(key=key).first()
    if before is not None:
        return before
    lately = Wish.objects.filter(organization=organization, user=user, asked_at__gt=now - timedelta(days=1))
    if lately.count() >= A_DAY:
        raise Refused(RefusalCode.ONCE_ONLY)
    wish = Wish(
        key=key,
        organization=organization,
        user=user,
        kind=kind,
        version=version,
        licence=licence,
        subscription=subscription,
        asked_at=now,
    )
    if not insert_if_new(wish):
        return Wish.objects.get(key=key)
    record(
        Kind.WISH_ASKED,
        subject=f"wish:{wish.pk}",
        organization=organization,
        actor=user,
        now=now,
        kind_of=kind,
        version=version.pk,
    )
    return wish


def open_wishes(organization: Organization, *, now: datetime) -> Sequence[Wish]:
    """What people asked for lately and no manager has seen to, newest first."""
    rows = Wish.objects.filter(
        organization=organization, closed_at__isnull=True, asked_at__gt=now - timedelta(days=OPEN_DAYS)
    )
    return list(rows.select_related("user", "version__plan", "licence__edition__product", "subscription"))


def close(*, wish: Wish, actor: User, now: datetime) -> None:
    """A manager has seen to it, or does not want it."""
    if not Organization.objects.managed_by(actor).filter(pk=wish.organization_id).exists():
        raise Refused(RefusalCode.MANAGER_ONLY)
    Wish.objects.filter(pk=wish.pk, closed_at__isnull=True).update(closed_at=now)
    wish.refresh_from_db()


def close_bought(*, organization: Organization, version: PlanVersion, now: datetime) -> None:
    """What was wished for is ordered."""
    Wish.objects.filter(organization=organization, version=version, closed_at__isnull=True).update(
        closed_at=now
    )


def keep_draft(*, user: User, version: PlanVersion, company: str, now: datetime) -> None:
    """Remember what a newcomer wanted until they have confirmed their address; the last one counts."""
    OrderDraft.objects.update_or_create(
        user=user, defaults={"version": version, "company": company.strip()[:160], "created_at": now}
    )


def draft_of(user: User, *, now: datetime) -> OrderDraft | None:
    """What they wanted, for `DRAFT_DAYS`."""
    rows = OrderDraft.objects.filter(user=user, created_at__gt=now - timedelta(days=DRAFT_DAYS))
    return rows.select_related("version__plan").first()


def drop_draft(user: User) -> None:
    """It is ordered."""
    OrderDraft.objects.filter(user=user).delete()
