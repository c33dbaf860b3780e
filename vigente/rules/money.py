"""Money as integer minor units (cents). Here: rounding and splitting. Not here: what anything costs (`pricing`).

Invariant: a rounding happens once, half to even, and a split loses no cent.
"""

from collections.abc import Sequence

WHOLE = 10_000  # basis points in 100 %


def divide(numerator: int, denominator: int) -> int:
    """The nearest integer to the quotient; a tie goes to the even one. Exact at any size: no floats."""
    if denominator <= 0:
        raise ValueError(f"divide by a positive number, not {denominator}")
    quotient, rest = divmod(numerator, denominator)
    return quotient + (rest * 2 > denominator or (rest * 2 == denominator and quotient % 2 == 1))


def percent_of(amount: int, basis_points: int) -> int:
    """`basis_points` hundredths of a per cent of `amount`, half to even."""
    return divide(amount * basis_points, WHOLE)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` by weight. The shares add up exactly; each is within one unit of its true share.

    Units left over go to the largest remainders, the earlier first on a tie. A weight of 0 gets nothing.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and one of them must be positive")
    sign, amount = (-1, -amount) if amount < 0 else (1, amount)
    shares = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % total))
    for i in by_remainder[: amount - sum(shares)]:
        shares[i] += 1
    return [sign * share for share in shares]
