"""What a plan or pack costs after its discount (R3, R4; row 27).

Here: which discount applies to a list price. Not here: proration (`periods`), tax and invoices.
Invariant: `total = list - discount`, with `0 <= total <= list`; discounts never add up, the best one applies.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vigente.rules.money import WHOLE, percent_of


@dataclass(frozen=True, slots=True)
class DiscountRule:
    """A discount for licences of an edition and hosting; None means any."""

    code: str
    edition: str | None
    hosting: str | None
    basis_points: int
    applies_to_packs: bool

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= WHOLE:
            raise ValueError(
                f"discount {self.code}: basis points go from 0 to {WHOLE}, not {self.basis_points}"
            )

    def fits(self, edition: str | None, hosting: str | None) -> bool:
        """Whether one licence qualifies."""
        return self.edition in (None, edition) and self.hosting in (None, hosting)


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units. The discount is its own line, so both it and the list price are kept."""

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
) -> Price:
    """The price for one licence or, when `licences` lists (edition, hosting) pairs, for a whole organization.

    An organization-wide plan gets a discount only if every one of its licences qualifies. Of several discounts the
    largest applies, the first listed on a tie.
    """
    if list_minor < 0:
        raise ValueError(f"a price is never negative: {list_minor}")
    covered = licences or ((edition, hosting),)
    fitting = [
        rule
        for rule in discounts
        if (rule.applies_to_packs or not is_pack) and all(rule.fits(*licence) for licence in covered)
    ]
    best = max(fitting, key=lambda rule: rule.basis_points, default=None)
    if best is None or best.basis_points == 0:
        return Price(list_minor, 0, list_minor, None, 0)
    off = percent_of(list_minor, best.basis_points)
    return Price(list_minor, off, list_minor - off, best.code, best.basis_points)
