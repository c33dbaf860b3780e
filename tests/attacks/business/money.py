"""Orders, payments, refunds: what customers and staff do about money."""

from tests.attacks.business.world import Nothing, World, act
from vigente.billing.models import Order
from vigente.billing.services import invoices, missed, orders, packs, payments, refunds
from vigente.billing.services.money import credit_of
from vigente.rules.reasons import Credit
from vigente.tickets.services import quotations

METHODS = ("manual", "card", "transfer")


@act(3)
def order_plan(world: World, a: int, b: int, c: int) -> None:
    licence = None if a % 13 == 0 else world.one("licence", a)
    organization = licence.organization if licence else world.organization(b)
    if c % 23 == 0:
        organization = world.organization(b)
    orders.place(
        organization=organization, kind="plan", version=world.sold(licence, b), licence=licence, now=world.now,
        key=world.key(c), coupon=("", "", "promo", "otro")[c % 4], prepared=c % 7 == 0,
        actor=world.staff[1] if c % 7 == 0 else world.manager(organization),
    )  # fmt: skip


@act(2)
def order_pack(world: World, a: int, b: int, c: int) -> None:
    contract = world.one("contract", a, "status IN ('active', 'grace')" if b % 6 else "")
    orders.place(
        organization=contract.organization, kind="pack", version=contract.version, licence=contract.licence,
        subscription=contract, now=world.now, key=world.key(c), quantity=1 + b % 3, coupon=("", "PROMO")[c % 2],
        prepared=c % 7 == 0, actor=world.owner,
    )  # fmt: skip


@act(2)
def order_upgrade(world: World, a: int, b: int, c: int) -> None:
    contract = world.one("contract", a, "status = 'active' AND source = 'bought'")
    orders.place(
        organization=contract.organization, kind="upgrade", version=world.sold(contract.licence, b),
        licence=contract.licence, subscription=contract, now=world.now, key=world.key(c), actor=world.owner,
    )  # fmt: skip


@act()
def accept_order(world: World, a: int, b: int, c: int) -> None:
    order = world.one("order", a, "status = 'prepared'" if b % 8 else "")
    user = world.manager(order.organization) if c % 9 else world.shop(c).manager
    orders.accept(order=order, user=user, now=world.now)


@act()
def cancel_order(world: World, a: int, b: int, c: int) -> None:
    orders.cancel(
        order=world.one("order", a, "status IN ('prepared', 'open')" if b % 8 else ""), now=world.now
    )


