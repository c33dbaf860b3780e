"""What an invoice says and adds up to (row 32), a change of plan in the middle of a term (row 23), a refund (row 33).

Money in minor units. Invariants: `net + tax = total` on every line and on the whole; tax is rounded half to even, once
per line; nothing given back is more than was paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vigente.rules.money import WHOLE, divide, percent_of


class LabelCode(StrEnum):
    """What a line is for. Parameters in brackets; instants are ISO 8601 UTC."""

    PLAN = "plan"  # [plan, edition, licence, start, end, zone, included]
    PACK = "pack"  # [plan, cases, licence]
    UPGRADE = "upgrade"  # [before, after, licence, start, end, zone]
    WORK = "work"  # [ticket, subject]
    HOSTING = "hosting_credit"  # [licence, start, end, zone]
    REFUND = "refund"  # [plan, undrawn, cases]
    CORRECTION = "correction"  # [code]
    OTHER = "other"  # [text]


@dataclass(frozen=True, slots=True)
class Label:
    """A code and what is needed to word it."""

    code: LabelCode
    params: Mapping[str, str | int | None] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code.value, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Label":
        return cls(LabelCode(data["code"]), dict(data.get("params") or {}))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `quantity` at `unit_minor`, less its discount. The price includes the tax or not, as the list says."""

    label: Label
    quantity: int
    unit_minor: int
    discount_minor: int = 0
    discount_code: str = ""
    discount_basis_points: int = 0
    tax_basis_points: int = 0
    includes_tax: bool = False

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_minor < 0:
            raise ValueError(
                f"a line is of at least one, at a price of 0 or more, not {self.quantity}×{self.unit_minor}"
            )
        if not 0 <= self.discount_minor <= self.gross_minor:
            raise ValueError(
                f"a discount is between nothing and all of {self.gross_minor}, not {self.discount_minor}"
            )
        if not 0 <= self.tax_basis_points <= WHOLE:
            raise ValueError(f"a tax is between 0 and {WHOLE} basis points, not {self.tax_basis_points}")

    @property
    def gross_minor(self) -> int:
        """List price, before the discount."""
        return self.quantity * self.unit_minor

    @property
    def net_minor(self) -> int:
        """Before tax."""
        after = self.gross_minor - self.discount_minor
        return divide(after * WHOLE, WHOLE + self.tax_basis_points) if self.includes_tax else after

    @property
    def tax_minor(self) -> int:
        after = self.gross_minor - self.discount_minor
        return after - self.net_minor if self.includes_tax else percent_of(after, self.tax_basis_points)

    @property
    def total_minor(self) -> int:
        """What is paid."""
        return self.net_minor + self.tax_minor

    def to_json(self) -> dict[str, Any]:
        names = (
            "quantity", "unit_minor", "discount_minor", "discount_code", "discount_basis_points", "tax_basis_points",
            "includes_tax",
        )  # fmt: skip
        return {"label": self.label.to_json(), **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Line":
        return cls(**{**data, "label": Label.from_json(data["label"])})


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines add up to."""

    net_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def totals(lines: Iterable[Line]) -> Totals:
    """The sum of the lines, each rounded by itself."""
    every = list(lines)
    return Totals(sum(line.net_minor for line in every), sum(line.tax_minor for line in every))


def tax_summary(lines: Iterable[Line]) -> list[tuple[int, Totals]]:
    """What is taxed at each rate, the lowest first: (basis points, totals)."""
    every = list(lines)
    rates = sorted({line.tax_basis_points for line in every})
    return [(rate, totals(line for line in every if line.tax_basis_points == rate)) for rate in rates]


@dataclass(frozen=True, slots=True)
class Split:
    """Part of an amount that was net + tax, split in the same proportion."""

    net_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.net_minor + self.tax_minor


def part_of(net_minor: int, tax_minor: int, *, part: int, whole: int) -> Split:
    """`part` of `whole` of an invoice's amounts, each rounded half to even once; all of it gives back all of it."""
    if not 0 <= part <= whole or whole <= 0:
        raise ValueError(f"a part lies between nothing and the whole: {part} of {whole}")
    return Split(divide(net_minor * part, whole), divide(tax_minor * part, whole))


def upgrade_charge(old_minor: int, new_minor: int, *, days_left: int, days: int) -> int:
    """What changing to a dearer plan costs for the rest of a term, to the day (row 23). Never less than nothing."""
    return max(divide((new_minor - old_minor) * days_left, days), 0) if new_minor > old_minor else 0


def upgrade_cases(
    old: int | None, new: int | None, *, days_left: int, days: int, charge_minor: int, new_price_minor: int
) -> int | None:
    """Cases that come with the change for the rest of the running period: the difference prorated alike, rounded down,
    at least one while a whole case is paid for (row 23). None: from now on without limit; 0: nothing more.
    """
    if new is None:
        return None if old is not None else 0
    if old is None or new <= old:
        return 0
    share = (new - old) * days_left // days
    pays_for_one = charge_minor * new >= new_price_minor
    return max(share, 1 if pays_for_one else 0)
