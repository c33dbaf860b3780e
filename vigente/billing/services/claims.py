"""Installations that customers name themselves (rows 28, 31): one whose key nobody knows yet, and its key once known.

Hosting and included plans are never the customer's to say: what they register has no discount and includes nothing
until somebody who knows says otherwise (row 27).
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Edition, Licence, Plan, PlanVersion, SoldKey, Subscription
from vigente.billing.models.rulebooks import rulebook_at
from vigente.billing.models.subscriptions import PROVISIONAL
from vigente.billing.queries import current_version
from vigente.billing.services.course import RUNNING, tell
from vigente.billing.services.licences import note_hosting, register_licence
from vigente.billing.services.subscriptions import roll_over, subscribe
from vigente.events.kinds import Kind
from vigente.rules.refusal import RefusalCode, Refused

SOURCE = Subscription.Source
PROVISIONAL_MAX = 10  # of one organization at a time: they cost nothing to ask for


def is_provisional(licence: Licence) -> bool:
    """Whether its real key is still to be told."""
    return licence.is_provisional


@transaction.atomic
def register_provisional(
    *, organization: Organization, edition: Edition, now: datetime, actor: User | None, label: str = ""
) -> Licence:
    """An installation without its key, so that a plan can be contracted for it at once."""
    waiting = Licence.objects.filter(organization=organization, key__startswith=PROVISIONAL, is_active=True)
    if waiting.count() >= PROVISIONAL_MAX:
        raise Refused(RefusalCode.WRONG_STATE, field="licence")
    return register_licence(
        key=PROVISIONAL + secrets.token_hex(8),
        organization=organization,
        edition=edition,
        label=label,
        now=now,
        actor=actor,
    )


@transaction.atomic
def claim_key(
    *, organization: Organization, key: str, now: datetime, actor: User | None, licence: Licence | None = None
) -> Licence | None:
    """Register a key the vendor sold, once and for the first who names it: with its hosting and the plan it includes,
    which begins now (row 31). `licence`: the provisional installation it is the key of. None for any other key, of
    which nothing is said: whether it exists is not for strangers.
    """
    sold = (
        SoldKey.objects.select_for_update(of=("self",))
        .select_related("edition", "included_plan")
        .filter(key=key.strip(), licence__isnull=True)
        .first()
    )
    if sold is None or Licence.objects.filter(key=sold.key).exists():
        return None
    if licence is None:
        licence = register_licence(
            key=sold.key,
            organization=organization,
            edition=sold.edition,
            hosting=sold.hosting,
            included_plan=sold.included_plan,
            now=now,
            actor=actor,
        )
    elif not _fill_in(licence, sold, now=now, actor=actor):
        return None
    SoldKey.objects.filter(pk=sold.pk).update(licence=licence)
    return licence


def _fill_in(licence: Licence, sold: SoldKey, *, now: datetime, actor: User | None) -> bool:
    """Give a provisional installation its key, where it runs and what it includes; its own plan goes on, and what was
    paid for it as if it ran elsewhere is credited (row 27).
    """
    if not is_provisional(licence) or licence.edition_id != sold.edition_id:
        return False
    licence.key, licence.included_plan = sold.key, sold.included_plan
    licence.save(update_fields=["key", "included_plan"])
    note_hosting(licence=licence, hosting=sold.hosting, now=now, actor=actor)
    version = current_version(sold.included_plan, now=now) if sold.included_plan else None
    if version is not None:
        _include(licence, version, now=now, actor=actor)
    return True


def _include(licence: Licence, version: PlanVersion, *, now: datetime, actor: User | None) -> None:
    """The plan that comes with it; asleep from the start while a bought one runs, so that it grants nothing twice."""
    bought = Subscription.objects.filter(licence=licence, source=SOURCE.BOUGHT, status__in=RUNNING)
    if not bought.exists():
        subscribe(
            organization=licence.organization, licence=licence, version=version, source=SOURCE.INCLUDED, now=now,
            actor=actor,
        )  # fmt: skip
        return
    book = rulebook_at(now)
    asleep = Subscription.objects.create(
        organization=licence.organization,
        licence=licence,
        version=version,
        source=SOURCE.INCLUDED,
        status=Subscription.Status.ACTIVE,
        asleep=True,
        anchor=now,
        next_due_at=now,
        time_zone=book.billing_zone,
        months=book.months.value,
        created_at=now,
    )
    tell(Kind.SUBSCRIPTION_STARTED, asleep, now=now, actor=actor)
    roll_over(subscription_id=asleep.pk, now=now)


@transaction.atomic
def add_sold_keys(
    *, keys: Iterable[str], edition: Edition, hosting: str, included_plan: Plan | None, now: datetime
) -> int:
    """Note keys that were sold, so that who holds one registers it alone; returns how many were new."""
    if included_plan is not None and included_plan.edition_id != edition.pk:
        raise Refused(RefusalCode.WRONG_EDITION, field="included_plan")
    if hosting not in Licence.Hosting.values:
        raise Refused(RefusalCode.INVALID_VALUE, field="hosting", value=hosting)
    wanted = {key.strip()[:64] for key in keys} - {""}
    known = set(SoldKey.objects.filter(key__in=wanted).values_list("key", flat=True))
    known |= set(Licence.objects.filter(key__in=wanted).values_list("key", flat=True))
    rows = [
        SoldKey(key=key, edition=edition, hosting=hosting, included_plan=included_plan, added_at=now)
        for key in sorted(wanted - known)
        if not key.startswith(PROVISIONAL)
    ]
    return len(SoldKey.objects.bulk_create(rows))


@transaction.atomic
def tell_key(*, licence: Licence, key: str, actor: User) -> None:
    """Staff say what the real key of a provisional installation is. Its plan, cases and dates stay."""
    if not actor.is_staff_member:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    key = key.strip()[:64]
    if not key or key.startswith(PROVISIONAL):
        raise Refused(RefusalCode.INVALID_VALUE, field="key", value=key)
    provisional = Licence.objects.filter(pk=licence.pk, key__startswith=PROVISIONAL)
    try:
        with transaction.atomic():
            if not provisional.update(key=key):
                raise Refused(RefusalCode.WRONG_STATE, field="key")
    except IntegrityError:
        raise Refused(RefusalCode.INVALID_VALUE, field="key", value=key) from None
    licence.key = key