def amount(whole: int, n: int) -> int:
    """All of it mostly; a part, too much, one, nothing."""
    return (whole, whole, whole, whole, whole // 3, whole * 2, whole - 1, whole + 1, 1, 0)[n % 10]


def owed(world: World, a: int) -> tuple[Order | None, object, str, int, object]:
    """Something to pay: (order, invoice, currency, how much, organization)."""
    try:
        if a % 2:
            order = world.one("order", a // 2, "status = 'open'")
            return order, None, order.currency, order.total_minor, order.organization
    except Nothing:
        pass
    invoice = world.one("invoice", a // 2, "balance_minor > 0" if a % 11 else "")
    return None, invoice, invoice.currency, invoice.balance_minor or invoice.total_minor, invoice.organization


@act(6)
def pay(world: World, a: int, b: int, c: int) -> None:
    order, invoice, currency, whole, organization = owed(world, a)
    if b % 31 == 0:
        organization = world.organization(c)
    if b % 37 == 0:
        currency = "USD"
    payments.record_payment(
        organization=organization, method=METHODS[b % 3], amount_minor=amount(whole, c), currency=currency,
        key=world.key(b), order=order, invoice=invoice, actor=world.owner, now=world.now,
    )  # fmt: skip


@act()
def pay_ahead(world: World, a: int, b: int, c: int) -> None:
    payments.record_payment(
        organization=world.organization(a), method=METHODS[b % 3], amount_minor=1 + b * 97, now=world.now,
        currency=("NIO", "NIO", "USD")[c % 3], key=world.key(c),
    )  # fmt: skip


@act(3)
def send_transfer(world: World, a: int, b: int, c: int) -> None:
    order, invoice, currency, whole, organization = owed(world, a)
    payments.submit_transfer(
        organization=organization, amount_minor=amount(whole, c), currency=currency, reference="x", key=world.key(b),
        user=world.manager(organization), order=order, invoice=invoice, now=world.now,
    )  # fmt: skip


@act(3)
def decide_transfer(world: World, a: int, b: int, c: int) -> None:
    payment = world.one("payment", a, "status = 'review'" if b % 9 else "")
    actor = world.staff[c % 3]
    if b % 3:
        payments.confirm(payment=payment, actor=actor, now=world.now)
    else:
        payments.reject(payment=payment, note="No llegó" if c % 5 else " ", actor=actor, now=world.now)


@act()
def card_fails(world: World, a: int, b: int, c: int) -> None:
    order, invoice, currency, whole, organization = owed(world, a)
    payments.fail(organization=organization, amount_minor=amount(whole, c), currency=currency, key=world.key(b),
                  order=order, invoice=invoice, now=world.now)  # fmt: skip


@act()
def card_goes_through_after_all(world: World, a: int, b: int, c: int) -> None:
    before = world.one("payment", a, "status = 'failed'")
    payments.record_payment(
        organization=before.organization, method="card", amount_minor=before.amount_minor, currency=before.currency,
        key=before.key, order=before.order, invoice=before.invoice, now=world.now,
    )  # fmt: skip


@act()
def dispute_a_charge(world: World, a: int, b: int, c: int) -> None:
    refunds.dispute(payment=world.one("payment", a), now=world.now)


@act()
def decide_a_charge(world: World, a: int, b: int, c: int) -> None:
    payment = world.one("payment", a, "status = 'disputed'" if b % 5 else "")
    if c % 2:
        refunds.win(payment=payment, now=world.now)
    elif c % 4:
        part = max(payment.amount_minor * (a % 3 + 1) // 4, 1)
        refunds.reverse(payment=payment, now=world.now, amount_minor=part, dispute=f"dp{b % 3}")
    else:
        refunds.reverse(payment=payment, now=world.now)


@act()
def refund(world: World, a: int, b: int, c: int) -> None:
    invoice = world.one("invoice", a, "purpose = 'term' AND corrects_id IS NULL" if b % 5 else "")
    refunds.refund(invoice=invoice, actor=world.staff[c % 3 if b % 7 == 0 else 0], now=world.now)


@act()
def credit_by_hand(world: World, a: int, b: int, c: int) -> None:
    invoice = world.one("invoice", a)
    invoices.credit(
        invoice=invoice, reason=Credit.MISTAKE, key=f"hand:{world.key(b)}",
        net_minor=c * 7 if c % 3 else None, tax_minor=c if c % 3 else None, actor=world.owner, now=world.now,
    )  # fmt: skip


@act()
def pay_out(world: World, a: int, b: int, c: int) -> None:
    organization, currency = world.organization(a), ("NIO", "USD")[a % 5 == 0]
    have = credit_of(organization, currency)
    payments.pay_out(
        organization=organization, amount_minor=amount(have, b), currency=currency, method=METHODS[c % 3],
        key=world.key(c), actor=world.staff[0 if b % 4 else c % 3], now=world.now,
    )  # fmt: skip


@act()
def return_a_pack(world: World, a: int, b: int, c: int) -> None:
    packs.return_pack(grant_id=world.one("grant", a, "source = 'pack'").pk, now=world.now)


@act()
def decide_a_missed_term(world: World, a: int, b: int, c: int) -> None:
    term = world.one("missed", a)
    missed.settle(term=term, actor=world.owner, charge=bool(c % 2), now=world.now)


@act()
def quote_and_accept(world: World, a: int, b: int, c: int) -> None:
    quotation = world.one("quotation", a)
    if b % 2:
        quotations.quote(ticket=quotation.ticket, amount_minor=1 + c, currency=("NIO", "USD")[b % 4 == 1], scope="x",
                         actor=world.owner, now=world.now)  # fmt: skip
    elif quotation.ticket.organization is not None:
        user = world.manager(quotation.ticket.organization)
        quotations.accept_quotation(ticket=quotation.ticket, user=user, now=world.now)


@act()
def write_a_fiscal_number(world: World, a: int, b: int, c: int) -> None:
    invoices.set_fiscal(
        invoice=world.one("invoice", a), number=("", "F-1")[b % 2], actor=world.owner, now=world.now
    )
