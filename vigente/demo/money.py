"""What the months did to each customer's money: orders, invoices and payments through the real services.

Most pay on the day, by card or by transfer, some a little later. A few states are promised by `HABITS` on whatever day
the demonstration is made: a renewal half paid, one unpaid for too long, a transfer that waits to be confirmed.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from vigente.accounts.models import Organization
from vigente.billing.models import (
    BankAccount,
    BillingProfile,
    Invoice,
    Licence,
    ListPrice,
    Order,
    Payment,
    PlanVersion,
    PriceList,
    SellerProfile,
    Subscription,
    TaxCategory,
    TaxRate,
)
from vigente.billing.services import orders, payments
from vigente.demo.content.people import Customer
from vigente.demo.content.pictures import screenshot
from vigente.demo.stage import WELCOME, Stage
from vigente.installation.files import store
from vigente.reports.models import CostRate

WITH_COUPON = "el-corral"
IVA_BASIS_POINTS = 1500
HOUR_MINOR = 21_000  # what an hour of a technician costs, a sample
CENTAVOS_TO_THE_CENT = 36.6  # a sample rate, for the second price list
ABROAD = ("HN", "CR")
BY_CARD = ("el-clavo", "amaranta", "mirador", "los-ocotes", "penas-blancas", "el-mango", "flor-de-izote")


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays a renewal: `hours` after it falls due. In the `last` days of the story otherwise: only
    `share` of a hundred, or (`review`) by a transfer that nobody has confirmed yet.
    """

    hours: int = 10
    last: int = 0
    share: int = 0
    review: bool = False


HABITS = {
    "cristal-norte": Habit(last=5, share=50),  # in grace, half paid
    "tia-chabela": Habit(last=25, share=0),  # suspended
    "huellitas": Habit(last=5, review=True),  # sent a transfer today
    "agro-yali": Habit(hours=58),  # two days late, every month
    "el-piston": Habit(hours=34),
}


def habit_of(key: str) -> Habit:
    """How the customer of that key pays; who has no habit of its own, the day it is due."""
    return HABITS.get(key, Habit(hours=0 if key in BY_CARD else 10))


def open_money(stage: Stage) -> None:
    """The vendor as its invoices show it, its taxes, its accounts, and a second price list."""
    iva = TaxCategory.objects.create(code="iva", name_es="IVA", name_en="VAT", is_default=True)
    TaxRate.objects.create(category=iva, basis_points=IVA_BASIS_POINTS)
    TaxCategory.objects.create(code="exento", name_es="Exento", name_en="Exempt")
    SellerProfile.objects.update_or_create(
        id=1,
        defaults={
            "legal_name": "Sisnorte Sistemas, S. A. (ejemplo)",
            "tax_id": "J0310000000000",
            "address": "Del parque central 2 c. al norte, Estelí, Nicaragua",
            "phone": "+505 2700 0000",
            "email": "facturas@sisnorte.example",
            "website": "sisnorte.example",
            "footer": "Documento de ejemplo de una demostración, sin valor fiscal.",
        },
    )
    for position, (bank, number, currency) in enumerate(
        [("Banco de Ejemplo", "100-200-300", "NIO"), ("Banco de Ejemplo", "100-200-301", "USD")]
    ):
        BankAccount.objects.create(
            bank=bank,
            number=number,
            holder="Sisnorte Sistemas, S. A.",
            currency=currency,
            instructions="Escriba el número del pedido o de la factura como referencia.",
            position=position,
        )
    CostRate.objects.create(
        hour_minor=HOUR_MINOR, currency=stage.vendor.currency, valid_from=stage.local(stage.begins).date()
    )
    PriceList.objects.create(
        code="cordobas", name="Córdobas", currency=stage.vendor.currency, includes_tax=True, is_base=True
    )
    dollars = PriceList.objects.create(
        code="dolares", name="Dólares (Centroamérica)", currency="USD", includes_tax=True
    )
    for version in PlanVersion.objects.all():
        ListPrice.objects.create(
            price_list=dollars,
            version=version,
            price_minor=_in_dollars(version.price_minor),
            pack_price_minor=None
            if version.pack_price_minor is None
            else _in_dollars(version.pack_price_minor),
        )


def _in_dollars(minor: int) -> int:
    """A sample price in cents, to the half dollar; what is free is free in dollars, too."""
    return max(round(minor / CENTAVOS_TO_THE_CENT / 50), 1) * 50 if minor else 0


def open_account(organization: Organization, customer: Customer, till: "Till") -> None:
    """Who this customer's invoices are made out to, and in which list it buys."""
    till.customers[organization.pk] = customer
    number = sum(ord(letter) * (place + 7) for place, letter in enumerate(customer.key)) % 10**7
    BillingProfile.objects.create(
        organization=organization,
        legal_name=customer.name,
        tax_id=f"J031{number:010d}",
        address=customer.city,
        country=customer.country,
        email=customer.manager.email,
        price_list=PriceList.objects.get(code="dolares") if customer.country in ABROAD else None,
    )


