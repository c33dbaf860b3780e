"""Issuing invoices and credit notes (rows 32, 33, 52). What is issued is never touched again; see `models.invoices`.

The number is taken in the transaction that writes the invoice, last of all: a transaction that fails gives it back, so
a series has no gaps. Safe to repeat: an invoice is unique by its key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from vigente.accounts.models import Organization, User
from vigente.billing.models import Invoice, InvoiceSeries, Subscription
from vigente.billing.prices import Priced, profile_of
from vigente.billing.services.arrears import reinstate
from vigente.billing.services.invoice_rows import (
    date_and_name,
    default_series,
    draft,
    give_number,
    line_row,
    receivables,
    said_of,
    seller,
    take_number,
)
from vigente.billing.services.money import ACCOUNT, add_credit, hold_credit, post, take_credit
from vigente.events.kinds import Kind
from vigente.events.models import record
from vigente.installation.rows import insert
from vigente.rules.invoicing import Label, LabelCode, Line
from vigente.rules.reasons import Credit
from vigente.rules.refusal import RefusalCode, Refused


@transaction.atomic
def issue(
    *,
    key: str,
    organization: Organization,
    priced: Priced,
    purpose: str,
    now: datetime,
    due_at: datetime | None = None,
    subscription: Subscription | None = None,
    term: int | None = None,
    actor: User | None = None,
    note: str = "",
) -> Invoice:
    """Issue an invoice once per key, and pay it from what the customer has in hand. Due at once unless `due_at`."""
    before = Invoice.objects.filter(key=key).first()
    if before is not None:
        return before
    invoice = draft(
        key=key,
        organization=organization,
        priced=priced,
        purpose=purpose,
        subscription=subscription,
        term=term,
        note=note,
        due_at=due_at or now,
    )
    try:
        with transaction.atomic():
            _write(invoice, priced.lines, InvoiceSeries.Kind.INVOICE, now=now, actor=actor)
    except IntegrityError:
        return Invoice.objects.get(key=key)
    for owed in receivables(invoice, now=now):
        insert(owed)
    insert(said_of(invoice, now=now, actor=actor))
    if invoice.total_minor == 0:
        _settled(invoice, now=now)
    else:
        settle(invoice, now=now)
    return invoice


@transaction.atomic
def settle(invoice: Invoice, *, now: datetime) -> int:
    """Pay what is open of an invoice from what the customer has in hand, as far as that goes; returns how much."""
    credit = hold_credit(invoice.organization, invoice.currency)
    fresh = Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
    amount = min(credit, fresh.balance_minor)
    if amount <= 0 or not take_credit(invoice.organization, invoice.currency, amount):
        return 0
    number = fresh.entries.filter(debit=ACCOUNT.CREDIT, credit=ACCOUNT.RECEIVABLE).count()
    post(
        debit=ACCOUNT.CREDIT,
        credit=ACCOUNT.RECEIVABLE,
        amount_minor=amount,
        currency=invoice.currency,
        organization=invoice.organization,
        source=f"settle:{invoice.pk}:{number + 1}",
        invoice=fresh,
        now=now,
    )
    _reduce(invoice, amount, now=now)
    return amount


@transaction.atomic
def settle_oldest(organization: Organization, currency: str, *, now: datetime) -> None:
    """Pay open invoices from what the customer has in hand, the longest due first."""
    owed = Invoice.objects.filter(organization=organization, currency=currency, balance_minor__gt=0)
    for invoice in owed.select_related("organization").order_by("due_at", "id"):
        if not settle(invoice, now=now):
            return


@transaction.atomic
def credit(
    *,
    invoice: Invoice,
    reason: Credit,
    key: str,
    now: datetime,
    actor: User | None = None,
    net_minor: int | None = None,
    tax_minor: int | None = None,
    label: Label | None = None,
    note: str = "",
) -> Invoice:
    """Correct an invoice by a credit note, once per key: by `net_minor` and `tax_minor`, or by all not yet corrected.

    First what is open goes down; what was paid becomes the customer's credit. Refused beyond what is left of it.
    """
    before = Invoice.objects.filter(key=key).first()
    if before is not None:
        return before
    hold_credit(invoice.organization, invoice.currency)
    fresh = Invoice.objects.select_for_update(no_key=True).select_related("organization").get(pk=invoice.pk)
    left_net, left_tax = uncorrected(fresh)
    net = left_net if net_minor is None else net_minor
    tax = left_tax if net_minor is None else tax_minor or 0
    if (
        fresh.corrects_id is not None
        or not 0 <= net <= left_net
        or not 0 <= tax <= left_tax
        or net + tax == 0
    ):
        raise Refused(RefusalCode.MORE_THAN_OPEN, open=left_net + left_tax)
    line = Line(label or Label(LabelCode.CORRECTION, {"code": fresh.code}), 1, net)
    note_row = Invoice(
        key=key,
        organization=fresh.organization,
        subscription=fresh.subscription,
        term=fresh.term,
        purpose=fresh.purpose,
        corrects=fresh,
        reason=reason.value,
        note=note[:300],
        due_at=now,
        currency=fresh.currency,
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
    )
    _write(note_row, [line], InvoiceSeries.Kind.CREDIT_NOTE, now=now, actor=actor, taxes=[tax])
    _move_back(fresh, note_row, now=now)
    _tell(
        Kind.CREDIT_NOTE_ISSUED,
        note_row,
        now=now,
        actor=actor,
        corrects=fresh.code,
        total=note_row.total_minor,
        reason=reason.value,
    )
    invoice.refresh_from_db()
    return note_row


def uncorrected(invoice: Invoice) -> tuple[int, int]:
    """Net and tax of an invoice that no credit note has taken back."""
    taken = invoice.credit_notes.aggregate(net=Sum("net_minor", default=0), tax=Sum("tax_minor", default=0))
    return invoice.net_minor - taken["net"], invoice.tax_minor - taken["tax"]


@transaction.atomic
def set_fiscal(*, invoice: Invoice, number: str, actor: User, now: datetime) -> None:
    """Write the number the tax office gave (row 52); empty: it is still to come. It blocks nothing."""
    if not actor.is_supervisor:
        raise Refused(RefusalCode.SUPERVISOR_ONLY)
    status = Invoice.Fiscal.DONE if number.strip() else Invoice.Fiscal.PENDING
    Invoice.objects.filter(pk=invoice.pk).update(fiscal_number=number.strip()[:60], fiscal_status=status)
    invoice.refresh_from_db()


def _write(
    invoice: Invoice,
    lines: Sequence[Line],
    kind: str,
    *,
    now: datetime,
    actor: User | None,
    taxes: Sequence[int] | None = None,
) -> None:
    series = default_series(kind)
    date_and_name(invoice, profile_of(invoice.organization), seller(), now=now, actor=actor)
    give_number(invoice, series, take_number(series))
    insert(invoice)
    for position, line in enumerate(lines):
        insert(line_row(invoice, position, line, tax_minor=taxes[position] if taxes else None))


def _move_back(invoice: Invoice, note: Invoice, *, now: datetime) -> None:
    """What is open goes down first, then the rest becomes the customer's credit."""
    from_open = min(invoice.balance_minor, note.total_minor)
    net_open = min(note.net_minor, from_open)
    for account, amount, opened in (
        (ACCOUNT.REVENUE, note.net_minor, net_open),
        (ACCOUNT.TAX, note.tax_minor, from_open - net_open),
    ):
        _post(note, account, ACCOUNT.RECEIVABLE, opened, now=now, of=invoice)
        _post(note, account, ACCOUNT.CREDIT, amount - opened, now=now, of=invoice)
    if note.total_minor > from_open:
        add_credit(invoice.organization, invoice.currency, note.total_minor - from_open)
    if from_open:
        _reduce(invoice, from_open, now=now)


