"""What customers and the vendor do about money: order, pay at once, late, by transfer or never; refunds, disputes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vigente.billing.models import (
    CustomerAccount,
    Invoice,
    Licence,
    Order,
    Payment,
    PlanVersion,
    Subscription,
)
from vigente.billing.money_verification import balance_sheet
from vigente.billing.services import orders, payments, refunds
from vigente.worker.simulation.world import Company, World

# How likely somebody of this habit pays on a day on which they owe something.
A_DAY = {"at once": 0.7, "late": 0.06, "by transfer": 0.3, "hardly": 0.004}


def order_plan(
    world: World, company: Company, licence: Licence | None, version: PlanVersion, now: datetime
) -> None:
    """Order a plan; sometimes sales staff prepare it and the customer accepts."""
    prepared = world.rng.random() < 0.1
    order = orders.place(
        organization=company.organization,
        kind="plan",
        version=version,
        licence=licence,
        coupon="PROMO" if world.rng.random() < 0.05 else "",
        prepared=prepared,
        actor=world.supervisors[0] if prepared else company.manager,
        key=f"simulation:{world.next()}",
        now=now,
    )
    if prepared:
        orders.accept(order=order, user=company.manager, now=now)
    if world.rng.random() < 0.03:
        orders.cancel(order=order, actor=company.manager, now=now)


def order_pack(world: World, company: Company, subscription: Subscription, now: datetime) -> Order:
    """Order extra cases for a contract (R6)."""
    return orders.place(
        organization=company.organization,
        kind="pack",
        version=subscription.version,
        licence=subscription.licence,
        subscription=subscription,
        quantity=world.rng.choice((1, 1, 2)),
        actor=company.manager,
        key=f"simulation:{world.next()}",
        now=now,
    )


def order_upgrade(
    world: World, company: Company, subscription: Subscription, version: PlanVersion, now: datetime
) -> None:
    """Order a better plan for the rest of the term, where the rules let it bind at once (row 23)."""
    orders.place(
        organization=company.organization,
        kind="upgrade",
        version=version,
        licence=subscription.licence,
        subscription=subscription,
        actor=company.manager,
        key=f"simulation:{world.next()}",
        now=now,
    )


def pay(world: World, company: Company, owed: Order | Invoice, now: datetime) -> Payment:
    """Pay one thing: all of it mostly, a part, or too much; the same message may come twice."""
    rng, is_order = world.rng, isinstance(owed, Order)
    whole = owed.total_minor if isinstance(owed, Order) else owed.balance_minor
    what: dict[str, Any] = {
        "organization": company.organization,
        "amount_minor": max(rng.choice((whole, whole, whole, whole, whole // 2, whole + 700)), 1),
        "currency": owed.currency,
        "order" if is_order else "invoice": owed,
        "key": f"simulation:{world.next()}",
        "reference": f"R-{world.serial}",
    }
    if company.pays == "by transfer":
        return payments.submit_transfer(**what, user=company.manager, now=now)
    what["method"] = rng.choice(("card", "manual"))
    if what["method"] == "card" and rng.random() < 0.15:
        said = {name: value for name, value in what.items() if name != "reference"}
        payments.fail(**said, now=now)
        if rng.random() < 0.5:
            return payments.record_payment(**what, now=now)  # it went through after all
        what["key"] = f"simulation:{world.next()}"
    payment = payments.record_payment(**what, now=now)
    if rng.random() < 0.1:
        assert payments.record_payment(**what, now=now) == payment, "the same payment was taken twice"
    return payment


def who_pays(world: World) -> Iterator[tuple[Company, Order | Invoice]]:
    """Who pays what today: of all that is owed, as their habits say."""
    companies = {company.organization.pk: company for company in world.companies}
    owed: list[Order | Invoice] = [
        *Order.objects.filter(status=Order.Status.OPEN).select_related("organization").order_by("id"),
        *Invoice.objects.filter(balance_minor__gt=0).select_related("organization").order_by("id"),
    ]
    for one in owed:
        company = companies[one.organization_id]
        if world.rng.random() < A_DAY[company.pays]:
            yield company, one


def decide_transfers(world: World, now: datetime) -> None:
    """Supervisors look at what the bank says: most of it is there."""
    waiting = Payment.objects.filter(status=Payment.Status.REVIEW).select_related(
        "organization", "order", "invoice"
    )
    for payment in waiting.order_by("id"):
        if world.rng.random() < 0.75:
            payments.confirm(payment=payment, actor=world.supervisors[0], now=now)
        elif world.rng.random() < 0.5:
            payments.reject(payment=payment, note="No llegó", actor=world.supervisors[0], now=now)


def correct_something(world: World, now: datetime) -> None:
    """Now and then a refund (row 33), a card dispute, or money sent back."""
    what = world.rng.random() / min(len(world.companies), 200)
    if what < 0.0004:
        paid = Invoice.objects.filter(purpose="term", corrects=None, balance_minor=0, total_minor__gt=0)
        invoice = paid.select_related("organization", "subscription__version__plan").order_by("-id").first()
        if invoice is not None:
            refunds.refund(invoice=invoice, actor=world.supervisors[0], now=now)
    elif what < 0.0006:
        charge = Payment.objects.filter(method="card", status="confirmed").order_by("-id").first()
        if charge is not None:
            refunds.dispute(payment=charge, now=now)
            (refunds.reverse if world.rng.random() < 0.5 else refunds.win)(payment=charge, now=now)
    elif what < 0.002:
        account = CustomerAccount.objects.filter(credit_minor__gt=0).select_related("organization").first()
        if account is not None:
            payments.pay_out(organization=account.organization, amount_minor=account.credit_minor, method="transfer",
                             currency=account.currency, key=f"simulation:{world.next()}", actor=world.supervisors[0],
                             now=now)  # fmt: skip


def counts() -> dict[str, int]:
    """How much of everything there was."""
    invoices = Invoice.objects.filter(corrects=None)
    return {
        **{f"orders_{status}": Order.objects.filter(status=status).count() for status in Order.Status.values},
        "invoices": invoices.count(),
        "invoices_open": invoices.filter(balance_minor__gt=0).count(),
        "credit_notes": Invoice.objects.filter(corrects__isnull=False).count(),
        **{
            f"payments_{status}": Payment.objects.filter(status=status).count()
            for status in Payment.Status.values
        },
    }


def sheet() -> dict[str, dict[str, int]]:
    """Each account's balance by currency, debit less credit, minor units; those of a currency add up to 0."""
    found: dict[str, dict[str, int]] = {}
    for (currency, account), amount in sorted(balance_sheet().items()):
        found.setdefault(currency, {})[account] = amount
    return found