@dataclass
class Till:
    """Where the customers pay. What they will pay later waits in `due` until its instant has come."""

    stage: Stage
    due: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    customers: dict[int, Customer] = field(default_factory=dict)  # by organization
    serial: "count[int]" = field(default_factory=lambda: count(1))

    def buy(
        self,
        customer: Customer,
        organization: Organization,
        version: PlanVersion,
        *,
        now: datetime,
        licence: Licence | None = None,
        kind: str = Order.Kind.PLAN,
        subscription: Subscription | None = None,
        quantity: int = 1,
        is_paid: bool = True,
    ) -> Order:
        """Order something and pay it at once; `is_paid=False`: the money is still to come."""
        order = orders.place(
            organization=organization,
            kind=kind,
            version=version,
            licence=licence,
            subscription=subscription,
            quantity=quantity,
            coupon=WELCOME.coupon or "" if customer.key == WITH_COUPON and kind == Order.Kind.PLAN else "",
            actor=organization.memberships.get(role="manager").user,
            key=f"demo:{customer.key}:{next(self.serial)}",
            now=now,
        )
        if is_paid:
            self._pay(customer, organization, order.total_minor, order.currency, now=now, order=order)
        return order

    def look(self, now: datetime) -> None:
        """See which renewals have fallen due and when each will be paid."""
        owed = Invoice.objects.filter(balance_minor__gt=0, corrects__isnull=True)
        for invoice in owed.exclude(pk__in=self.seen).select_related("organization"):
            self.seen.add(invoice.pk)
            customer = self.customers[invoice.organization_id]
            habit = habit_of(customer.key)
            if invoice.purpose == Invoice.Purpose.WORK:
                habit = Habit(hours=-60)  # quoted work is paid before it is due
            is_last = habit.last and invoice.due_at > self.stage.now - timedelta(days=habit.last)
            self._plan(invoice, customer, habit, late=bool(is_last))

    def next_at(self) -> datetime | None:
        return self.due[0][0] if self.due else None

    def take(self) -> None:
        """Let the payment whose time has come happen."""
        at, _, pay = heapq.heappop(self.due)
        pay(at)

    def _plan(self, invoice: Invoice, customer: Customer, habit: Habit, *, late: bool) -> None:
        at = invoice.due_at + timedelta(hours=habit.hours)
        if late and habit.review:
            self._at(at, lambda now: self._send(customer, invoice, now=now))
        elif not late or habit.share:
            amount = invoice.balance_minor * (habit.share if late else 100) // 100
            self._at(
                at,
                lambda now: self._pay(
                    customer, invoice.organization, amount, invoice.currency, now=now, invoice=invoice
                ),
            )

    def _at(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self.due, (at, next(self.serial), act))

    def _pay(
        self,
        customer: Customer,
        organization: Organization,
        amount_minor: int,
        currency: str,
        *,
        now: datetime,
        order: Order | None = None,
        invoice: Invoice | None = None,
    ) -> None:
        number = next(self.serial)
        card = customer.key in BY_CARD
        payments.record_payment(
            organization=organization,
            method=Payment.Method.CARD if card else Payment.Method.TRANSFER,
            amount_minor=amount_minor,
            currency=currency,
            reference=f"demo_{number:05d}" if card else f"TR-{48200 + number * 7}",
            key=f"demo:payment:{number}",
            actor=None if card else self.stage.of_role("supervisor"),
            order=order,
            invoice=invoice,
            now=now,
        )

    def _send(self, customer: Customer, target: Invoice, *, now: datetime) -> None:
        self.send(customer, target.organization, target.balance_minor, now=now, invoice=target)

    def send(
        self,
        customer: Customer,
        organization: Organization,
        amount_minor: int,
        *,
        now: datetime,
        order: Order | None = None,
        invoice: Invoice | None = None,
    ) -> None:
        """A transfer with its proof, for staff to confirm."""
        number = next(self.serial)
        paid = order or invoice
        assert paid is not None, "a transfer is for something"
        payments.submit_transfer(
            organization=organization,
            amount_minor=amount_minor,
            currency=paid.currency,
            reference=f"TR-{48200 + number * 7}",
            user=organization.memberships.get(role="manager").user,
            order=order,
            invoice=invoice,
            proof=store(
                proof_of_transfer(customer, amount_minor, paid.currency, self.stage.local(now).date())
            ),
            proof_name="comprobante.png",
            key=f"demo:transfer:{number}",
            now=now,
        )


def proof_of_transfer(customer: Customer, amount_minor: int, currency: str, day: date) -> bytes:
    """What the bank's page would show, as a picture."""
    rows = [
        ["Transferencia", "Monto", "Fecha"],
        ["100-200-300", f"{amount_minor / 100:.2f} {currency}", day.isoformat()],
    ]
    return screenshot("Banco de Ejemplo", f"Enviada por {customer.name}", rows)
