"""The demonstration's customers while its clock is moved: they pay what they owe, most at once, some late, one never.

Only a demonstration has them, and of its organizations only those the story brought. What is due when is read from the
open invoices each time, so the clock may be moved in any steps, and what a visitor did meanwhile holds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from vigente.accounts.models import Membership, User
from vigente.billing.models import Invoice, Payment
from vigente.billing.services import payments
from vigente.billing.services.dunning import open_invoices
from vigente.demo.content.people import Customer, customers, vendor
from vigente.demo.money import BY_CARD, habit_of, proof_of_transfer
from vigente.installation.files import store
from vigente.installation.models import Installation
from vigente.rules.periods import day_of

NEVER = frozenset({"tia-chabela"})
LATE = {"cristal-norte": timedelta(hours=90)}  # within the grace, only just
WITH_PROOF = frozenset({"huellitas"})  # sends its transfers for staff to confirm
LOOKED_FOR = timedelta(hours=40)  # then staff have found the money of a transfer
PREFIX = "demo:"


class Customers:
    """What the people of the demonstration do by themselves while time passes; of a real vendor, nothing."""

    def __init__(self) -> None:
        is_demo = Installation.current().is_demo
        self.known = {one.key: one for one in customers()} if is_demo else {}

    def next_at(self, *, after: datetime) -> datetime | None:
        """The next instant at which one of them pays, or staff confirm a transfer of theirs."""
        coming = [at for at, _ in self._owed() if at > after]
        coming += [at for at, _ in self._sent() if at > after]
        return min(coming, default=None)

    def act(self, *, now: datetime) -> int:
        """Do what is due at `now`; how many payments came or were confirmed. Safe to repeat."""
        return sum(
            [
                *(self._pay(invoice, now=now) for at, invoice in list(self._owed()) if at <= now),
                *(_confirm(payment, now=now) for at, payment in list(self._sent()) if at <= now),
            ]
        )

    def _owed(self) -> Iterator[tuple[datetime, Invoice]]:
        """Open invoices with the instant at which they will be paid, soonest due first."""
        if not self.known:
            return
        for invoice in open_invoices().filter(organization__external_ref__in=self.known.keys() - NEVER):
            key = invoice.organization.external_ref
            if invoice.purpose == Invoice.Purpose.WORK:
                yield max(invoice.issued_at, invoice.due_at - timedelta(hours=60)), invoice
            else:
                yield invoice.due_at + LATE.get(key, timedelta(hours=habit_of(key).hours)), invoice

    def _sent(self) -> Iterator[tuple[datetime, Payment]]:
        """Transfers of the story that wait for staff, with the instant at which their money is found."""
        if not self.known:
            return
        waiting = Payment.objects.filter(
            status=Payment.Status.REVIEW,
            key__startswith=PREFIX,
            invoice__isnull=False,
            organization__external_ref__in=self.known,
            organization__blocked_at__isnull=True,
        )
        for payment in waiting.select_related("organization", "invoice").order_by("pk"):
            yield payment.created_at + LOOKED_FOR, payment

    def _pay(self, invoice: Invoice, *, now: datetime) -> int:
        """By card or transfer, all that is open; once per invoice."""
        invoice.refresh_from_db()
        key = f"{PREFIX}paid:{invoice.pk}"
        if invoice.balance_minor == 0 or Payment.objects.filter(key=key).exists():
            return 0
        customer = self.known[invoice.organization.external_ref]
        if customer.key in WITH_PROOF:
            _send(customer, invoice, key=key, now=now)
            return 1
        by_card = customer.key in BY_CARD
        payments.record_payment(
            organization=invoice.organization,
            method=Payment.Method.CARD if by_card else Payment.Method.TRANSFER,
            amount_minor=invoice.balance_minor,
            currency=invoice.currency,
            reference=f"demo_{invoice.pk:05d}" if by_card else _reference(invoice),
            key=key,
            actor=None if by_card else _staff(),
            invoice=invoice,
            now=now,
        )
        return 1


def _send(customer: Customer, invoice: Invoice, *, key: str, now: datetime) -> None:
    day = day_of(now, vendor().time_zone)
    manager = Membership.objects.filter(organization=invoice.organization, role="manager").first()
    payments.submit_transfer(
        organization=invoice.organization,
        amount_minor=invoice.balance_minor,
        currency=invoice.currency,
        reference=_reference(invoice),
        user=manager.user if manager else None,
        key=key,
        invoice=invoice,
        proof=store(proof_of_transfer(customer, invoice.balance_minor, invoice.currency, day)),
        proof_name="comprobante.png",
        now=now,
    )


def _confirm(payment: Payment, *, now: datetime) -> int:
    staff = _staff()
    if staff is None:
        return 0
    payments.confirm(payment=payment, actor=staff, now=now)
    return 1


def _reference(invoice: Invoice) -> str:
    return f"TR-{61000 + invoice.pk * 7}"


def _staff() -> User | None:
    return (
        User.objects.filter(role__in=["supervisor", "owner"], is_active=True).order_by("-role", "pk").first()
    )
