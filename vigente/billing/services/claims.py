"""Installations that customers name themselves (rows 28, 31): one whose key nobody knows yet, and its key once known.

Hosting and included plans are never the customer's to say: what they register has no discount and includes nothing
until somebody who knows says otherwise (row 27).
"""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from vigente.accounts.models import Organization, User
from vigente.billing.models import Edition, Licence
from vigente.billing.services.licences import register_licence
from vigente.rules.refusal import RefusalCode, Refused

PROVISIONAL = "sin-clave-"  # how the key of an installation begins whose real one is not known yet
PROVISIONAL_MAX = 10  # of one organization at a time: they cost nothing to ask for


def is_provisional(licence: Licence) -> bool:
    """Whether its real key is still to be told."""
    return licence.key.startswith(PROVISIONAL)


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
