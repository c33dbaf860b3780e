"""What a plan or pack costs after its discount (R3, R4; row 27).

Here: which discount applies to a list price. Not here: proration (`periods`), tax and totals (`invoicing`).
Invariant: `total = list - discount`, with `0 <= total <= list`; discounts never add up, the best one applies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vigente.rules.money import WHOLE, percent_of


@dataclass(frozen=True, slots=True)
class Buying:
    """What a discount may ask about a sale besides the installation.

    `plan` and `family`: codes of the plan. `on`: the local day. `term`: 0 for the first. `coupon`: what the customer
    typed.
    """

    currency: str | None = None
    plan: str | None = None
    family: str | None = None
    organization: int | None = None
    on: date | None = None
    term: int = 0
    coupon: str | None = None


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """Less to pay, in hundredths of a per cent or as an amount, for whom and when; None means any.

    `plan`: a plan's code or its family's. `starts`, `ends`: local days, both included. `coupon`: only for who types it.
    `terms`: only the first so many terms. An amount is in minor units of `currency`, and never more than the price.
    """

    code: str
    edition: str | None
    hosting: str | None
    basis_points: int
    applies_to_packs: bool
    amount_minor: int = 0
    currency: str | None = None
    plan: str | None = None
    organization: int | None = None
    starts: date | None = None
    ends: date | None = None
    coupon: str | None = None
    terms: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= WHOLE:
            raise ValueError(
                f"discount {self.code}: basis points go from 0 to {WHOLE}, not {self.basis_points}"
            )
        if self.amount_minor < 0:
            raise ValueError(f"discount {self.code}: an amount is never negative, not {self.amount_minor}")
        if self.amount_minor and (self.basis_points or not self.currency):
            raise ValueError(f"discount {self.code}: an amount needs its currency, and no per cent beside it")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"discount {self.code}: it ends on {self.ends}, before it starts")
        if self.terms is not None and self.terms < 1:
            raise ValueError(f"discount {self.code}: it lasts at least one term, or for ever")

    def fits(self, edition: str | None, hosting: str | None) -> bool:
        """Whether one licence qualifies."""
        return self.edition in (None, edition) and self.hosting in (None, hosting)

    def suits(self, buying: Buying) -> bool:
        """Whether this sale qualifies, whatever the licence."""
        on = buying.on
        return (
            (not self.amount_minor or self.currency == buying.currency)
            and self.plan in (None, buying.plan, buying.family)
            and self.organization in (None, buying.organization)
            and (self.starts is None or (on is not None and self.starts <= on))
            and (self.ends is None or (on is not None and on <= self.ends))
            and (self.terms is None or buying.term < self.terms)
            and (self.coupon is None or same_coupon(self.coupon, buying.coupon))
        )

    def off(self, list_minor: int) -> int:
        """What it takes from a list price, never more than all of it."""
        return min(self.amount_minor, list_minor) or percent_of(list_minor, self.basis_points)


def same_coupon(coupon: str, typed: str | None) -> bool:
    """People type coupons in any case, with spaces around."""
    return typed is not None and coupon.strip().casefold() == typed.strip().casefold()


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units. The discount is its own line, so both it and the list price are kept.

    `basis_points` is 0 where the discount is an amount.
    """

    list_minor: int
    discount_minor: int
    total_minor: int
    discount_code: str | None
    basis_points: int


def price(
    *,
    list_minor: int,
    edition: str | None,
    hosting: str | None,
    discounts: Iterable[DiscountRule],
    is_pack: bool = False,
    licences: tuple[tuple[str, str], ...] = (),
    buying: Buying | None = None,
) -> Price:
    """The price for one licence or, when `licences` lists (edition, hosting) pairs, for a whole organization.

    An organization-wide plan gets a discount only if every one of its licences qualifies. Of several discounts the
    largest applies, the first listed on a tie.
    """
    if list_minor < 0:
        raise ValueError(f"a price is never negative: {list_minor}")
    covered, sale = licences or ((edition, hosting),), buying or Buying()
    fitting = [
        rule
        for rule in discounts
        if (rule.applies_to_packs or not is_pack)
        and rule.suits(sale)
        and all(rule.fits(*licence) for licence in covered)
    ]
    best = max(fitting, key=lambda rule: rule.off(list_minor), default=None)
    if best is None or not (best.basis_points or best.amount_minor):
        return Price(list_minor, 0, list_minor, None, 0)
    off = best.off(list_minor)
    return Price(list_minor, off, list_minor - off, best.code, best.basis_points)