def _reduce(invoice: Invoice, amount: int, *, now: datetime) -> None:
    changed = Invoice.objects.filter(pk=invoice.pk, balance_minor__gte=amount).update(
        balance_minor=F("balance_minor") - amount
    )
    if not changed:
        raise RuntimeError("another process paid this invoice at the same time; run it again")
    invoice.refresh_from_db()
    if invoice.balance_minor == 0:
        _settled(invoice, now=now)


def _settled(invoice: Invoice, *, now: datetime) -> None:
    """Nothing of it is open any more: say so if it was paid, and let the contract cover again (row 25)."""
    if Invoice.objects.filter(pk=invoice.pk, settled_at__isnull=True).update(settled_at=now):
        invoice.settled_at = now
        if any(uncorrected(invoice)) or invoice.total_minor == 0:
            _tell(Kind.INVOICE_PAID, invoice, now=now)
    if invoice.purpose == Invoice.Purpose.TERM and invoice.subscription_id is not None:
        reinstate(invoice.subscription_id, now=now)


def _post(
    document: Invoice, debit: str, credit: str, amount: int, *, now: datetime, of: Invoice | None = None
) -> None:
    post(
        debit=debit,
        credit=credit,
        amount_minor=amount,
        currency=document.currency,
        organization=document.organization,
        source=f"invoice:{document.pk}",
        invoice=of or document,
        now=now,
    )


def _tell(kind: Kind, invoice: Invoice, *, now: datetime, actor: User | None = None, **data: Any) -> None:
    record(
        kind,
        subject=f"invoice:{invoice.pk}",
        organization=invoice.organization,
        actor=actor,
        now=now,
        code=invoice.code,
        currency=invoice.currency,
        **data,
    )
