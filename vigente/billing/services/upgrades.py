"""Changing to another plan: what it would mean; in the middle of a term where the rulebook says so (row 23)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models import PlanVersion, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.prices import Priced, price_plan, terms_of
from vigente.billing.services.course import locked, tell
from vigente.billing.services.ledger import grant_cases
from vigente.billing.services.subscriptions import change_plan, notice_preview
from vigente.events.kinds import Kind
from vigente.rules.invoicing import Label, LabelCode, upgrade_cases, upgrade_charge
from vigente.rules.periods import Span, period, period_index
from vigente.rules.quota import Source
from vigente.rules.refusal import RefusalCode, Refused
from vigente.rules.rulebook import Upgrade
from vigente.rules.subscriptions import current_term

STATUS = Subscription.Status


@dataclass(frozen=True, slots=True)
class Change:
    """What a change would do, before anybody confirms it. `today`: what is charged now; None: nothing.

    `cases_today`: how many come with it now (None: without limit from now on). `next`: each term's price from
    `next_at` on, with `cases_next` per period (None: without limit).
    """

    immediate: bool
    effective: datetime
    today: Priced | None
    cases_today: int | None
    next: Priced
    next_at: datetime
    cases_next: int | None


def preview_change(*, subscription: Subscription, version: PlanVersion, now: datetime) -> Change:
    """What changing to `version` now would mean; writes nothing. A dearer plan of the same interval may bind at once
    (setting `upgrade`), everything else at the term's end by the notice rule.
    """
    if version.plan.edition_id != subscription.version.plan.edition_id:
        raise Refused(RefusalCode.WRONG_EDITION, field="version")
    terms = terms_of(subscription.organization, now=now)
    old, new = (
        price_plan(
            version=one,
            licence=subscription.licence,
            organization=subscription.organization,
            coupon=subscription.coupon,
            now=now,
            terms=terms,
        )
        for one in (subscription.version, version)
    )
    running = subscription.running()
    term = current_term(running, now=now)
    if not _binds_at_once(subscription, version, old, new, now=now):
        effective = notice_preview(subscription=subscription, now=now).effective
        return Change(False, effective, None, 0, new, effective, version.cases)
    before, after = (_after_discount(priced) for priced in (old, new))
    zone = running.zone
    charge = upgrade_charge(before, after, days_left=Span(now, term.end).days(zone), days=term.days(zone))
    label = Label(
        LabelCode.UPGRADE,
        {
            "before": subscription.version.plan.name,
            "after": version.plan.name,
            "licence": subscription.licence_id,
            "start": now.isoformat(),
            "end": term.end.isoformat(),
            "zone": zone,
        },
    )
    line = replace(
        new.lines[0],
        label=label,
        quantity=1,
        unit_minor=charge,  # after discount already
        discount_minor=0,
        discount_code="",
        discount_basis_points=0,
    )
    cases = _cases_now(subscription, version, charge, after, now=now)
    return Change(True, now, Priced((line,), new.currency), cases, new, term.end, version.cases)


@transaction.atomic
def apply(
    *, subscription: Subscription, version: PlanVersion, key: str, now: datetime, actor: User | None
) -> None:
    """Change a running contract to `version` at once: its anchor stays, the cases of the difference come now.

    `key` makes the grant happen once. Refused when it would not bind at once any more.
    """
    fresh = locked(subscription.pk)
    if fresh is None or fresh.status != STATUS.ACTIVE:
        raise Refused(RefusalCode.NOT_ACTIVE)
    change = preview_change(subscription=fresh, version=version, now=now)
    if not change.immediate:
        raise Refused(RefusalCode.WRONG_STATE, state=fresh.status)
    before = fresh.version
    Subscription.objects.filter(pk=fresh.pk).update(
        version=version, announced_version=None, announced_at=None
    )
    if change.cases_today is None or change.cases_today > 0:
        grant_cases(
            key=key,
            organization=fresh.organization,
            licence=fresh.licence,
            subscription=fresh,
            source=Source.PERIOD,
            cases=change.cases_today,
            start=now,
            end=_period(fresh, now=now).end,
            rank=version.rank,
            work=list(version.work),
            actor=actor,
            now=now,
        )
    tell(
        Kind.SUBSCRIPTION_UPGRADED,
        fresh,
        now=now,
        actor=actor,
        before=before.pk,
        after=version.pk,
        cases=change.cases_today,
    )
    subscription.refresh_from_db()


def change(
    *, subscription: Subscription, version: PlanVersion, now: datetime, actor: User | None
) -> datetime:
    """Change at the term's end, by the notice rule; returns when it binds."""
    return change_plan(subscription=subscription, version=version, now=now, actor=actor).effective


def _binds_at_once(
    subscription: Subscription, version: PlanVersion, old: Priced, new: Priced, *, now: datetime
) -> bool:
    return (
        rulebook_at(now).upgrade is Upgrade.IMMEDIATE
        and subscription.is_billed
        and subscription.status == STATUS.ACTIVE
        and subscription.anchor <= now  # a clock may have been set back
        and subscription.notice_given_at is None
        and version.plan.interval == subscription.version.plan.interval
        and old.currency == new.currency
        and _after_discount(new) > _after_discount(old)
    )


def _after_discount(priced: Priced) -> int:
    return priced.list_minor - priced.discount_minor


def _cases_now(
    subscription: Subscription, version: PlanVersion, charge: int, price: int, *, now: datetime
) -> int | None:
    """By the days left of the running period; a year's plan pays for a twelfth of its price in each."""
    running = subscription.running()
    span = _period(subscription, now=now)
    return upgrade_cases(
        subscription.version.cases,
        version.cases,
        days_left=Span(now, span.end).days(running.zone),
        days=span.days(running.zone),
        charge_minor=charge,
        new_price_minor=price // running.interval.periods,
    )


def _period(subscription: Subscription, *, now: datetime) -> Span:
    running = subscription.running()
    index = period_index(running.anchor, running.zone, now, running.months)
    return period(running.anchor, running.zone, index, running.months)
