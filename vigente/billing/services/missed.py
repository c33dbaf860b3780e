"""Terms that were over before anybody billed them: a person says what becomes of each (row 20)."""

from datetime import datetime

from vigente.accounts.models import User
from vigente.billing.models import MissedTerm
from vigente.rules.refusal import RefusalCode, Refused


def settle(*, term: MissedTerm, actor: User, now: datetime) -> None:
    """Mark a missed term as decided, once. A supervisor or the owner; whether it is charged is agreed outside for
    now.
    """
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not MissedTerm.objects.filter(pk=term.pk, decided_at__isnull=True).update(decided_at=now):
        raise Refused(RefusalCode.WRONG_STATE)
