"""The only writer of the ledger of money: an amount moves from one account to another, so the whole balances to zero.

Safe to repeat: an entry is unique by (source, debit, credit). What a customer has in hand is a stamp moved in the same
transaction by a guarded UPDATE, never below zero.
"""

from datetime import datetime

from django.db.models import F

from vigente.accounts.models import Organization
from vigente.billing.models import CustomerAccount, Invoice, MoneyEntry, Payment
from vigente.installation.rows import insert

ACCOUNT = MoneyEntry.Account


def post(
    *,
    debit: str,
    credit: str,
    amount_minor: int,
    currency: str,
    organization: Organization,
    source: str,
    now: datetime,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
) -> None:
    """Move `amount_minor` from the account `credit` to the account `debit`. Nothing is written of nothing."""
    if amount_minor == 0:
        return
    insert(
        entry(
            debit=debit,
            credit=credit,
            amount_minor=amount_minor,
            currency=currency,
            organization=organization,
            source=source,
            invoice=invoice,
            payment=payment,
            now=now,
        )
    )


def entry(
    *,
    debit: str,
    credit: str,
    amount_minor: int,
    currency: str,
    organization: Organization,
    source: str,
    now: datetime,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
) -> MoneyEntry:
    """The entry that `post` writes, unsaved: to be inserted together with others."""
    return MoneyEntry(
        debit=debit,
        credit=credit,
        amount_minor=amount_minor,
        currency=currency,
        organization=organization,
        invoice=invoice,
        payment=payment,
        source=source,
        at=now,
    )


def credit_of(organization: Organization, currency: str) -> int:
    """What the customer has in hand in this currency."""
    account = CustomerAccount.objects.filter(organization=organization, currency=currency)
    return account.values_list("credit_minor", flat=True).first() or 0


def hold_credit(organization: Organization, currency: str) -> int:
    """The same, and nobody else moves it until this transaction ends. After contracts, before any invoice (decision
    0010): money and what it pays are always locked in this order.
    """
    account = CustomerAccount.objects.filter(organization=organization, currency=currency)
    return account.select_for_update().values_list("credit_minor", flat=True).first() or 0


def add_credit(organization: Organization, currency: str, amount_minor: int) -> None:
    """Move the stamp of what a customer has in hand up."""
    CustomerAccount.objects.get_or_create(organization=organization, currency=currency)
    CustomerAccount.objects.filter(organization=organization, currency=currency).update(
        credit_minor=F("credit_minor") + amount_minor
    )


def take_credit(organization: Organization, currency: str, amount_minor: int) -> bool:
    """Move it down; False, with nothing changed, when there is not as much."""
    account = CustomerAccount.objects.filter(
        organization=organization, currency=currency, credit_minor__gte=amount_minor
    )
    return bool(account.update(credit_minor=F("credit_minor") - amount_minor))
