"""Minor units: rounded once, half to even; a split loses no cent."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigente.rules.money import allocate, divide, percent_of

amounts = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(("amount", "off"), [(5, 2), (15, 6), (2999, 1200), (0, 0), (-5, -2)])
def test_forty_per_cent(amount: int, off: int) -> None:
    assert percent_of(amount, 4000) == off


@pytest.mark.parametrize(("half", "even"), [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2)])
def test_a_half_goes_to_the_even_neighbour(half: int, even: int) -> None:
    assert divide(half, 2) == even


def test_dividing_by_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="positive"):
        divide(1, 0)


@given(amounts, st.integers(1, 10**6))
def test_rounding_agrees_with_exact_fractions(amount: int, divisor: int) -> None:
    assert divide(amount, divisor) == round(Fraction(amount, divisor))


@given(amounts, st.integers(0, 10_000))
def test_a_percentage_and_its_mirror_are_symmetric(amount: int, points: int) -> None:
    assert percent_of(-amount, points) == -percent_of(amount, points)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_a_split_loses_no_cent_and_is_within_one_of_the_true_share(amount: int, weights: list[int]) -> None:
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(amount * weight, sum(weights))) < 1
        assert weight or share == 0


def test_the_cent_left_over_goes_to_the_largest_remainder_then_to_the_first() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert allocate(10, [1, 8]) == [1, 9]
    assert allocate(10, [0, 1]) == [0, 10]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_a_split_by_nothing_says_so(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(100, weights)
