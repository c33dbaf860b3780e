"""What a person does about money that did not arrive at the card it was sent back to (row 33): send it again, or send
it by the bank. In the books it has left the customer's hands already; only from which account changes.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vigente.accounts.models import Organization, User
from vigente.billing import cards
from vigente.billing.models import CardRefund, MoneyEntry, Payment
from vigente.billing.models.cards import new_key
from vigente.billing.services.card_charges import came_by_card, left_of
from vigente.billing.services.money import post
from vigente.rules.refusal import RefusalCode, Refused

STATUS = CardRefund.Status
LOOKED_AT = 20  # of the latest payments by card


def failed() -> QuerySet[CardRefund]:
    """Those that wait for a person, the oldest first."""
    rows = CardRefund.objects.filter(status=STATUS.FAILED)
    return rows.select_related("payment__organization", "of").order_by("payment__created_at", "id")


def most_to_card(organization: Organization, currency: str) -> int:
    """The most that can go back to a card at once, in minor units; 0 where no card is taken or none paid."""
    if not cards.offered():
        return 0
    return max((left_of(one) for one in came_by_card(organization.pk, currency)[:LOOKED_AT]), default=0)


@transaction.atomic
def send_again(*, refund: CardRefund, actor: User, now: datetime) -> None:
    """Have it sent once more, in the next minute, under a new name: the processor repeats its answer to the old one."""
    row = _failed(refund, actor)
    if row.of is None:
        raise Refused(RefusalCode.WRONG_STATE, state=row.problem)
    if left_of(Payment.objects.select_for_update().get(pk=row.of.pk)) < row.payment.amount_minor:
        raise Refused(RefusalCode.MORE_THAN_OPEN)
    row.status, row.key, row.refund, row.attempts, row.next_at = STATUS.WAITING, new_key("refund"), "", 0, now
    row.save(update_fields=["status", "key", "refund", "attempts", "next_at"])


@transaction.atomic
def sent_by_hand(*, refund: CardRefund, reference: str, actor: User, now: datetime) -> None:
    """It went by the bank instead: the card's account gets back what the bank's gave."""
    row = _failed(refund, actor)
    if not reference.strip():
        raise Refused(RefusalCode.EMPTY, field="reference")
    row.status = STATUS.BY_HAND
    row.save(update_fields=["status"])
    Payment.objects.filter(pk=row.payment.pk).update(reference=reference.strip()[:120])
    post(
        debit=MoneyEntry.Account.CARD,
        credit=MoneyEntry.Account.BANK,
        amount_minor=row.payment.amount_minor,
        currency=row.payment.currency,
        organization=row.payment.organization,
        source=f"card-refund:{row.pk}",
        payment=row.payment,
        now=now,
    )


def _failed(refund: CardRefund, actor: User) -> CardRefund:
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    row = CardRefund.objects.select_for_update().get(pk=refund.pk)
    if row.status != STATUS.FAILED:
        raise Refused(RefusalCode.WRONG_STATE, state=row.status)
    return row
