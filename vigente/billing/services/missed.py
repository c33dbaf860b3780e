"""Terms that were over before anybody billed them: a person says what becomes of each (row 20)."""

from datetime import datetime

from django.db import transaction

from vigente.accounts.models import User
from vigente.billing.models import Invoice, MissedTerm, Subscription
from vigente.billing.services.allotments import bill_term
from vigente.rules.periods import Span
from vigente.rules.refusal import RefusalCode, Refused


@transaction.atomic
def settle(*, term: MissedTerm, actor: User, now: datetime, charge: bool = False) -> Invoice | None:
    """Decide a missed term, once: charge it, which issues its invoice, or let it be. A supervisor or the owner.

    Only a billed contract's can be charged here.
    """
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    if not MissedTerm.objects.filter(pk=term.pk, decided_at__isnull=True).update(decided_at=now):
        raise Refused(RefusalCode.WRONG_STATE)
    if not charge:
        return None
    subscription = Subscription.objects.select_related(
        "version__plan__edition", "organization", "licence__edition"
    ).get(pk=term.subscription_id)
    if not subscription.is_billed:  # included, or by hand: never an invoice from here (row 31)
        raise Refused(RefusalCode.WRONG_STATE, state=subscription.source)
    return bill_term(subscription, term.number, Span(term.start, term.end), now=now)
