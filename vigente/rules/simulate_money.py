"""What terms and packs would have cost under rules that are tried out: `pricing` on each sale (`simulate`).

Before tax, as the price list says; only what was contracted is charged, never what came with a licence or from before.
"""

from dataclasses import dataclass
from datetime import datetime

from vigente.rules.invoicing import upgrade_cases, upgrade_charge
from vigente.rules.money import divide
from vigente.rules.periods import Interval, Months, Span, day_of, month_of, period_index, prorated_price
from vigente.rules.pricing import Buying, Price, price
from vigente.rules.rulebook import Rulebook, Upgrade
from vigente.rules.simulate_history import Changed, Customer, Pack, Sold, Terms
from vigente.rules.subscriptions import Running, current_term


@dataclass(frozen=True, slots=True)
class Charge:
    """One line a customer would be charged, in minor units of `currency`. `origin`: `sold:3` or `pack:7`."""

    at: datetime
    origin: str
    licence: int | None
    currency: str
    list_minor: int
    discount_minor: int
    code: str | None
    term: int = 0

    @property
    def total_minor(self) -> int:
        return self.list_minor - self.discount_minor


def charge_term(
    customer: Customer,
    sold: Sold,
    terms: Terms,
    running: Running,
    number: int,
    span: Span,
    *,
    book: Rulebook,
) -> Charge:
    """The price of term `number`, by the discounts in force when it begins (R3, row 27)."""
    amount = terms.price_minor
    if number == 0 and running.months is Months.CALENDAR and running.interval is Interval.MONTH:
        whole = month_of(span.start, running.zone)
        amount = prorated_price(amount, terms.cases, span, whole, running.zone)
    found = _price(customer, terms, sold.licence, amount, span.start, book, term=number, coupon=sold.coupon)
    return _charge(found, f"sold:{sold.id}", span.start, sold.licence, terms.currency, number)


def binds_at_once(customer: Customer, sold: Sold, before: Terms, change: Changed, *, book: Rulebook) -> bool:
    """As `billing.services.upgrades`: a dearer plan of the same interval, where the rules say so (row 23)."""
    if book.upgrade is not Upgrade.IMMEDIATE or not sold.is_billed:
        return False
    if before.interval is not change.to.interval or before.currency != change.to.currency:
        return False
    old, new = _both(customer, sold, before, change.to, change.at, book)
    return new > old


def charge_upgrade(
    customer: Customer,
    sold: Sold,
    running: Running,
    before: Terms,
    after: Terms,
    *,
    at: datetime,
    book: Rulebook,
) -> tuple[Charge, int | None]:
    """The difference for the rest of the term, to the day, and the cases that come with it (row 23)."""
    old, new = _both(customer, sold, before, after, at, book)
    term, zone = current_term(running, now=at), running.zone
    month = running.period(period_index(running.anchor, zone, at, running.months))
    charge = upgrade_charge(old, new, days_left=Span(at, term.end).days(zone), days=term.days(zone))
    cases = upgrade_cases(
        before.cases,
        after.cases,
        days_left=Span(at, month.end).days(zone),
        days=month.days(zone),
        charge_minor=charge,
        new_price_minor=new // running.interval.periods,
    )
    return Charge(at, f"sold:{sold.id}", sold.licence, after.currency, charge, 0, None), cases


def _both(
    customer: Customer, sold: Sold, before: Terms, after: Terms, at: datetime, book: Rulebook
) -> tuple[int, int]:
    """What both plans cost now, after discount."""
    old, new = (
        _price(customer, terms, sold.licence, terms.price_minor, at, book, coupon=sold.coupon).total_minor
        for terms in (before, after)
    )
    return old, new


def charge_pack(customer: Customer, pack: Pack, *, book: Rulebook) -> Charge | None:
    """The price of a pack of so many cases; None when nobody knows its price."""
    terms = pack.terms
    if terms is None or terms.pack_price_minor is None:
        return None
    amount = divide(terms.pack_price_minor * pack.cases, terms.pack_cases)
    found = _price(customer, terms, pack.licence, amount, pack.at, book, is_pack=True)
    return _charge(found, f"pack:{pack.id}", pack.at, pack.licence, terms.currency, 0)


def _price(
    customer: Customer,
    terms: Terms,
    licence: int | None,
    amount: int,
    at: datetime,
    book: Rulebook,
    *,
    term: int = 0,
    coupon: str = "",
    is_pack: bool = False,
) -> Price:
    owned = {one.id: one for one in customer.installations}
    mine = owned.get(licence) if licence is not None else None
    pairs: tuple[tuple[str, str], ...] = ()
    if licence is None:
        running = (one for one in customer.installations if one.is_active and one.registered_at <= at)
        pairs = tuple((one.edition, one.hosting(at)) for one in running)
    return price(
        list_minor=amount,
        edition=mine.edition if mine else terms.edition,
        hosting=mine.hosting(at) if mine else None,
        discounts=book.discounts,
        is_pack=is_pack,
        licences=pairs,
        buying=Buying(
            currency=terms.currency,
            plan=terms.plan,
            family=terms.family,
            organization=customer.id,
            on=day_of(at, book.billing_zone),
            term=term,
            coupon=coupon or None,
        ),
    )


def _charge(found: Price, origin: str, at: datetime, licence: int | None, currency: str, term: int) -> Charge:
    return Charge(
        at, origin, licence, currency, found.list_minor, found.discount_minor, found.discount_code, term
    )
